#include "wire/door/content_filter.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "wire/door/json_walk.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

using Kind = JsonValue::Kind;

// Rspamd's actions upon which a mail is taken all the same. What an installation made up itself says nothing.
constexpr std::array<std::string_view, 4> unwanted_and_taken{"add header", "rewrite subject", "quarantine",
                                                             "discard"};
// In place of what it does not know.
constexpr std::string_view unknown = "unknown";

struct Fields {
    std::optional<Address> address;  // none where it said that there is none
    std::optional<bool> unwanted;
    bool logged_in = false;

    std::optional<Error> field(std::string_view parent, std::string_view name, const JsonValue& value) {
        if (!parent.empty()) return std::nullopt;
        if (name == "ip") return take_address(value);
        if (name == "action") return take_action(value);
        if (name == "user" && value.kind == Kind::text)
            logged_in |= !value.text.empty() && value.text != unknown;
        return std::nullopt;
    }

private:
    static Error wrong(std::string_view name, std::string mend) {
        return {"", 0, "field '" + std::string(name) + "' has a wrong type or value, or appears twice",
                std::move(mend)};
    }
    std::optional<Error> take_address(const JsonValue& value) {
        const auto found = value.kind == Kind::text ? client_address(value.text) : std::nullopt;
        if (address || value.kind != Kind::text || (!found && value.text != unknown))
            return wrong("ip", "expected the client's IPv4 or IPv6 address, or 'unknown'");
        address = found.value_or(Address());
        return std::nullopt;
    }
    std::optional<Error> take_action(const JsonValue& value) {
        if (unwanted || value.kind != Kind::text)
            return wrong("action", "expected the name of one of Rspamd's actions, once");
        unwanted = std::ranges::find(unwanted_and_taken, value.text) != unwanted_and_taken.end();
        return std::nullopt;
    }
};

Error missing(std::string_view name) {
    return {"", 0, "field '" + std::string(name) + "' is missing",
            R"(use Rspamd's metadata exporter with formatter = "json")"};
}

}  // namespace

Result<std::optional<Event>> read_content_word(std::string_view body) {
    if (body.size() > max_content_bytes)
        return std::unexpected(Error{"", 0, "the body is too long", "at most 64 KiB"});
    Fields fields;
    if (auto error = walk_json(body, fields)) return std::unexpected(std::move(*error));
    if (!fields.address) return std::unexpected(missing("ip"));
    if (!fields.unwanted) return std::unexpected(missing("action"));
    if (fields.address->is_none() || !*fields.unwanted || fields.logged_in) return std::nullopt;
    Event event;
    event.address = *fields.address;
    event.kind = EventKind::reject;
    event.service = Service::smtp;
    event.reason = Reason::other;
    event.program = "rspamd";
    return event;
}

}  // namespace tidegate::wire
