#pragma once
// One client's session, from the accept to the end; for this folder alone.

#include <memory>
#include <optional>
#include <string>

#include "edge/client_session.h"
#include "edge/dial.h"
#include "edge/wrong_passwords.h"
#include "wire/mail/secret.h"

namespace tidegate::edge {

/// Speaks the protocol until the client is logged in at a server, asks before each attempt, and carries from
/// then on. Reads from top to bottom as the client lives it. Lives as long as its coroutine.
/// Thread: its stage's.  Fails: never; what becomes of it is counted and reported.
class Session : public ClientSession {
public:
    Session(Stage& stage, Arrived arrived);

    static void start(std::unique_ptr<Session> session);
    void expire() override;
    void end() override;
    void wind_down() override;
    void look(Steady::time_point now) override;

private:
    static net::asio::awaitable<void> run(std::unique_ptr<Session> self);
    net::asio::awaitable<Then> enter();
    net::asio::awaitable<Then> hear_header();
    net::asio::awaitable<Then> talk();
    net::asio::awaitable<Then> start_tls();
    net::asio::awaitable<Then> log_in();
    net::asio::awaitable<std::optional<Decision>> decide();
    // At a server: session_server.cpp.
    net::asio::awaitable<Then> try_server();
    net::asio::awaitable<bool> reach_server();
    net::asio::awaitable<bool> exchange(Dial::Turn& turn);
    net::asio::awaitable<std::optional<Decision>> decide_on_response();
    net::asio::awaitable<bool> client_responds();
    net::asio::awaitable<void> carry();
    net::asio::awaitable<Then> send();
    net::asio::awaitable<Then> receive();
    net::asio::awaitable<void> say_goodbye();

    /// It is asked to go to another server: look() from then on.
    [[nodiscard]] net::Waker restlessness();
    void note_carried(bool from_client, std::string_view bytes);
    void begin_attempt();
    [[nodiscard]] bool is_remembered();
    void begin_serving();
    void broken();
    bool give_up_dial();  // always false
    void decided(const wire::ServerReply& reply);
    void unavailable();
    void refuse(const Decision& decision);
    void deny(wire::Denial why, std::string_view text);
    void expire_in(std::chrono::milliseconds time);
    /// Until the next attempt.
    void expire_in_patience();

    std::unique_ptr<wire::Front> front_;
    std::unique_ptr<Dial> dial_;
    std::optional<PasswordMark> password_;
    wire::Secret in_;  // commands and responses hold passwords
    std::string out_;
    std::string account_, method_, words_;  // what event_ shows
    std::string normal_account_;
    std::shared_ptr<Session*> here_;  // for who calls us: gone with us
    unsigned failed_ = 0;
    Steady::time_point carried_at_{};
    bool client_amid_line_ = false, server_amid_line_ = false;
    bool admitted_ = false;
};

}  // namespace tidegate::edge
