// Any bytes to an HTTP connection, in two ways of cutting them: the same requests are seen and the same bytes
// answered, nothing is used that was not given, and what is kept stays within the limits.

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_conversation.h"

using namespace tidegate::net;

namespace {

struct Outcome {
    std::vector<std::string> requests;
    std::string reply;
    bool over = false;  // closed, or amid a request to which nothing more comes
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

void expect(bool condition) {
    if (!condition) std::abort();
}

std::shared_ptr<HttpCommons> commons_for(Outcome& out) {
    auto commons = std::make_shared<HttpCommons>();
    commons->limits.header_bytes = 512;
    commons->limits.fields = 8;
    commons->limits.body_bytes = 256;
    commons->limits.reply_bytes = 1000;
    commons->keys.accept_password("open", "sesame");
    commons->keys.accept_field("X-API-Key", "key");
    commons->handler = [&out](const Request& request, Response& response) {
        expect(request.body().size() <= 256 && request.path().size() <= request.target().size());
        out.requests.push_back(std::string(request.method()) + ' ' + std::string(request.target()) + ' ' +
                               request.query("a").value_or("-") + ' ' + std::string(request.body()));
        response.header("X-Echo", request.header("X-Echo").value_or("none"));
        response.body() = request.query("b").value_or("");
    };
    return commons;
}

// Without dates, and without "100 Continue", which is said only to those who wait for it.
std::string comparable(std::string reply) {
    for (auto at = reply.find("\r\nDate: "); at != std::string::npos; at = reply.find("\r\nDate: ", at))
        reply.erase(at, std::string_view("\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT").size());
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    for (auto at = reply.find(go_on); at != std::string::npos; at = reply.find(go_on))
        reply.erase(at, go_on.size());
    return reply;
}

Outcome talk(std::string_view bytes, std::size_t piece) {
    Outcome out;
    const auto conversation = make_http_conversation(commons_for(out), {}, nullptr);
    std::string unused;
    bool closed = false;
    while (!bytes.empty() && !closed) {
        unused += bytes.substr(0, piece);
        bytes.remove_prefix(std::min(piece, bytes.size()));
        auto next = Heard::Next::again;
        while (next == Heard::Next::again) {
            const Heard heard = conversation->hear(unused, out.reply, false);
            expect(heard.used <= unused.size());
            unused.erase(0, heard.used);
            next = heard.next;
        }
        closed = next == Heard::Next::close;
    }
    // Whether what is wrong and not ended is refused at once depends on the cut: for a chunk extension's
    // closing quote Beast looks as far as bytes have come, not to the end of the line.
    out.over = closed || conversation->is_amid_request();
    out.reply = comparable(std::move(out.reply));
    // Of two things that are wrong with a request, the one seen first is told.
    if (closed) out.reply.resize(out.reply.rfind("HTTP/1.1 "));
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    if (size == 0) return 0;
    // A head that is wrong and not ended may be refused now or at its end.
    const std::string text = std::string(reinterpret_cast<const char*>(bytes) + 1, size - 1) + "\r\n\r\n";
    const std::size_t piece = 1 + bytes[0] % 64;
    const Outcome whole = talk(text, 4096), pieces = talk(text, piece);
    expect(whole == pieces);
    return 0;
}
