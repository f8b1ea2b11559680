// A client that says anything: however its bytes are cut it hears and gets the same; what it hears are whole
// replies of printable bytes; no line is kept beyond its limit. The first byte is the size of the pieces, the
// second what is offered, the third what is decided; 0xff stands for the end of what is said before a
// handshake.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/check.h"
#include "wire/mail/front.h"
#include "wire/mail/smtp_words.h"

namespace {

using namespace tidegate;
using Turn = wire::Front::Turn;

wire::FrontOffer offer_of(unsigned bits) {
    return {.host = "mail.example.org",
            .capabilities = {"PIPELINING", "SIZE 10240000"},
            .mechanisms = {"PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2", "SCRAM-SHA-256"},
            .starttls = (bits & 1) != 0,
            .plain_without_tls = (bits & 2) != 0};
}

void check_replies(std::string_view out) {
    while (!out.empty()) {
        const auto end = out.find("\r\n");
        CHECK(end != std::string_view::npos);
        const auto line = wire::read_smtp_reply_line(out.substr(0, end));
        CHECK(line && line->text.find('\t') == std::string_view::npos);
        for (const char c : line->text) CHECK(static_cast<unsigned char>(c) < 0x80);
        out.remove_prefix(end + 2);
    }
}

class Session {
public:
    Session(unsigned offer, unsigned decisions)
        : front_(wire::make_submission_front(offer_of(offer), limits())), decisions_(decisions) {
        if ((offer & 4) != 0) front_->secured();
        front_->greet(heard_);
    }

    void take(std::string_view piece) {
        pending_ += piece;
        std::size_t used = 1;
        while (!over_ && (used > 0 || acted_)) {
            acted_ = false;
            const auto heard = front_->hear(pending_, heard_);
            CHECK(heard.used <= pending_.size());
            used = heard.used;
            pending_.erase(0, used);
            act(heard.turn);
        }
        CHECK(over_ || pending_.size() < limits().response_bytes);
    }
    void end_flight() {
        if (std::exchange(shaking_, false)) front_->secured();
    }
    std::string result() {
        check_replies(heard_);
        return std::move(heard_) + std::move(asked_) + std::string(front_->client_words()) +
               (front_->is_amid_command() ? "amid" : "") + (logged_in_ ? pending_ : "");
    }

private:
    static wire::FrontLimits limits() {
        return {.line_bytes = 200,
                .response_bytes = 1000,
                .literal_bytes = 64,
                .commands = 40,
                .bad_commands = 10};
    }

    void act(Turn turn) {
        acted_ = turn != Turn::more;
        if (turn == Turn::close) over_ = true;
        if (turn == Turn::start_tls) shaking_ = true;
        if (turn == Turn::log_in) {
            const wire::Login& login = front_->login();
            CHECK(!login.mechanism.empty() && login.account.size() <= limits().literal_bytes);
            CHECK(login.is_plain() != login.password.empty());
            asked_ += login.mechanism + "|" + login.account + "|" + login.acts_for + "|";
            asked_ += login.password.view();
            asked_ += login.initial.view();
            decide();
        }
        if (turn == Turn::respond) {
            asked_ += front_->response().view();
            decide();
        }
    }
    void decide() {
        CHECK(front_->is_amid_command());
        const unsigned decision = std::exchange(decisions_, decisions_ * 5 + 1) % 8;
        if (decision < 3) return front_->challenge("PDE+", heard_);
        if (decision == 3) return front_->deny(wire::Denial::unavailable, "for\nnow\x80", heard_);
        if (decision < 7)
            return front_->reply({.ok = false, .temporary = false, .before = {}, .text = "535 5.7.8 No\r\n"},
                                 heard_);
        front_->reply({.ok = true, .temporary = false, .before = {}, .text = "235 2.7.0 Yes\r\n"}, heard_);
        logged_in_ = true;
        over_ = true;
    }

    std::unique_ptr<wire::Front> front_;
    unsigned decisions_;
    std::string pending_, heard_, asked_;
    bool acted_ = false, shaking_ = false, logged_in_ = false, over_ = false;
};

std::string talk(std::string_view bytes, std::size_t piece, unsigned offer, unsigned decisions) {
    Session session(offer, decisions);
    while (!bytes.empty()) {
        const auto flight = bytes.substr(0, bytes.find('\xff'));
        for (std::size_t at = 0; at < flight.size(); at += piece) session.take(flight.substr(at, piece));
        session.end_flight();
        bytes.remove_prefix(std::min(flight.size() + 1, bytes.size()));
    }
    return session.result();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
    const std::string whole = talk(bytes, bytes.size() + 1, data[1], data[2]);
    CHECK(talk(bytes, std::size_t{1} + data[0], data[1], data[2]) == whole);
    CHECK(talk(bytes, 1, data[1], data[2]) == whole);
    return 0;
}
