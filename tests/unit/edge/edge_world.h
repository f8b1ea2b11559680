#pragma once
// The edge over real sockets: an entrance, a server that does as it is told, and whoever judges likewise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backend.h"
#include "behind.h"
#include "edge/edge.h"
#include "edge/shared_admission.h"
#include "net/tls/connection.h"

namespace tidegate::edge {

inline constexpr Time noon = time_of_unix(1'796'000'000);

/// One line, with its end, over a socket that blocks.
inline std::string line_of(net::TlsConnection& from) {
    std::string out;
    std::array<char, 1> c{};
    while (!out.ends_with("\r\n") && from.read(c).step == net::TlsConnection::Step::done) out += c[0];
    return out;
}

/// What all protocols share. Whoever derives says what is behind rules_, and how an event is told.
class EdgeWorld : public testing::Test {
protected:
    EdgeWorld() {
        rules_.security = Security::none;
        place_.name = "store1";
        place_.endpoint.address = *Address::parse("127.0.0.1");
        place_.endpoint.port = backend_.port();
    }
    void TearDown() override { close(); }

    void open() {
        put_behind(rules_, place_, impatient_);
        edge_ = std::make_unique<Edge>(threads_, hooks(), shields_);
        auto listener = net::Listener::open(net::loopback(), 1);
        ASSERT_TRUE(listener) << listener.error().text();
        endpoint_ = listener->endpoint();
        edge_->listen(std::move(*listener), std::make_shared<EntranceRules>(rules_));
    }
    void close() {
        if (edge_) edge_->stop(std::chrono::seconds(0));
    }
    /// What was asked and reported, as text.
    [[nodiscard]] virtual std::string told(const Event& event) const = 0;

    std::vector<std::string> reports() {
        const std::scoped_lock lock(mutex_);
        return reports_;
    }
    std::vector<std::string> asked() {
        const std::scoped_lock lock(mutex_);
        return asked_;
    }
    [[nodiscard]] bool are_all_gone() const {
        return net::eventually([this] { return edge_->counts().sessions == 0; });
    }
    Hooks hooks() {
        Hooks out;
        out.clock = [] { return noon; };
        out.meet = [this](const EntranceRules&, const Address&) { return std::optional(known_as_); };
        out.ask = [this](const EntranceRules&, const Event& event, const net::Waker* waker) {
            return ask(event, waker);
        };
        out.report = [this](const Event& event) {
            const std::scoped_lock lock(mutex_);
            reports_.push_back(told(event));
        };
        out.visited = [this](MailVisit visit) {
            const std::scoped_lock lock(mutex_);
            visits_.push_back(std::move(visit));
        };
        out.turned_away = [this](const EntranceRules& rules) {
            const std::scoped_lock lock(mutex_);
            turned_away_.push_back(rules.name);
        };
        out.server_failed = [this](std::string_view server) {
            const std::scoped_lock lock(mutex_);
            failed_.emplace_back(server);
        };
        out.mark = [](std::string_view password, std::string_view) {
            return wire::PasswordMarks{.guess = password.size(), .tag = {}};
        };
        return out;
    }
    std::optional<Decision> ask(const Event& event, const net::Waker* waker) {
        const std::scoped_lock lock(mutex_);
        asked_.push_back(told(event));
        guess_ = event.guess;
        address_ = event.address;
        client_ = event.client;
        if (waker != nullptr && puts_off_) {
            waker_ = *waker;
            return std::nullopt;
        }
        if (decisions_.empty()) return Decision{};
        Decision next = decisions_.front();
        decisions_.pop_front();
        return next;
    }

    net::Threads threads_{1};
    Backend backend_;
    EntranceRules rules_;
    ServerPlace place_;
    Shields shields_;
    std::unique_ptr<Edge> edge_;
    net::Endpoint endpoint_;

    std::mutex mutex_;
    std::vector<std::string> asked_, reports_, failed_, turned_away_;
    std::vector<MailVisit> visits_;
    std::deque<Decision> decisions_;
    // Of the last question.
    std::optional<std::uint64_t> guess_;
    Address address_;
    std::string client_;
    net::Waker waker_;
    // Before there is an edge.
    ClientClass known_as_ = ClientClass::fresh;
    bool puts_off_ = false, impatient_ = false;
};

}  // namespace tidegate::edge
