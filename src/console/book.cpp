#include "console/book.h"

#include <fmt/format.h>

#include <algorithm>

#include "console/secrets.h"
#include "console/totp.h"
#include "event/json.h"

namespace tidegate::console {
namespace {

std::string hex_text(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out;
}

template <class Items, class Text>
std::string list_of(const Items& items, const Text& text) {
    std::string out;
    for (const auto& each : items) out += (out.empty() ? "" : ",") + json_string(text(each));
    return '[' + out + ']';
}

std::string line_of(const User& user) {
    return fmt::format(
        R"({{"name":{},"role":{},"password":{},"totp":{},"used_step":{},"created":{},"places":{}}})",
        json_string(user.name), json_string(name(user.role)), json_string(user.password),
        json_string(hex_text(user.totp)), user.used_step, json_string(rfc3339(user.created)),
        list_of(user.places, [](const Prefix& place) { return place.text(); }));
}

std::string line_of(const Token& token) {
    return fmt::format(
        R"({{"name":{},"role":{},"calls":{},"digest":{},"author":{},"created":{},"expires":{}}})",
        json_string(token.name), json_string(name(token.role)),
        list_of(token.calls, [](const std::string& call) { return call; }), json_string(token.digest),
        json_string(token.author), json_string(rfc3339(token.created)),
        token.expires ? json_string(rfc3339(*token.expires)) : "null");
}

template <class Items>
std::string lines_of(const Items& items) {
    std::string out;
    for (const auto& each : items) out += (out.empty() ? "\n" : ",\n") + line_of(each);
    return out;
}

template <class Items>
auto* find_in(Items& items, std::string_view name) {
    const auto found =
        std::ranges::find(items, name, [](const auto& each) { return std::string_view(each.name); });
    return found == items.end() ? nullptr : &*found;
}

bool is_path(std::string_view path) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/' || c == '-';
    };
    return path.starts_with("/v1/") && std::ranges::all_of(path, fits);
}

}  // namespace

const User* Book::user(std::string_view name) const {
    return find_in(users, name);
}

User* Book::user(std::string_view name) {
    return find_in(users, name);
}

const Token* Book::token(std::string_view name) const {
    return find_in(tokens, name);
}

bool Book::has_administrator_beside(std::string_view name) const {
    return std::ranges::any_of(
        users, [&](const User& each) { return each.role == Role::administer && each.name != name; });
}

bool is_call_scope(std::string_view text) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    const std::string_view method = text.substr(0, blank);
    constexpr std::size_t longest = 100;
    return text.size() < longest && blank < text.size() && is_path(text.substr(blank + 1)) &&
           (method == "GET" || method == "POST" || method == "DELETE" || method == "*");
}

Prefix network_of(const Address& address) {
    constexpr unsigned v4 = 24, v6 = 48;
    return Prefix(address, address.is_v4() ? v4 : v6);
}

std::string book_text(const Book& book) {
    return fmt::format("{{\"version\":1,\"users\":[{}],\n\"tokens\":[{}]}}\n", lines_of(book.users),
                       lines_of(book.tokens));
}

}  // namespace tidegate::console
