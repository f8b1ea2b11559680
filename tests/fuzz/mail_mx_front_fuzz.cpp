// A client of port 25 that says anything: what it hears are whole replies; what a server would hear are whole
// lines and whole messages, in RFC 5321's order; no line is kept beyond its limit; and however the bytes are
// cut it is all the same, but for clients that do not wait where they must, for whom it depends on it. The
// first byte is the size of the pieces, the second what is offered, the third what is decided; 0xff stands
// for the end of what is said before an answer.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/check.h"
#include "wire/mail/mail_content.h"
#include "wire/mail/mx_front.h"
#include "wire/mail/smtp_words.h"

namespace {

using namespace tidegate;
using Turn = wire::MxFront::Turn;

constexpr wire::MxLimits limits{.line_bytes = 200, .commands = 40, .idle_commands = 10, .bad_commands = 10};

wire::FrontOffer offer_of(unsigned bits) {
    wire::FrontOffer offer{.host = "mx1.example.org",
                           .capabilities = {"SIZE 10240000", "CHUNKING"},
                           .mechanisms = {},
                           .starttls = (bits & 1) != 0,
                           .plain_without_tls = false};
    if ((bits & 2) != 0) offer.capabilities.emplace_back("PIPELINING");
    return offer;
}

void check_replies(std::string_view out) {
    while (!out.empty()) {
        const auto end = out.find("\r\n");
        CHECK(end != std::string_view::npos);
        CHECK(wire::read_smtp_reply_line(out.substr(0, end)));
        out.remove_prefix(end + 2);
    }
}

class Session {
public:
    Session(unsigned bits, unsigned decisions) : front_(offer_of(bits), limits), decisions_(decisions) {
        if ((bits & 4) != 0) front_.secured();
        if ((bits & 8) == 0) front_.greet(heard_);
    }

    void take(std::string_view piece) {
        pending_ += piece;
        for (bool goes_on = true; goes_on && !over_ && !shaking_;)
            goes_on = front_.is_in_content() ? take_content() : take_command();
        if (shaking_) pending_.clear();
        CHECK(over_ || pending_.size() < limits.line_bytes);
    }
    void end_flight() {
        if (std::exchange(shaking_, false)) front_.secured();
    }
    [[nodiscard]] bool was_early() const { return front_.was_early(); }
    std::string result() {
        check_replies(heard_);
        return heard_ + "|" + server_ + "|" + std::string(front_.hello_name()) + (over_ ? "over" : "");
    }

private:
    bool take_command() {
        const auto heard = front_.hear(pending_, heard_);
        CHECK(heard.used <= pending_.size());
        pending_.erase(0, heard.used);
        act(heard.turn);
        return heard.turn != Turn::more;
    }
    bool take_content() {
        const auto seen = content_.next(pending_);
        message_ += pending_.substr(0, seen.good);
        pending_.erase(0, seen.used);
        if (!seen.whole) return false;
        if (!content_.is_spoilt()) server_ += message_;  // else how much of it depends on the pieces
        message_.clear();
        decide(Turn::data);
        content_ = {};
        recipients_ = 0;
        mail_ = false;
        return true;
    }
    void act(Turn turn) {
        if (turn == Turn::more) return;
        if (turn == Turn::close) over_ = true;
        if (turn == Turn::start_tls) shaking_ = true;
        if (turn == Turn::early) front_.greet(heard_);
        if (turn == Turn::hello) CHECK(!front_.hello_name().empty());
        if (turn == Turn::start_tls || turn == Turn::hello || turn == Turn::reset) mail_ = false;
        if (turn == Turn::hello || turn == Turn::reset) front_.go_on(heard_);
        if (turn == Turn::mail || turn == Turn::rcpt || turn == Turn::data) hand_on(turn);
    }
    void hand_on(Turn turn) {
        const auto line = front_.line();
        CHECK(line.size() < limits.line_bytes && !front_.hello_name().empty());
        for (const char c : line) CHECK(c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
        CHECK((turn == Turn::mail) != mail_);
        CHECK(turn != Turn::data || (recipients_ > 0 && line.size() == 4));
        server_.append(line).append("\n");
        decide(turn);
    }
    void decide(Turn turn) {
        CHECK(front_.is_amid_command());
        const bool ends = front_.is_in_content();
        const unsigned decision = std::exchange(decisions_, decisions_ * 5 + 1) % 16;
        Turn then = Turn::more;
        if (decision == 0)
            then = front_.deny(wire::MxDenial::trouble, "", heard_);
        else if (decision == 1)
            then = front_.deny(wire::MxDenial::defer, "not\nnow", heard_);
        else if (decision == 2)
            then = front_.reply(550, "550-5.1.1 No\r\n550 5.1.1 No\r\n", heard_);
        else if (decision == 3)
            then = front_.reply(421, "421 4.3.2 Going\r\n", heard_);
        else if (turn == Turn::data && !ends)
            then = front_.reply(354, "354 Go on\r\n", heard_);
        else
            accept(turn, ends);
        if (decision == 0 || (decision == 1 && turn == Turn::data)) mail_ = false;
        if (then == Turn::close) over_ = true;
    }
    void accept(Turn turn, bool ends) {
        if (ends && content_.is_spoilt()) {
            front_.deny(wire::MxDenial::bare, "", heard_);
            return;
        }
        CHECK(front_.reply(250, "250 Ok\r\n", heard_) == Turn::more);
        if (turn == Turn::mail) recipients_ = 0;
        if (turn == Turn::mail) mail_ = true;
        if (turn == Turn::rcpt) ++recipients_;
    }

    wire::MxFront front_;
    wire::MailContent content_;
    unsigned decisions_;
    unsigned recipients_ = 0;
    bool mail_ = false, shaking_ = false, over_ = false;
    std::string pending_, heard_, server_, message_;
};

struct Talk {
    std::string text;
    bool early;
};

Talk talk(std::string_view bytes, std::size_t piece, unsigned bits, unsigned decisions) {
    Session session(bits, decisions);
    while (!bytes.empty()) {
        const auto flight = bytes.substr(0, bytes.find('\xff'));
        for (std::size_t at = 0; at < flight.size(); at += piece) session.take(flight.substr(at, piece));
        session.end_flight();
        bytes.remove_prefix(std::min(flight.size() + 1, bytes.size()));
    }
    return {session.result(), session.was_early()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
    const Talk whole = talk(bytes, bytes.size() + 1, data[1], data[2]);
    for (const std::size_t piece : {std::size_t{1} + data[0], std::size_t{1}}) {
        const Talk cut = talk(bytes, piece, data[1], data[2]);
        CHECK(whole.early || (!cut.early && cut.text == whole.text));
    }
    return 0;
}
