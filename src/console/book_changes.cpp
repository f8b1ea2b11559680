#include "console/book_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "console/secrets.h"
#include "console/totp.h"

namespace tidegate::console {
namespace {

std::unexpected<Refused> refused(unsigned status, std::string what, std::string mend) {
    return std::unexpected(Refused{status, {"", 0, std::move(what), std::move(mend)}});
}

Refused no_such(std::string_view kind, std::string_view name) {
    return {404, {"", 0, fmt::format("there is no {} '{}'", kind, name), "the list has their names"}};
}

Refused last_administrator() {
    return {409, {"", 0, "nobody who may administer would be left", "let another one administer first"}};
}

/// What is refused by the change itself keeps its number; what the file refuses is our own trouble.
Changed<void> change(UserBook& book, const std::function<std::optional<Refused>(Book& book)>& make) {
    std::optional<Refused> why;
    const auto done = book.change([&](Book& to) -> Result<void> {
        why = make(to);
        if (why) return std::unexpected(why->error);
        return {};
    });
    if (done) return {};
    return std::unexpected(why ? *why : Refused{500, done.error()});
}

Changed<User> change_user(UserBook& book, std::string_view name,
                          const std::function<std::optional<Refused>(Book& book, User& user)>& make) {
    User changed;
    const auto done = change(book, [&](Book& to) -> std::optional<Refused> {
        User* user = to.user(name);
        if (user == nullptr) return no_such("user", name);
        if (auto why = make(to, *user)) return why;
        changed = *user;
        return std::nullopt;
    });
    if (!done) return std::unexpected(done.error());
    return changed;
}

Changed<std::string> hash_of(const std::string& password) {
    if (password.size() < shortest_password || password.size() > longest_password)
        return refused(400, fmt::format("a password has {} to {} bytes", shortest_password, longest_password),
                       "a sentence is easy to keep in mind");
    auto hash = hash_password(password);
    if (!hash) return refused(503, "there is no memory to hash a password", "try again later");
    return *hash;
}

template <class Items, class Item>
void insert_by_name(Items& items, Item item) {
    const auto at = std::ranges::lower_bound(items, item.name, {}, &Item::name);
    items.insert(at, std::move(item));
}

}  // namespace

Changed<User> add_user(UserBook& book, const std::string& name, Role role, const std::string& password,
                       Time now) {
    if (!is_user_name(name))
        return refused(400, "this is no name of a user", "a-z, 0-9, '.', '_' and '-', at most 32");
    const auto hash = hash_of(password);
    if (!hash) return std::unexpected(hash.error());
    User user{.name = name,
              .role = role,
              .password = *hash,
              .totp = random_bytes(totp_secret_bytes),
              .created = std::chrono::floor<std::chrono::seconds>(now)};
    const auto done = change(book, [&](Book& to) -> std::optional<Refused> {
        if (to.user(name) != nullptr)
            return Refused{409,
                           {"", 0, fmt::format("there is a user '{}' already", name), "take another name"}};
        if (to.users.size() >= most_users)
            return Refused{409, {"", 0, "there are too many users", "remove some"}};
        insert_by_name(to.users, user);
        return std::nullopt;
    });
    if (!done) return std::unexpected(done.error());
    return user;
}

Changed<void> remove_user(UserBook& book, std::string_view name) {
    return change(book, [&](Book& to) -> std::optional<Refused> {
        const User* user = to.user(name);
        if (user == nullptr) return no_such("user", name);
        if (user->role == Role::administer && !to.has_administrator_beside(name)) return last_administrator();
        std::erase_if(to.users, [&](const User& each) { return each.name == name; });
        return std::nullopt;
    });
}

Changed<User> change_role(UserBook& book, std::string_view name, Role role) {
    return change_user(book, name, [&](Book& to, User& user) -> std::optional<Refused> {
        const bool falls = user.role == Role::administer && role != Role::administer;
        if (falls && !to.has_administrator_beside(name)) return last_administrator();
        user.role = role;
        return std::nullopt;
    });
}

Changed<User> change_password(UserBook& book, std::string_view name, const std::string& password) {
    const auto hash = hash_of(password);
    if (!hash) return std::unexpected(hash.error());
    return change_user(book, name, [&](Book&, User& user) -> std::optional<Refused> {
        user.password = *hash;
        return std::nullopt;
    });
}

Changed<User> reset_totp(UserBook& book, std::string_view name) {
    return change_user(book, name, [&](Book&, User& user) -> std::optional<Refused> {
        user.totp = random_bytes(totp_secret_bytes);
        user.used_step = 0;
        return std::nullopt;
    });
}

Changed<Added> add_token(UserBook& book, Token token) {
    if (!is_user_name(token.name))
        return refused(400, "this is no name of a token", "a-z, 0-9, '.', '_' and '-', at most 32");
    constexpr std::size_t most_calls = 32;
    if (token.calls.size() > most_calls || !std::ranges::all_of(token.calls, is_call_scope))
        return refused(400, "these are no calls", "write them as 'GET /v1/scene' or '* /v1/incidents'");
    Added added{.token = std::move(token), .word = "tg_" + random_word()};
    added.token.digest = hex_of(digest_of(added.word));
    added.token.created = std::chrono::floor<std::chrono::seconds>(added.token.created);
    const auto done = change(book, [&](Book& to) -> std::optional<Refused> {
        if (to.token(added.token.name) != nullptr)
            return Refused{
                409,
                {"", 0, fmt::format("there is a token '{}' already", added.token.name), "remove it first"}};
        if (to.tokens.size() >= most_tokens)
            return Refused{409, {"", 0, "there are too many tokens", "remove some"}};
        insert_by_name(to.tokens, added.token);
        return std::nullopt;
    });
    if (!done) return std::unexpected(done.error());
    return added;
}

Changed<void> remove_token(UserBook& book, std::string_view name) {
    return change(book, [&](Book& to) -> std::optional<Refused> {
        if (std::erase_if(to.tokens, [&](const Token& each) { return each.name == name; }) == 0)
            return no_such("token", name);
        return std::nullopt;
    });
}

}  // namespace tidegate::console
