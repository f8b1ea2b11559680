// A client's bytes to IMAP's front, in three ways of cutting them: the same is said and the same logins are
// seen, in whole lines of printable bytes, within the limits. The first two bytes choose the size of the
// pieces and what is offered; RS stands for a pause, behind which nothing is pipelined.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "wire/mail/front.h"
#include "wire/mail/sasl.h"

namespace {

using namespace tidegate;
using namespace tidegate::wire;

constexpr FrontLimits limits{
    .line_bytes = 300, .response_bytes = 400, .literal_bytes = 40, .commands = 20, .bad_commands = 5};
constexpr char pause = '\x1e';

bool is_text(char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
}

void check_lines(std::string_view out) {
    while (!out.empty()) {
        const std::size_t end = out.find("\r\n");
        CHECK(end != std::string_view::npos && end != 0);
        for (const char c : out.substr(0, end)) CHECK(is_text(c));
        out.remove_prefix(end + 2);
    }
}

/// A caller that decides by what it sees alone.
class Caller {
public:
    explicit Caller(unsigned char flags) : front_(make_imap_front(offer(flags), limits)) {
        if ((flags & 1) != 0) front_->secured();
        front_->greet(out_);
    }

    std::string talk(std::string_view bytes, std::size_t piece) {
        while (!bytes.empty() && !over_) {
            const std::size_t end = std::min(bytes.find(pause), bytes.size());
            hear(bytes.substr(0, end), piece);
            bytes.remove_prefix(std::min(end + 1, bytes.size()));
        }
        check_lines(out_);
        CHECK(front_->client_words().size() <= 1024);
        CHECK(out_.size() < 64 * 1024);
        return seen_ + "/" + out_ + "/" + std::string(front_->client_words());
    }

private:
    static FrontOffer offer(unsigned char flags) {
        FrontOffer offer;
        offer.host = "mail.example.org";
        offer.capabilities = {"IMAP4rev1", "ID"};
        offer.mechanisms = {"PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "SCRAM-SHA-256", "X-UNKNOWN"};
        offer.starttls = (flags & 2) != 0;
        offer.plain_without_tls = (flags & 4) != 0;
        return offer;
    }

    void hear(std::string_view bytes, std::size_t piece) {
        std::string unused;
        while (!bytes.empty() && !over_) {
            unused += bytes.substr(0, piece);
            bytes.remove_prefix(std::min(piece, bytes.size()));
            auto turn = Front::Turn::log_in;
            while (turn != Front::Turn::more && !over_) {
                const auto heard = front_->hear(unused, out_);
                CHECK(heard.used <= unused.size());
                unused.erase(0, heard.used);
                turn = heard.turn;
                if (turn == Front::Turn::start_tls) {
                    CHECK(unused.empty());
                    front_->secured();
                    return;
                }
                obey(turn);
            }
            CHECK(over_ || unused.empty());
        }
    }
    void obey(Front::Turn turn) {
        if (turn == Front::Turn::log_in) try_login(front_->login());
        if (turn == Front::Turn::respond) respond(front_->response().view());
        if (turn == Front::Turn::close) over_ = true;
    }
    void try_login(const Login& login) {
        CHECK(front_->is_amid_command());
        CHECK(login.account.size() <= 40 || !login.is_plain());
        CHECK(login.password.view().size() <= 40);
        if (login.is_plain()) static_cast<void>(plain_response(login));
        seen_ += login.mechanism + "|" + login.account + "|" + login.acts_for + "|";
        seen_ += login.password.view();
        seen_ += login.initial.view();
        decide(login.account.size() + login.password.view().size(), !login.is_plain());
    }
    void respond(std::string_view response) {
        CHECK(response == "*" || from_base64(response));
        seen_ += "<" + std::string(response) + ">";
        decide(response.size() / 4, response != "*");
    }
    void decide(std::size_t choice, bool may_challenge) {
        if (may_challenge && choice % 3 != 1) return front_->challenge("Y2hhbGxlbmdl", out_);
        if (choice % 8 == 7) return front_->deny(static_cast<Denial>(choice / 8 % 6), "", out_);
        over_ = choice % 8 == 6;
        front_->reply({.ok = over_, .before = "* OK x\r\n", .text = "[CAPABILITY IMAP4rev1] \x01"}, out_);
    }

    std::unique_ptr<Front> front_;
    std::string seen_, out_;
    bool over_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::string whole = Caller(data[1]).talk(bytes, bytes.size() + 1);
    CHECK(Caller(data[1]).talk(bytes, std::size_t{1} + data[0]) == whole);
    CHECK(Caller(data[1]).talk(bytes, 1) == whole);
    return 0;
}
