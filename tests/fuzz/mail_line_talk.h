#pragma once
// What the fuzz targets of POP3 and ManageSieve share: a dialogue whose one side is the fuzzer's bytes, in
// two ways of cutting them.

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "wire/mail/back.h"
#include "wire/mail/front.h"

namespace tidegate::wire {

inline void expect(bool condition) {
    if (!condition) std::abort();
}

/// Stands where a TLS record of a handshake would begin: what is before it came in the clear.
inline constexpr char handshake = '\x16';

/// What is before the next handshake, taken off.
inline std::string_view next_flight(std::string_view& bytes) {
    const auto flight = bytes.substr(0, bytes.find(handshake));
    bytes.remove_prefix(std::min(bytes.size(), flight.size() + 1));
    return flight;
}

/// Whole lines, of which no terminal is afraid.
inline void expect_lines(std::string_view out) {
    expect(out.empty() || out.ends_with("\r\n"));
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto byte = static_cast<unsigned char>(out[i]);
        if (byte == '\r') expect(i + 1 < out.size() && out[i + 1] == '\n');
        if (byte == '\n') expect(i > 0 && out[i - 1] == '\r');
        expect(byte == '\r' || byte == '\n' || (byte >= 0x20 && byte != 0x7f));
    }
}

// --- with a client

inline constexpr FrontLimits tight{
    .line_bytes = 128, .response_bytes = 192, .literal_bytes = 40, .commands = 20, .bad_commands = 6};
/// Of a command that is not heard yet, and the frame of a response.
inline constexpr std::size_t most_waiting_bytes = 192 + 64;

class FrontRun {
public:
    FrontRun(std::unique_ptr<Front> front, bool is_clear_allowed, unsigned seed)
        : front_(std::move(front)), is_clear_allowed_(is_clear_allowed), decision_(seed) {}

    /// What went out, and what was decided.
    std::string run(std::string_view bytes, std::size_t piece) {
        front_->greet(out_);
        while (!bytes.empty() && !over_) fly(next_flight(bytes), piece);
        expect_lines(out_);
        expect(out_.size() < 30 * 4096);
        return seen_ + out_;
    }

private:
    void fly(std::string_view flight, std::size_t piece) {
        bool goes_on = true;
        while (!flight.empty() && goes_on) {
            unused_ += flight.substr(0, piece);
            flight.remove_prefix(std::min(piece, flight.size()));
            for (std::size_t used = 1; used > 0 && goes_on;) {
                const auto heard = front_->hear(unused_, out_);
                expect(heard.used <= unused_.size());
                unused_.erase(0, used = heard.used);
                goes_on = obey(heard.turn);
            }
            expect(over_ || unused_.size() < most_waiting_bytes);
        }
    }
    bool obey(Front::Turn turn) {
        switch (turn) {
            case Front::Turn::more:
                return true;
            case Front::Turn::start_tls:
                unused_.clear();
                front_->secured();
                front_->greet_again(out_);
                is_clear_allowed_ = true;
                return false;
            case Front::Turn::log_in:
                note_login();
                break;
            case Front::Turn::respond:
                seen_.append("R ").append(front_->response().view()).append("\n");
                break;
            case Front::Turn::close:
                over_ = true;
                return false;
        }
        decide();
        return !over_;
    }
    void note_login() {
        const Login& login = front_->login();
        expect(!login.is_plain() || is_clear_allowed_);
        expect(login.is_plain() != login.password.empty() && !(login.is_plain() && login.has_initial));
        expect(login.account.size() <= tight.literal_bytes &&
               login.password.view().size() <= tight.literal_bytes);
        seen_.append("L ").append(login.mechanism).append(" ").append(login.account).append(" ");
        seen_.append(login.acts_for).append(" ").append(login.password.view());
        seen_.append(" ").append(login.initial.view()).append("\n");
    }
    void decide() {
        static constexpr std::array denials{Denial::wrong,       Denial::unavailable, Denial::insecure,
                                            Denial::unsupported, Denial::malformed,   Denial::cancelled};
        const unsigned decision = decision_++ % 10;
        if (decision < denials.size()) return front_->deny(denials[decision], "", out_);
        if (decision < 8) return front_->challenge(decision == 6 ? "" : "YWJj", out_);
        front_->reply({.ok = decision == 8, .temporary = false, .before = {}, .text = "\"as it is\""}, out_);
        over_ = decision == 8;
    }

    std::unique_ptr<Front> front_;
    bool is_clear_allowed_;
    unsigned decision_;
    bool over_ = false;
    std::string unused_, out_, seen_;
};

using MakeFront = std::unique_ptr<Front> (*)(const FrontOffer&, const FrontLimits&);

