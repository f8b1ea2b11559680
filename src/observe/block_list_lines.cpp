#include "observe/block_list_lines.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

namespace tidegate::observe {
namespace {

constexpr std::array<std::string_view, 7> format_names{"detect",  "cidr",    "ipset",    "ip4set",
                                                       "ip4trie", "ip6trie", "drop_json"};

ListLine nothing() {
    return {};
}
ListLine wrong(std::string_view why) {
    return {{}, ListLine::Wrong{why}};
}
ListLine entry(const Prefix& prefix, bool excluded = false) {
    return {ListEntry{prefix.address(), prefix.last(), excluded}, {}};
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blank = " \t\r\f\v";
    const std::size_t first = std::min(text.find_first_not_of(blank), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(blank) + 1);
}

std::string_view take_word(std::string_view& text) {
    text = trim(text);
    const std::size_t size = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view word = text.substr(0, size);
    text.remove_prefix(size);
    return word;
}

// ---- an address or network a line

ListLine parse_cidr(std::string_view line) {
    line = trim(line.substr(0, line.find_first_of("#;")));
    if (line.empty()) return nothing();
    if (const auto prefix = Prefix::parse(take_word(line)); prefix) return entry(*prefix);
    return wrong("is no address or network");
}

// ---- ipset save

ListLine parse_ipset(std::string_view line) {
    const std::string_view command = take_word(line);
    if (command.empty() || command.starts_with('#')) return nothing();
    if (command == "create") {
        take_word(line);
        const std::string_view type = take_word(line);
        if (type == "hash:ip" || type == "hash:net") return nothing();
        return wrong("a set of this type holds more than addresses; only hash:ip and hash:net are read");
    }
    if (command != "add") return wrong("is no line of `ipset save`");
    take_word(line);  // the set's name
    const std::string_view what = take_word(line);
    const bool excluded = line.find(" nomatch") != line.npos;
    if (const auto prefix = Prefix::parse(what); prefix) return entry(*prefix, excluded);
    return wrong("`add` is not followed by an address or network");
}

// ---- rbldnsd

struct Partial {
    std::uint32_t bits = 0;  // the octets given, in their places
    unsigned octets = 0;
};

/// "127", "127.0", ..., "127.0.0.1": one to four octets.
std::optional<Partial> parse_octets(std::string_view text) {
    Partial partial;
    while (partial.octets < 4) {
        unsigned octet = 0;
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), octet);
        if (code != std::errc{} || octet > 255) return {};
        partial.bits |= octet << (24 - 8 * partial.octets++);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.empty()) return partial;
        if (text.front() != '.') return {};
        text.remove_prefix(1);
    }
    return {};
}

