// A server that says anything: however its bytes are cut it hears the same and the same becomes of it; what
// it hears are whole lines that are commands, or base64; nothing is kept beyond the limit.
// The first byte is the size of the pieces, the second what we are told to do; a NUL stands for the end of
// what is said in the clear.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "base/check.h"
#include "wire/mail/back.h"
#include "wire/mail/sasl.h"
#include "wire/mail/smtp_words.h"

namespace {

using namespace tidegate;
using Turn = wire::Back::Turn;

constexpr std::size_t most_bytes = 2000;

wire::Login login_of(unsigned bits) {
    wire::Login login;
    constexpr std::array<std::string_view, 4> mechanisms{"PLAIN", "CRAM-MD5", "XOAUTH2", "PLAIN"};
    login.mechanism = mechanisms[bits >> 2 & 3];
    login.account = "alice";
    if (login.is_plain()) login.password = wire::Secret("secret");
    if (login.mechanism == "XOAUTH2") {
        login.initial = wire::Secret((bits & 16) != 0 ? "=" : std::string(600, 'A'));
        login.has_initial = true;
    }
    return login;
}

std::unique_ptr<wire::Back> back_of(unsigned bits) {
    const wire::BackRules rules{.starttls = (bits & 1) != 0,
                                .forward = (bits & 2) != 0 ? wire::Forward::xclient : wire::Forward::nothing,
                                .helo = "proxy.example.org",
                                .most_bytes = most_bytes};
    wire::ForwardedClient client{.address = *Address::parse("192.0.2.7"),
                                 .port = 4711,
                                 .met_at = *Address::parse("2001:db8::587"),
                                 .met_at_port = 587,
                                 .session = "abc",
                                 .words = std::string(1 + bits % 255, (bits & 32) != 0 ? '=' : 'a'),
                                 .tls = true};
    return wire::make_submission_back(rules, std::move(client), login_of(bits));
}

bool is_command(std::string_view line) {
    for (const std::string_view verb : {"EHLO ", "AUTH ", "XCLIENT "})
        if (line.starts_with(verb)) return line.size() + 2 <= wire::most_command_bytes;
    return line == "STARTTLS";
}

void check_lines(std::string_view out) {
    while (!out.empty()) {
        const auto end = out.find("\r\n");
        CHECK(end != std::string_view::npos);
        const auto line = out.substr(0, end);
        CHECK(is_command(line) || line == "*" || wire::from_base64(line));
        CHECK(std::ranges::all_of(line, [](char c) { return c >= 0x20 && c < 0x7f; }));
        out.remove_prefix(end + 2);
    }
}

class Run {
public:
    explicit Run(unsigned bits) : back_(back_of(bits)), cancels_((bits & 64) != 0) {}

    void take(std::string_view piece) {
        pending_ += piece;
        std::size_t used = 1;
        while (!over_ && used > 0 && !pending_.empty()) {
            const auto heard = back_->hear(pending_, said_);
            CHECK(heard.used <= pending_.size());
            used = heard.used;
            pending_.erase(0, used);
            act(heard.turn);
        }
        CHECK(over_ || pending_.size() < most_bytes);
    }
    /// The handshake comes behind what is said in the clear, if that ends with the answer to STARTTLS.
    void end_flight() {
        if (!over_ && std::exchange(shaking_, false)) back_->secured(said_);
    }
    std::string result() {
        check_lines(said_);
        return std::move(said_) + std::move(told_) + (decided_ ? pending_ : "");
    }

private:
    void act(Turn turn) {
        if (turn == Turn::start_tls) shaking_ = true;
        if (turn == Turn::challenge) {
            told_.append(back_->challenge());
            back_->respond(cancels_ ? "*" : "YWxpY2U=", said_);
        }
        if (turn == Turn::decided) tell_result();
        if (turn == Turn::broken) {
            told_.append(back_->trouble());
            CHECK(!back_->trouble().empty() && back_->trouble().size() < 300);
        }
        over_ = over_ || turn == Turn::decided || turn == Turn::broken;
    }
    void tell_result() {
        const auto& result = back_->result();
        CHECK(!(result.ok && result.temporary) && result.text.ends_with("\r\n") && result.before.empty());
        CHECK(result.text.size() <= most_bytes);
        told_ += result.ok ? "ok " : result.temporary ? "temporary " : "wrong ";
        told_ += result.text;
        decided_ = true;
    }

    std::unique_ptr<wire::Back> back_;
    bool cancels_, shaking_ = false, over_ = false, decided_ = false;
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
