#pragma once
// What the tests of POP3 and ManageSieve share: dialogues, in whatever pieces the bytes come. What goes out
// stands in a transcript as it is, what is decided in between in brackets.

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire/mail/back.h"
#include "wire/mail/front.h"
#include "wire/mail/sasl.h"

namespace tidegate::wire {

inline std::string base64(std::string_view bytes) {
    std::string out;
    append_base64(bytes, out);
    return out;
}

/// "[PLAIN alice secret]"
inline std::string line_of(const Login& login) {
    std::string out = "[" + login.mechanism;
    if (!login.account.empty()) out += " " + login.account;
    if (!login.acts_for.empty()) out += " for " + login.acts_for;
    if (!login.password.empty()) out.append(" ").append(login.password.view());
    if (login.has_initial) out.append(" initial ").append(login.initial.view());
    return out + "]";
}

// --- with a client

using Answer = std::function<void(Front&, std::string&)>;
inline Answer asks(std::string text) {
    return [=](Front& front, std::string& out) { front.challenge(text, out); };
}
inline Answer says(bool ok, std::string text) {
    return [=](Front& front, std::string& out) {
        front.reply({.ok = ok, .temporary = false, .before = {}, .text = text}, out);
    };
}
inline Answer denies(Denial why, std::string text = {}) {
    return [=](Front& front, std::string& out) { front.deny(why, text, out); };
}

/// A client's bytes. A flight ends where it waits for a handshake: what is left of it then was sent in the
/// clear.
using Flights = std::vector<std::string>;

class FrontTalk {
public:
    FrontTalk(std::unique_ptr<Front> front, std::vector<Answer> answers)
        : front_(std::move(front)), answers_(answers.begin(), answers.end()) {}

    std::string greet() {
        front_->greet(out_);
        return std::exchange(out_, {});
    }
    std::string talk(const Flights& flights, std::size_t piece) {
        for (const std::string& flight : flights) fly(flight, piece);
        return out_;
    }
    Front& front() { return *front_; }

private:
    void fly(std::string_view flight, std::size_t piece) {
        std::string unused;
        bool goes_on = true;
        while (!flight.empty() && goes_on) {
            unused += flight.substr(0, piece);
            flight.remove_prefix(std::min(piece, flight.size()));
            while (goes_on) {
                const auto heard = front_->hear(unused, out_);
                ASSERT_LE(heard.used, unused.size());
                unused.erase(0, heard.used);
                goes_on = obey(heard.turn);
                if (heard.used == 0) break;
            }
        }
    }
    bool obey(Front::Turn turn) {
        switch (turn) {
            case Front::Turn::more:
                return true;
            case Front::Turn::start_tls:
                out_ += "[tls]\n";
                front_->secured();
                front_->greet_again(out_);
                return false;
            case Front::Turn::log_in:
                out_ += line_of(front_->login()) + "\n";
                return answer();
            case Front::Turn::respond:
                out_.append("[response ").append(front_->response().view()).append("]\n");
                return answer();
            case Front::Turn::close:
                out_ += "[closed]\n";
                return false;
        }
        return false;
    }
    bool answer() {
        if (answers_.empty()) return false;
        answers_.front()(*front_, out_);
        answers_.pop_front();
        return true;
    }

    std::unique_ptr<Front> front_;
    std::deque<Answer> answers_;
    std::string out_;
};

// --- with a server

inline Login plain(std::string account, std::string_view password, std::string acts_for = {}) {
    Login login;
    login.mechanism = "PLAIN";
    login.account = std::move(account);
    login.acts_for = std::move(acts_for);
    login.password.append(password);
    return login;
}
inline Login other(std::string mechanism, std::string_view initial = {}) {
    Login login;
    login.mechanism = std::move(mechanism);
    login.initial.append(initial);
    login.has_initial = !initial.empty();
    return login;
}

/// `responses` are the client's. Bytes that are left behind the decision stand at the end.
inline std::string talk(Back& back, const Flights& flights, std::vector<std::string> responses,
                        std::size_t piece) {
    std::string out;
    auto turn = Back::Turn::more;
    for (std::string_view flight : flights) {
        std::string unused;
        if (turn == Back::Turn::start_tls) {
            out += "[tls]\n";
            back.secured(out);
            turn = Back::Turn::more;
        }
        while (!flight.empty() && turn == Back::Turn::more) {
            unused += flight.substr(0, piece);
            flight.remove_prefix(std::min(piece, flight.size()));
            auto heard = back.hear(unused, out);
            unused.erase(0, heard.used);
            while (heard.turn == Back::Turn::challenge) {
                out.append("[challenge ").append(back.challenge()).append("]\n");
                if (responses.empty()) return out;
                back.respond(responses.front(), out);
                responses.erase(responses.begin());
                heard = back.hear(unused, out);
                unused.erase(0, heard.used);
            }
            turn = heard.turn;
        }
        // Whatever came in the clear behind the answer makes the server broken, in one piece or more.
        if (turn == Back::Turn::start_tls && !(unused.empty() && flight.empty()))
            return out + "[broken: it said more in the clear]";
        if (turn == Back::Turn::decided) {
            const ServerReply& result = back.result();
            out.append(result.ok ? "[yes " : result.temporary ? "[not now " : "[no ");
            return out.append(result.before).append(result.text).append("]").append(unused).append(flight);
        }
        if (turn == Back::Turn::broken) return out.append("[broken: ").append(back.trouble()).append("]");
    }
    return out;
}

}  // namespace tidegate::wire
