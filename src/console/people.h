#pragma once
// Users and tokens, as who may administer changes them.

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "console/console_world.h"
#include "console/identity.h"
#include "console/user_book.h"

namespace tidegate::console {

/// The calls below /v1/users and /v1/tokens. Thread: any.  Cost: reads and writes the file; a password the
/// tenth of a second that its hash takes.
class People {
public:
    /// `seen`: when somebody signed in.
    People(UserBook& book, const ConsoleWorld& world,
           std::function<std::optional<Time>(const std::string& user)> seen)
        : book_(book), world_(world), seen_(std::move(seen)) {}

    struct Route {
        std::string_view method, path;
        void (People::*answer)(const Call& call, std::string_view name, net::Response& response);
    };
    [[nodiscard]] static std::span<const Route> routes();
    /// False: it is none of these calls, and nothing is answered.
    [[nodiscard]] bool answer(const Call& call, std::string_view path, net::Response& response);

    /// The token was shown just now.
    void mark_used(const std::string& token, Time now);

private:
    void list_users(const Call& call, std::string_view name, net::Response& response);
    void add_user(const Call& call, std::string_view name, net::Response& response);
    void remove_user(const Call& call, std::string_view name, net::Response& response);
    void change_role(const Call& call, std::string_view name, net::Response& response);
    void change_password(const Call& call, std::string_view name, net::Response& response);
    void reset_totp(const Call& call, std::string_view name, net::Response& response);
    void list_tokens(const Call& call, std::string_view name, net::Response& response);
    void add_token(const Call& call, std::string_view name, net::Response& response);
    void remove_token(const Call& call, std::string_view name, net::Response& response);

    [[nodiscard]] std::string json_of(const User& user) const;
    [[nodiscard]] std::string json_of(const Token& token, std::string_view shown = {}) const;

    UserBook& book_;
    const ConsoleWorld& world_;
    std::function<std::optional<Time>(const std::string&)> seen_;
    mutable std::mutex mutex_;  // guards used_
    std::map<std::string, Time, std::less<>> used_;
};

}  // namespace tidegate::console
