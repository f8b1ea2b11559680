#pragma once
// One client's session on port 25, from the accept to the end; for this folder alone.

#include <memory>
#include <optional>
#include <string>

#include "edge/admission/moved_domains.h"
#include "edge/client_session.h"
#include "edge/mx_server.h"
#include "edge/recipients_heard.h"
#include "wire/mail/mail_content.h"
#include "wire/mail/mx_front.h"

namespace tidegate::edge {

/// Lets the client wait for its greeting, asks about it as more is known of it, and carries its mail to a
/// server: command by command, and each message through a fixed buffer, no faster than the server takes it.
/// No server is reached before the client's first MAIL, which most that come to abuse never get to.
///
/// No mail is lost: the client hears 250 only after the server's own; what a client breaks off has no end at
/// the server either; trouble of ours and of the servers' is 421 or 451. What a server took just before it
/// or we broke comes twice, as without us (RFC 5321 4.5.3.2.6; RFC 1047).
///
/// Lives as long as its coroutine.
/// Thread: its stage's.  Cost: some KiB idle, 16 KiB more while a message comes.  Fails: never; what becomes
/// of it is counted and reported.
class MxSession : public ClientSession {
public:
    MxSession(Stage& stage, Arrived arrived);

    static void start(std::unique_ptr<MxSession> session);
    void expire() override;
    void end() override;
    void wind_down() override;

private:
    /// Whose time it is that runs.
    enum class Whose : std::uint8_t { client, server, ours };
    using Turn = wire::MxFront::Turn;

    static net::asio::awaitable<void> run(std::unique_ptr<MxSession> self);
    Act enter();
    Act greet();
    [[nodiscard]] std::chrono::milliseconds greeting_delay() const;
    Act talk();
    Act obey(Turn turn);
    Act start_tls();
    Act hello();
    Then closed();
    Act hear_more();
    Act send();
    void leave();
    /// What came of it, for whoever asks what is attacked.
    void tell_visit();

    // A mail: mx_mail.cpp.
    Act mail();
    Act rcpt();
    bool send_elsewhere();
    Act data();
    Act reset();
    Act relay(EventKind refusal);
    Act message();
    Act take(wire::MailContent& content, wire::MailContent::Seen seen);
    Act conclude(bool is_spoilt);
    net::asio::awaitable<bool> reach_server();
    void begin_command(std::chrono::milliseconds most);
    void expire_command(Whose whose, Steady::duration most = Steady::duration::max());
    void lose_server();
    void part_from_server();
    void cut_server();
    Then turn_away(const Decision& decision);
    Then deny(wire::MxDenial why, std::string_view text = {});
    void count_verdict();

    net::asio::awaitable<std::optional<Decision>> ask(EventKind kind);
    void hang_up(const Decision& decision);
    void report(EventKind kind, Outcome outcome, Reason reason);
    [[nodiscard]] wire::ForwardedClient forwarded() const;
    void expire_in(Whose whose, std::chrono::milliseconds time);
    /// The client's; shrinks under pressure.
    void expire_client_in(std::chrono::milliseconds time);
    /// Why we close (RFC 5321 3.8).
    [[nodiscard]] const wire::MxWords& last_words() const;
    [[nodiscard]] const MxRules& mx() const { return rules_->mx; }

    wire::MxFront front_;
    std::unique_ptr<MxServer> server_;
    std::string in_, out_;
    std::string helo_;                   // what event_ shows
    Steady::time_point command_ends_{};  // the servers' time for it
    std::uint64_t unwanted_bytes_ = 0;   // of a message that nobody takes
    Whose time_ = Whose::client;
    bool greeted_ = false;
    bool delivered_ = false;  // mail was taken
    RecipientsHeard recipients_;
};

}  // namespace tidegate::edge