std::uint32_t last_of(Partial partial) {
    return partial.octets == 4 ? partial.bits : partial.bits | (0xffff'ffffU >> (8 * partial.octets));
}

/// "a-b": whole addresses or prefixes, or b alone the last octet of a's kind ("127.16-31").
std::optional<ListEntry> parse_range(std::string_view text) {
    const std::size_t dash = text.find('-');
    const auto first = parse_octets(text.substr(0, dash));
    if (!first) return {};
    auto last = first;
    if (dash != text.npos) last = parse_octets(text.substr(dash + 1));
    if (!last) return {};
    if (dash != text.npos && last->octets == 1 && first->octets > 1) {
        const unsigned shift = 32 - 8 * first->octets;
        const std::uint32_t kept = first->bits & ~(0xffU << shift);
        last = Partial{kept | (last->bits >> 24 << shift), first->octets};
    }
    const ListEntry entry{Address::v4(first->bits), Address::v4(last_of(*last)), false};
    if (entry.last < entry.first) return {};
    return entry;
}

/// "127/8", "127.0.0/24", "192.0.2.0/24".
std::optional<ListEntry> parse_short_cidr(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto octets = parse_octets(text.substr(0, slash));
    unsigned length = 0;
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (!octets || code != std::errc{} || end != digits.data() + digits.size() || length > 32) return {};
    const Prefix prefix(Address::v4(octets->bits), length);
    return ListEntry{prefix.address(), prefix.last(), false};
}

std::optional<ListEntry> parse_ip4(std::string_view text) {
    return text.find('/') != text.npos ? parse_short_cidr(text) : parse_range(text);
}

std::optional<ListEntry> parse_ip6(std::string_view text) {
    const auto prefix = Prefix::parse(text);
    if (!prefix || prefix->is_v4()) return {};
    return ListEntry{prefix->address(), prefix->last(), false};
}

/// Lines of rbldnsd without an entry: comments, `$SOA` and its like (also behind a comment sign or a colon),
/// and `:A:TXT`, the default value of what follows.
bool is_directive(std::string_view line) {
    return line.empty() || line.starts_with('#') || line.starts_with(';') || line.starts_with('$') ||
           line.starts_with(':');
}

ListLine parse_rbldnsd(std::string_view line, std::optional<ListEntry> (*parse)(std::string_view)) {
    line = trim(line);
    if (is_directive(line)) return nothing();
    const bool excluded = line.starts_with('!');
    if (excluded) line = trim(line.substr(1));
    std::string_view what = take_word(line);
    // A value may follow the entry at once: "192.0.2.1:127.0.0.4:text". IPv6 has colons of its own before the
    // slash.
    const std::size_t address_end = parse == &parse_ip4 ? 0 : std::min(what.find('/'), what.size());
    what = what.substr(0, what.find_first_of(":#;", address_end));
    auto found = parse(what);
    if (!found)
        return wrong(parse == &parse_ip4 ? "is no IPv4 address, network or range" : "is no IPv6 network");
    found->excluded = excluded;
    return {found, {}};
}

ListLine parse_ip4set(std::string_view line) {
    return parse_rbldnsd(line, &parse_ip4);
}
ListLine parse_ip6trie(std::string_view line) {
    return parse_rbldnsd(line, &parse_ip6);
}

// ---- Spamhaus DROP as JSON

ListLine parse_drop_json(std::string_view line) {
    line = trim(line);
    if (line.empty()) return nothing();
    boost::system::error_code failed;
    const auto value = boost::json::parse({line.data(), line.size()}, failed);
    if (failed || !value.is_object()) return wrong("is no JSON object");
    const auto* cidr = value.get_object().if_contains("cidr");
    if (cidr == nullptr) return nothing();  // the metadata line
    if (!cidr->is_string()) return wrong("`cidr` is no string");
    const auto& text = cidr->get_string();
    if (const auto prefix = Prefix::parse({text.data(), text.size()}); prefix) return entry(*prefix);
    return wrong("`cidr` is no network");
}

/// What a line alone says about the format; nothing where it could be of several.
std::optional<ListFormat> format_of(std::string_view line) {
    line = trim(line);
    if (line.starts_with('{')) return ListFormat::drop_json;
    if (line.starts_with("create ") || line.starts_with("add ")) return ListFormat::ipset;
    const bool rbldnsd = line.starts_with('$') || line.starts_with(':') || line.starts_with('!') ||
                         line.starts_with("#$") || line.starts_with(";$");
    if (!rbldnsd && (line.empty() || line.starts_with('#') || line.starts_with(';'))) return {};
    std::string_view rest = line.substr(line.starts_with('!') ? 1 : 0);
    const std::string_view what = take_word(rest);
    if (!rbldnsd && Prefix::parse(what.substr(0, what.find_first_of("#;")))) return {};
    if (parse_ip6(what)) return ListFormat::ip6trie;
    if (!is_directive(line) && parse_ip4set(line).entry) return ListFormat::ip4set;
    return {};
}

}  // namespace

std::string_view name(ListFormat format) {
    return format_names.at(static_cast<std::size_t>(format));
}

std::optional<ListFormat> list_format_named(std::string_view text) {
    const auto found = std::ranges::find(format_names, text);
    if (found == format_names.end()) return {};
    return static_cast<ListFormat>(found - format_names.begin());
}

ListLineParser parser_of(ListFormat format) {
    switch (format) {
        case ListFormat::ipset:
            return &parse_ipset;
        case ListFormat::ip4set:
        case ListFormat::ip4trie:
            return &parse_ip4set;
        case ListFormat::ip6trie:
            return &parse_ip6trie;
        case ListFormat::drop_json:
            return &parse_drop_json;
        case ListFormat::detect:
        case ListFormat::cidr:
            break;
    }
    return &parse_cidr;
}

std::string_view take_line(std::string_view& text) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, size);
    text.remove_prefix(std::min(size + 1, text.size()));
    return line;
}

ListFormat format_of_text(std::string_view text) {
    constexpr int lines_looked_at = 1000;
    bool directives = false;
    for (int i = 0; i < lines_looked_at && !text.empty(); ++i) {
        const std::string_view line = take_line(text);
        if (const auto found = format_of(line); found) return *found;
        const std::string_view start = trim(line);
        directives = directives || start.starts_with('$') || start.starts_with(':');
    }
    return directives ? ListFormat::ip4set : ListFormat::cidr;
}

}  // namespace tidegate::observe
