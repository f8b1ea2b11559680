#pragma once
// IMAP towards clients (RFC 9051, RFC 3501), as far as it goes without being logged in: what may be said then
// (6.1, 6.2), SASL-IR (RFC 4959), literals that don't wait (RFC 7888), ID (RFC 2971).
//
// SECURITY: commands are gathered in a Secret and wiped when they are answered. Nothing that a client sends
// goes to a server as it is, but base64 that was checked and ID's pairs, which are written anew.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "wire/mail/front.h"
#include "wire/mail/imap_words.h"
#include "wire/mail/sasl_opening.h"

namespace tidegate::wire {

/// See Front. Made by make_imap_front().
class ImapFront final : public Front {
public:
    ImapFront(const FrontOffer& offer, const FrontLimits& limits)
        : offer_(offer), limits_(limits), opening_(limits.literal_bytes) {}

    void greet(std::string& out) override;
    Heard hear(std::string_view bytes, std::string& out) override;
    void secured() override;
    Login& login() override { return opening_.login(); }
    const Secret& response() const override { return response_; }
    void challenge(std::string_view text, std::string& out) override;
    void reply(const ServerReply& reply, std::string& out) override;
    void deny(Denial why, std::string_view text, std::string& out) override;
    void bye(std::string_view text, std::string& out) override;
    bool is_amid_command() const override;
    std::string_view client_words() const override { return id_; }

private:
    enum class State : std::uint8_t {
        command,   // a line, or more of one behind a literal
        opening,   // an answer to what we asked ourselves
        response,  // to the server's challenge
        decision,  // the caller has the word
        handshake,
        over,  // the session is the server's, or ended
    };
    struct Command {
        std::string_view tag, name, words;  // with one blank between
    };
    using Run = Turn (ImapFront::*)(const Command&, std::string&);
    struct Row;

    [[nodiscard]] bool listens() const { return state_ < State::decision; }
    [[nodiscard]] std::size_t most_bytes() const;
    [[nodiscard]] bool is_safe() const { return tls_ || offer_.plain_without_tls; }
    [[nodiscard]] bool takes_passwords() const;
    void append_capabilities(std::string& out) const;

    Turn on_line(std::string& out);
    Turn on_command(std::string& out);
    Turn on_literal(ImapLiteral literal, std::string& out);
    Turn run(const Command& command, std::string& out);
    static Command split(std::string_view text);

    Turn capability(const Command& command, std::string& out);
    Turn noop(const Command& command, std::string& out);
    Turn logout(const Command& command, std::string& out);
    Turn starttls(const Command& command, std::string& out);
    Turn id(const Command& command, std::string& out);
    Turn log_in(const Command& command, std::string& out);
    Turn authenticate(const Command& command, std::string& out);

    Turn on_response(std::string& out);
    Turn on_step(SaslOpening::Step step, std::string& out);

    Turn done(std::string_view text, std::string& out);
    Turn bad(std::string_view text, std::string& out);
    Turn refuse(std::string_view text, std::string& out);
    Turn too_much(std::string_view text, std::string& out);
    void next();

    FrontOffer offer_;
    FrontLimits limits_;
    State state_ = State::command;
    bool tls_ = false;
    bool asked_capability_ = false;
    bool cancelled_ = false;
    unsigned commands_ = 0;
    unsigned bad_commands_ = 0;
    ImapText text_;                  // of the command or the response under way
    std::size_t literal_bytes_ = 0;  // in it
    std::string tag_;                // of the command that waits for an answer
    SaslOpening opening_;
    Secret response_;
    std::string id_;
};

}  // namespace tidegate::wire
