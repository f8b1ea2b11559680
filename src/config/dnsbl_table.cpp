// The rows of block lists that are asked over DNS.
#include <algorithm>
#include <limits>

#include "config/table.h"

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;

constexpr std::size_t most_codes = 32;
constexpr std::size_t most_zone = 125;  // RFC 1035's 253, less an IPv6 address and a key
constexpr std::size_t most_label = 63;

DnsList& list_of(Settings& to) {
    return to.dns_lists.back();
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_label(std::string_view text) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= most_label && std::ranges::all_of(text, fits);
}

bool is_zone(std::string_view text) {
    if (text.size() > most_zone) return false;
    for (;;) {
        const std::size_t dot = text.find('.');
        if (!is_label(text.substr(0, dot))) return false;
        if (dot == text.npos) return true;
        text.remove_prefix(dot + 1);
    }
}

Complaint take_zone(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_zone(*text)) return "expected the zone's name, like \"list.example.org\"";
    to = *text;
    return std::nullopt;
}

// Its complaint would show the value: whatever is wrong with a key is said by check_list(), without it.
Complaint take_key(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    to = text != nullptr && !text->empty() ? *text : std::string(1, '?');
    return std::nullopt;
}

std::optional<std::uint32_t> parse_code(std::string_view text) {
    const auto address = Address::parse(text);
    if (!address || !address->is_v4()) return std::nullopt;
    const std::uint32_t bits = address->v4_bits();
    const bool is_error = bits >> 8 == 0x7fffff || bits == 0x7f00'01ff;
    return bits >> 24 == 127 && !is_error ? std::optional(bits) : std::nullopt;
}

Complaint take_codes(const Value& value, std::vector<std::uint32_t>& to) {
    constexpr auto expected =
        "expected the answers that count, like [\"127.0.0.2\", \"127.0.0.4\"]; those of 127.255.255.0/24 are "
        "errors";
    TextList texts;
    if (take_list(value, texts) || texts.size() > most_codes) return expected;
    std::vector<std::uint32_t> codes;
    for (const std::string& text : texts) {
        const auto code = parse_code(text);
        if (!code) return expected;
        codes.push_back(*code);
    }
    to = std::move(codes);
    return std::nullopt;
}

constexpr Setting list_settings[] = {
    {"kind", "text", "",
     "`zen` (Spamhaus ZEN without its PBL, by the public mirrors), `zen-dqs` and `authbl-dqs` (Spamhaus' "
     "Data Query "
     "Service, with a key), `local` (a zone of your own, on rbldnsd or any name server; the only kind that "
     "is asked "
     "about private addresses), `zone` (any other).",
     [](const Value& value, Settings& to) {
         std::size_t index = 0;
         auto complaint = take_choice(value, dns_list_kinds, index);
         if (!complaint) list_of(to).kind = static_cast<DnsListKind>(index);
         return complaint;
     },
     true},
    {"name", "text", "the kind", "What the list is called in verdicts, reports and alerts.",
     [](const Value& value, Settings& to) { return take_text(value, list_of(to).name); }},
    {"zone", "text", "", "Of `local` and `zone`: the zone's name.",
     [](const Value& value, Settings& to) { return take_zone(value, list_of(to).zone); }},
    {"key", "text", "none",
     "The key that stands before the zone's name in every question. It is shown nowhere; `key_file` also "
     "keeps it "
     "out of this file.",
     [](const Value& value, Settings& to) { return take_key(value, list_of(to).key); }, false, true},
    {"key_file", "path", "none", "A file with the key on its first line.",
     [](const Value& value, Settings& to) { return take_text(value, list_of(to).key_file); }},
    {"codes", "list of texts", "of `zen` .2 .3 .4 .9, of `authbl-dqs` .20, of `local` .2",
     "The answers that count; others name nobody.",
     [](const Value& value, Settings& to) { return take_codes(value, list_of(to).codes); }},
    {"weight", "decibans", "10",
     "What being named by it weighs before anything was learned here; how its members behave here decides "
     "soon.",
     [](const Value& value, Settings& to) { return take_decibans(value, list_of(to).weight); }},
    {"ipv6", "true or false", "true",
     "Whether it is asked about IPv6 addresses, once it has passed its test for them.",
     [](const Value& value, Settings& to) { return take_bool(value, list_of(to).ipv6); }},
    {"self_test", "true or false", "true",
     "Whether it must name 127.0.0.2 and must not name 127.0.0.1 (RFC 5782), at the start and every hour, or "
     "is "
     "suspended. Leave that out only for a zone of your own that has no such entry.",
     [](const Value& value, Settings& to) { return take_bool(value, list_of(to).self_test); }},
};

bool is_spamhaus(DnsListKind kind) {
    return kind != DnsListKind::local && kind != DnsListKind::zone;
}