inline void fuzz_front(MakeFront make, const FrontOffer& servers, std::string_view bytes) {
    if (bytes.size() < 2) return;
    const auto choice = static_cast<unsigned char>(bytes[0]);
    FrontOffer offer = servers;
    offer.starttls = (choice & 1) != 0;
    offer.plain_without_tls = (choice & 2) != 0;
    const auto run = [&](std::size_t piece) {
        return FrontRun(make(offer, tight), offer.plain_without_tls, choice >> 2).run(bytes.substr(2), piece);
    };
    expect(run(bytes.size()) == run(1 + static_cast<unsigned char>(bytes[1]) % 32));
}

// --- with a server

inline constexpr std::size_t most_server_bytes = 256;

class BackRun {
public:
    explicit BackRun(std::unique_ptr<Back> back) : back_(std::move(back)) {}

    std::string run(std::string_view bytes, std::size_t piece) {
        while (!bytes.empty() && turn_ == Back::Turn::more) {
            fly(next_flight(bytes), piece);
            if (turn_ != Back::Turn::start_tls) continue;
            back_->secured(out_);
            turn_ = Back::Turn::more;
        }
        expect_lines(out_);
        return out_ + seen_;
    }

private:
    void fly(std::string_view flight, std::size_t piece) {
        while (!flight.empty() && turn_ == Back::Turn::more) {
            unused_ += flight.substr(0, piece);
            flight.remove_prefix(std::min(piece, flight.size()));
            hear();
            while (turn_ == Back::Turn::challenge) {
                respond();
                hear();
            }
            expect(turn_ != Back::Turn::more || unused_.size() < most_server_bytes);
        }
        conclude(unused_.size() + flight.size());
    }
    void hear() {
        const auto heard = back_->hear(unused_, out_);
        expect(heard.used <= unused_.size());
        unused_.erase(0, heard.used);
        turn_ = heard.turn;
    }
    void respond() {
        seen_.append("C ").append(back_->challenge()).append("\n");
        static constexpr std::array<std::string_view, 4> responses{"YWJj", "", "*", "="};
        back_->respond(responses[challenges_++ % responses.size()], out_);
    }
    void conclude(std::size_t left_bytes) {
        // What came in the clear makes it broken, in one piece or in several.
        if (turn_ == Back::Turn::start_tls && left_bytes > 0) turn_ = Back::Turn::broken;
        if (turn_ == Back::Turn::broken) {
            seen_ += "broken\n";
        } else if (turn_ == Back::Turn::decided) {
            const ServerReply& result = back_->result();
            expect(!result.ok || !result.temporary);
            expect(result.before.empty() && result.text.size() < 4 * most_server_bytes);
            expect_lines(result.text + "\r\n");
            expect(result.text.find('\n') == std::string::npos);
            seen_.append(result.ok ? "yes " : "no ").append(result.text);
            seen_.append(" ").append(std::to_string(left_bytes)).append("\n");
        }
    }

    std::unique_ptr<Back> back_;
    Back::Turn turn_ = Back::Turn::more;
    unsigned challenges_ = 0;
    std::string unused_, out_, seen_;
};

inline Login login_of(unsigned choice) {
    Login login;
    login.mechanism = "PLAIN";
    login.account = "alice@example.org";
    login.password.append("secret");
    if (choice == 1) login.acts_for = "bob";
    if (choice == 2) login.password.append("\r\nQUIT");
    if (choice == 3) login.password.append(std::string(300, 'x'));
    if (choice < 4) return login;
    login.password.wipe();
    login.mechanism = choice == 4 ? "CRAM-MD5" : "XOAUTH2";
    login.has_initial = choice != 4;
    if (choice == 5) login.initial.append("=");
    if (choice == 6) login.initial.append("YWJj");
    if (choice == 7) login.initial.append(std::string(1200, 'A'));
    return login;
}

using MakeBack = std::unique_ptr<Back> (*)(const BackRules&, ForwardedClient, Login);

inline void fuzz_back(MakeBack make, std::string_view bytes) {
    if (bytes.size() < 2) return;
    const auto choice = static_cast<unsigned char>(bytes[0]);
    const BackRules rules{.starttls = (choice & 1) != 0,
                          .forward = (choice & 2) != 0 ? Forward::xclient : Forward::nothing,
                          .helo = {},
                          .most_bytes = most_server_bytes};
    const ForwardedClient client{.address = *Address::parse("2001:db8::1"),
                                 .port = 40000,
                                 .met_at = *Address::parse("192.0.2.1"),
                                 .met_at_port = 110,
                                 .session = "s\r\n1",
                                 .words = {},
                                 .tls = (choice & 4) != 0};
    const auto run = [&](std::size_t piece) {
        return BackRun(make(rules, client, login_of(choice >> 3 & 7))).run(bytes.substr(2), piece);
    };
    expect(run(bytes.size()) == run(1 + static_cast<unsigned char>(bytes[1]) % 32));
}

}  // namespace tidegate::wire
