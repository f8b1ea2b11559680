#pragma once
// What POP3 and ManageSieve have in common towards clients: one command at a time, and SASL exchanges whose
// every answer is a line or a string; for this folder alone.

#include <string>
#include <string_view>

#include "wire/mail/front.h"
#include "wire/mail/sasl_opening.h"

namespace tidegate::wire {

/// A Front but for the protocol's own words. Whoever derives hears commands, asks and denies.
/// Thread, Cost, Fails: Front's.
class SaslFront : public Front {
public:
    [[nodiscard]] Heard hear(std::string_view bytes, std::string& out) final;
    [[nodiscard]] Login& login() final { return opening_.login(); }
    [[nodiscard]] const Secret& response() const final { return response_; }
    void challenge(std::string_view text, std::string& out) final;
    [[nodiscard]] std::string_view client_words() const final { return {}; }
    [[nodiscard]] bool is_amid_command() const final {
        return state_ == State::command ? is_amid_line() : state_ != State::over;
    }

protected:
    enum class State : std::uint8_t {
        command,
        opening,   // the client answers the proxy's own question
        exchange,  // the client answers the server's
        waiting,   // for whoever decides
        handshake,
        over,
    };

    SaslFront(const FrontOffer& offer, const FrontLimits& limits)
        : offer_(offer), limits_(limits), opening_(limits.literal_bytes) {}

    /// One command, or an answer while one is waited for; nothing used: there is none yet. Called in these
    /// states alone.
    [[nodiscard]] virtual Heard hear_one(std::string_view bytes, std::string& out) = 0;
    [[nodiscard]] virtual bool is_amid_line() const = 0;
    /// A question of ours or of the server's, in base64.
    virtual void write_question(std::string_view text, std::string& out) = 0;

    /// The client's answer, in base64 or "*"; and the step that it leads to.
    Turn take_answer(std::string_view text, std::string& out);
    Turn go_on(SaslOpening::Step step, std::string& out);
    Turn denied(Denial why, std::string& out);
    /// It may begin the next command.
    void rest();
    /// The handshake is done.
    void begin_secured();
    /// STLS, STARTTLS: of whoever sends more in the clear behind it nothing is heard.
    Turn begin_handshake();
    /// Said, and never heard again.
    Turn end();
    [[nodiscard]] bool may_send_secrets() const { return secured_ || offer_.plain_without_tls; }

    FrontOffer offer_;
    FrontLimits limits_;
    SaslOpening opening_;
    State state_ = State::command;
    Secret response_;
    unsigned commands_ = 0, bad_commands_ = 0;
    bool secured_ = false;

private:
    void ask(std::string_view text, State next, std::string& out);
};

}  // namespace tidegate::wire
