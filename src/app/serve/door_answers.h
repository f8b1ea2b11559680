#pragma once
// One door's answers, without its sockets: bytes to questions, the intake asked, answers to bytes.

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/serve/shared_keys.h"
#include "app/serve/waking.h"
#include "base/error.h"
#include "base/time.h"
#include "config/settings.h"
#include "net/conversation.h"
#include "net/http_message.h"
#include "tell/live/telling.h"
#include "wire/door/question.h"

namespace tidegate::app {

/// What all doors share. The owner of what it refers to outlives them.
struct DoorWorld {
    Waking& waking;
    tell::Telling& telling;
    const SharedKeys& keys;
    std::function<Time()> clock;
    std::function<void(const Event&)> pardon;         // of a reset
    std::function<void(const Event&)> taken_in_vain;  // mail that its content filter does not want
    std::string help_url;
};

/// Attempts that were let through and of which nothing was reported yet: the next question about one is
/// whether it may go on although its password was right. Thread: any.  Cost: a lock and a look-up; most are
/// kept for a minute, at most 65,536.
class LetThrough {
public:
    /// True if it was let through a moment ago; it is kept (again) either way.
    [[nodiscard]] bool again(const Event& event);
    void reported(const Event& event);

private:
    static constexpr std::size_t most = 65'536;

    std::mutex mutex_;
    std::array<std::unordered_map<std::uint64_t, Time>, 2> young_and_old_;
    Time turned_{};
};

/// Who asks, and whether he can be kept waiting until a block list has answered.
struct Asking {
    const net::Loop* loop = nullptr;    // of the thread that answers; null: none is late
    const net::Waker* waker = nullptr;  // called once there is more to say; null: he waited, and is answered
};

/// Thread: any, many at once.  Cost: the parser's, the intake's, and an answer of some hundred bytes.
class DoorAnswers {
public:
    struct Counts {
        std::atomic<std::uint64_t> questions = 0, unjudged = 0, broken = 0;
    };
    /// Beyond this lag a question is answered unjudged: late answers help nobody.
    static constexpr std::chrono::milliseconds most_lag{200};

    DoorAnswers(DoorWorld& world, config::Door door);

    /// For auth-policy, nginx-auth and api doors.
    void answer(const net::Request& request, net::Response& response);
    /// For postfix-policy doors.
    [[nodiscard]] std::unique_ptr<net::Conversation> converse(net::Loop& loop);

    /// Holds from the next question on; kind and place stay.
    void adopt(config::Door door);
    [[nodiscard]] std::shared_ptr<const config::Door> door() const;
    [[nodiscard]] const Counts& counts() const { return counts_; }

private:
    friend class PolicyConversation;

    void auth_policy(const net::Request& request, net::Response& response);
    void nginx(const net::Request& request, net::Response& response);
    void api(const net::Request& request, net::Response& response);
    void content_word(std::string_view body, net::Response& response);
    void api_consider(wire::Question& question, const config::Door& door, const Asking& asking,
                      net::Response& response);
    [[nodiscard]] static bool is_late(const net::Loop* loop);

    [[nodiscard]] std::optional<wire::Answer> judge(Intake& intake, wire::Question& question,
                                                    const config::Door& door, const Asking& asking,
                                                    guard::Answer& judged);
    /// As the door's `fails` says.
    [[nodiscard]] wire::Answer unjudged(const config::Door& door, std::string_view why);
    /// The answer to a question before the password is looked up, judged or not. Nothing: the waker will say
    /// when it can be given.
    [[nodiscard]] std::optional<wire::Answer> consider(wire::Question& question, const config::Door& door,
                                                       const Asking& asking, guard::Answer& judged);
    /// False: not yet.
    [[nodiscard]] bool pardon(const wire::Question& question);
    void report(wire::Question& question);
    void mark(wire::Question& question) const;
    void broken(const config::Door& door, const Error& error);

    DoorWorld& world_;
    mutable std::mutex mutex_;
    std::shared_ptr<const config::Door> door_;
    LetThrough let_through_;
    Counts counts_;
};

}  // namespace tidegate::app
