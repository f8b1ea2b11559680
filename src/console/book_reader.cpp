// The text form of the book, read: whoever could write the file could do anything, but a damaged one must not
// let anybody in.
#include <algorithm>
#include <boost/json.hpp>

#include "console/book.h"
#include "console/secrets.h"
#include "console/totp.h"

namespace tidegate::console {
namespace {

namespace json = boost::json;

std::string text_in(const json::object& from, std::string_view name) {
    const json::value* found = from.if_contains(name);
    const json::string* text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? std::string() : std::string(std::string_view(*text));
}

const json::array* list_in(const json::object& from, std::string_view name) {
    const json::value* found = from.if_contains(name);
    return found == nullptr ? nullptr : found->if_array();
}

std::optional<std::string> bytes_of(std::string_view hex) {
    const auto value = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        const int high = value(hex[i]), low = value(hex[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
    }
    return hex.size() % 2 == 0 ? std::optional(out) : std::nullopt;
}

bool read_places(const json::object& from, std::vector<Prefix>& to) {
    const json::array* places = list_in(from, "places");
    if (places == nullptr || places->size() > most_places) return false;
    for (const json::value& each : *places) {
        const json::string* text = each.if_string();
        const auto place = text == nullptr ? std::nullopt : Prefix::parse(std::string_view(*text));
        if (!place) return false;
        to.push_back(*place);
    }
    return true;
}

/// What is wrong with it; empty: nothing.
std::string_view read_user(const json::object& from, User& to) {
    to.name = text_in(from, "name");
    const auto role = role_named(text_in(from, "role"));
    to.password = text_in(from, "password");
    const auto totp = bytes_of(text_in(from, "totp"));
    const auto created = parse_rfc3339(text_in(from, "created"));
    const json::value* step = from.if_contains("used_step");
    if (!is_user_name(to.name)) return "a user without a name";
    if (!role) return "a user without a role";
    if (!is_password_hash(to.password)) return "a user without a password";
    if (!totp || totp->size() != totp_secret_bytes) return "a user without a secret for codes";
    if (!created || step == nullptr || !step->is_int64() || step->get_int64() < 0)
        return "a user without times";
    if (!read_places(from, to.places)) return "a user without places";
    to.role = *role;
    to.totp = *totp;
    to.created = *created;
    to.used_step = static_cast<std::uint64_t>(step->get_int64());
    return {};
}

bool read_calls(const json::object& from, std::vector<std::string>& to) {
    const json::array* calls = list_in(from, "calls");
    if (calls == nullptr) return false;
    for (const json::value& each : *calls) {
        const json::string* text = each.if_string();
        if (text == nullptr || !is_call_scope(std::string_view(*text))) return false;
        to.emplace_back(std::string_view(*text));
    }
    return true;
}

std::string_view read_token(const json::object& from, Token& to) {
    to.name = text_in(from, "name");
    const auto role = role_named(text_in(from, "role"));
    to.digest = text_in(from, "digest");
    to.author = text_in(from, "author");
    const auto created = parse_rfc3339(text_in(from, "created"));
    const json::value* expires = from.if_contains("expires");
    if (expires != nullptr && !expires->is_null()) {
        to.expires = parse_rfc3339(text_in(from, "expires"));
        if (!to.expires) return "a token with an end that is none";
    }
    const auto digest = bytes_of(to.digest);
    if (!is_user_name(to.name)) return "a token without a name";
    if (!role) return "a token without a role";
    if (!digest || digest->size() != sizeof(Digest)) return "a token without a digest";
    if (expires == nullptr || !created) return "a token without times";
    if (!read_calls(from, to.calls)) return "a token without calls";
    to.role = *role;
    to.created = *created;
    return {};
}

/// Each by a name of its own.
template <class Item, class Read>
std::string_view read_list(const json::object& from, std::string_view name, std::size_t most,
                           const Read& read, std::vector<Item>& to) {
    const json::array* items = list_in(from, name);
    if (items == nullptr || items->size() > most) return "a list is missing, or too long";
    for (const json::value& each : *items) {
        Item item;
        if (!each.is_object()) return "something in a list that does not belong there";
        if (const std::string_view wrong = read(each.get_object(), item); !wrong.empty()) return wrong;
        to.push_back(std::move(item));
    }
    std::ranges::sort(to, {}, &Item::name);
    const bool twice = std::ranges::adjacent_find(to, {}, &Item::name) != to.end();
    return twice ? "a name that is there twice" : "";
}

std::string_view read_into(const json::value& from, Book& to) {
    if (!from.is_object()) return "it is no JSON object";
    const json::object& object = from.get_object();
    const json::value* version = object.if_contains("version");
    if (version == nullptr || !version->is_int64() || version->get_int64() != 1)
        return "it is of a version that is not known here";
    const std::string_view wrong = read_list(object, "users", most_users, read_user, to.users);
    return wrong.empty() ? read_list(object, "tokens", most_tokens, read_token, to.tokens) : wrong;
}

}  // namespace

Result<Book> read_book(std::string_view text) {
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    Book book;
    const std::string_view wrong = error ? "it is no JSON" : read_into(value, book);
    if (wrong.empty()) return book;
    return std::unexpected(
        Error{"", 0, std::string(wrong), "take it from a backup, or move it away and add the users anew"});
}

}  // namespace tidegate::console
