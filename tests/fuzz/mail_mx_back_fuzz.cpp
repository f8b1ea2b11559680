// A server that says anything: however its bytes are cut the same is made of it; what it is told are whole
// lines; nothing is kept beyond its limit. The first byte is the size of the pieces, the second what is asked
// of it; NUL stands for the end of what it says before it is spoken to again.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/check.h"
#include "wire/mail/mx_back.h"

namespace {

using namespace tidegate;
using Turn = wire::MxBack::Turn;

constexpr std::size_t most_bytes = 1000;

wire::BackRules rules_of(unsigned bits) {
    return {.starttls = (bits & 1) != 0,
            .forward = (bits & 2) != 0 ? wire::Forward::xclient : wire::Forward::nothing,
            .helo = "edge.example.org",
            .most_bytes = most_bytes};
}
wire::ForwardedClient client_of(unsigned bits) {
    return {.address = *Address::parse((bits & 4) != 0 ? "2001:db8::1" : "203.0.113.7"),
            .port = 40000,
            .met_at = {},
            .met_at_port = 0,
            .session = "e1",
            .words = (bits & 8) != 0 ? "" : "client.example.net",
            .tls = true,
            .extended = (bits & 16) != 0};
}

class Run {
public:
    explicit Run(unsigned bits) : back_(rules_of(bits), client_of(bits)) {}

    void take(std::string_view piece) {
        pending_ += piece;
        bool goes_on = true;
        while (goes_on && !over_ && !shaking_) {
            const auto heard = back_.hear(pending_, said_);
            CHECK(heard.used <= pending_.size());
            pending_.erase(0, heard.used);
            goes_on = heard.turn == Turn::ready || heard.turn == Turn::reply;
            act(heard.turn);
        }
        // What came in the clear behind the answer makes it broken, in one piece or in several.
        if (shaking_ && !pending_.empty()) act(Turn::broken);
        CHECK(over_ || pending_.size() < most_bytes);
    }
    void end_flight() {
        if (!over_ && std::exchange(shaking_, false)) back_.secured(said_);
    }
    std::string result() {
        CHECK(said_.empty() || said_.ends_with("\r\n"));
        for (const char c : said_) CHECK(c == '\r' || c == '\n' || (c >= 0x20 && c < 0x7f));
        return said_ + told_ + (over_ ? "over" : "");
    }

private:
    void act(Turn turn) {
        if (turn == Turn::broken) over_ = true;
        if (turn == Turn::start_tls) shaking_ = true;
        if (turn == Turn::reply) {
            CHECK(back_.bytes().ends_with("\r\n") && back_.bytes().size() <= most_bytes);
            told_ += name(back_.refusal());
            told_ += back_.bytes();
        }
        if (turn != Turn::reply && turn != Turn::ready) return;
        if (turn == Turn::reply && back_.code() == 354) return back_.ended();
        if (back_.is_idle()) back_.say(said_data_++ % 3 == 1 ? "DATA" : "RCPT TO:<b>", said_);
    }

    wire::MxBack back_;
    unsigned said_data_ = 0;
    bool shaking_ = false, over_ = false;
    std::string pending_, said_, told_;
};

std::string run(std::string_view bytes, std::size_t piece, unsigned bits) {
    Run one(bits);
    while (!bytes.empty()) {
        const auto flight = bytes.substr(0, bytes.find('\0'));
        for (std::size_t at = 0; at < flight.size(); at += piece) one.take(flight.substr(at, piece));
        one.end_flight();
        bytes.remove_prefix(std::min(flight.size() + 1, bytes.size()));
    }
    return one.result();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::string whole = run(bytes, bytes.size() + 1, data[1]);
    CHECK(run(bytes, std::size_t{1} + data[0], data[1]) == whole);
    CHECK(run(bytes, 1, data[1]) == whole);
    return 0;
}