Wrong check_key(const DnsList& list) {
    const bool has_key = !list.key.empty() || !list.key_file.empty();
    const bool needs_key = list.kind == DnsListKind::zen_dqs || list.kind == DnsListKind::authbl_dqs;
    if (!list.key.empty() && !is_label(list.key))
        return {{"'key' is no key",
                 "it is one word in quotes, letters and digits, as the list's owner gave it to you"}};
    if (!list.key.empty() && !list.key_file.empty())
        return {{"both 'key' and 'key_file'", "give one of them"}};
    if (needs_key && !has_key)
        return {{"this kind of list needs a key", "give key_file = \"/etc/tidegate/dqs.key\", or 'key'"}};
    if (has_key && !needs_key && list.kind != DnsListKind::zone)
        return {
            {"this kind of list has no key", "Spamhaus' lists with a key are 'zen-dqs' and 'authbl-dqs'"}};
    return std::nullopt;
}

Wrong check_answers(const DnsList& list) {
    if (is_spamhaus(list.kind) != list.zone.empty())
        return list.zone.empty() ? Wrong{{"[[dnsbl]] without 'zone'", "say which zone is asked"}}
                                 : Wrong{{"the zone of this kind of list is known",
                                          "leave 'zone' out, or take the "
                                          "kind 'zone'"}};
    if (list.kind == DnsListKind::zone && list.codes.empty())
        return {{"[[dnsbl]] without 'codes'", "say which answers count: the list's owner documents them"}};
    const auto is_pbl = [](std::uint32_t code) { return code == 0x7f00'000a || code == 0x7f00'000b; };
    if (is_spamhaus(list.kind) && std::ranges::any_of(list.codes, is_pbl))
        return {{"127.0.0.10 and 127.0.0.11 are Spamhaus' PBL: addresses at home, where your customers are",
                 "leave them out"}};
    return std::nullopt;
}

Wrong check_list(const Settings& all) {
    const DnsList& list = all.dns_lists.back();
    if (all.dns_lists.size() > most_dns_lists)
        return {{"more than 8 lists that are asked over DNS", "rbldnsd can serve several lists as one zone"}};
    const auto same = [&](const DnsList& other) { return other.called() == list.called(); };
    if (std::ranges::count_if(all.dns_lists, same) > 1)
        return {{"two lists are called '" + std::string(list.called()) + "'", "give each a name of its own"}};
    if (auto wrong = check_key(list)) return wrong;
    return check_answers(list);
}

// ---- [dns]

// An address, with or without a port.
bool is_server(std::string_view text) {
    if (Address::parse(text)) return true;
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return text.starts_with('[') && text.ends_with(']') &&
               Address::parse(text.substr(1, text.size() - 2)).has_value();
    const std::string_view port = text.substr(colon + 1);
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != host.npos)
        return false;
    return !port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit) &&
           Address::parse(host).has_value();
}

Complaint take_servers(const Value& value, std::vector<std::string>& to) {
    TextList texts;
    if (take_list(value, texts) || !std::ranges::all_of(texts, is_server))
        return "expected addresses of name servers, like [\"127.0.0.1\", \"[::1]:5353\"]";
    to = std::move(texts);
    return std::nullopt;
}

constexpr Setting dns_settings[] = {
    {"servers", "list of texts", "those of /etc/resolv.conf",
     "Name servers that are asked, each an address, with a port where it is not 53. A resolver of your own: "
     "Spamhaus "
     "does not answer public ones.",
     [](const Value& value, Settings& to) { return take_servers(value, to.dns.servers); }},
    {"budget", "whole number", "300",
     "Milliseconds that a log-in waits for lists, at most, from 10 to 2000. An answer that comes later is "
     "used next "
     "time.",
     [](const Value& value, Settings& to) {
         std::int64_t number = 0;
         auto complaint = take_whole(value, 10, 2000, number);
         if (!complaint) to.dns.budget = std::chrono::milliseconds(number);
         return complaint;
     }},
    {"queries_a_day", "whole number", "0: no limit",
     "Questions to lists that are not `local`, in 24 hours from the start. Then new addresses are judged "
     "without "
     "these lists, and you are told.",
     [](const Value& value, Settings& to) {
         std::int64_t number = 0;
         auto complaint = take_whole(value, 0, std::numeric_limits<std::uint32_t>::max(), number);
         if (!complaint) to.dns.queries_a_day = static_cast<std::uint32_t>(number);
         return complaint;
     }},
};

constexpr Section all_sections[] = {
    {"dnsbl", "A block list that is asked over DNS (docs/lists.md); up to 8 of them.",
     "[[dnsbl]]\nkind = \"zen-dqs\"\nkey_file = \"/etc/tidegate/dqs.key\"\n\n[[dnsbl]]\nkind = "
     "\"local\"\nname = "
     "\"ours\"\nzone = \"bl.example.org\"\nweight = 20\n",
     list_settings, [](Settings& to, std::uint64_t) { to.dns_lists.emplace_back(); }, check_list},
    {"dns", "How the lists of `[[dnsbl]]` are asked.",
     "[dns]\nservers = [\"127.0.0.1\"]\nqueries_a_day = 300000\n", dns_settings},
};

}  // namespace

std::span<const Section> dns_list_sections() {
    return all_sections;
}

}  // namespace tidegate::config
