#include "setup/postfix_conf.h"

#include <algorithm>
#include <array>
#include <utility>

#include "setup/words.h"

namespace tidegate::setup {
namespace {

// postconf -n leaves out what is as it comes.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> defaults{{
    {"smtpd_delay_reject", "yes"},
    {"smtpd_sasl_auth_enable", "no"},
    {"smtpd_sasl_type", "cyrus"},
    {"smtpd_relay_restrictions", "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination"},
    {"mynetworks", "127.0.0.0/8 [::1]/128"},
}};

constexpr std::size_t max_value_bytes = 65536;  // $names that name each other grow fast
constexpr unsigned max_expansions = 1000;

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The name in "$name", "${name}" or "$(name)" at the front of `text`, and how long all of it is; nothing for
// anything else.
std::optional<std::pair<std::string_view, std::size_t>> reference(std::string_view text) {
    if (text.size() < 2 || text[0] != '$') return std::nullopt;
    const char opening = text[1];
    const std::size_t begin = opening == '{' || opening == '(' ? 2 : 1;
    std::size_t end = begin;
    while (end < text.size() && is_name_character(text[end])) ++end;
    if (end == begin) return std::nullopt;
    if (begin == 1) return std::pair{text.substr(begin, end - begin), end};
    if (end == text.size() || text[end] != (opening == '{' ? '}' : ')')) return std::nullopt;
    return std::pair{text.substr(begin, end - begin), end + 1};
}

// Depth-first with one bound on the whole, so that no configuration can make it long.
template <class Lookup>
void expand(std::string_view text, const Lookup& lookup, unsigned& left, std::size_t depth,
            std::string& out) {
    while (!text.empty() && out.size() < max_value_bytes) {
        const auto found = depth < max_depth && left > 0 ? reference(text) : std::nullopt;
        if (found) {
            --left;
            expand(lookup(found->first), lookup, left, depth + 1, out);
            text.remove_prefix(found->second);
        } else {
            out += text.front();
            text.remove_prefix(1);
        }
    }
}

}  // namespace

PostfixConf PostfixConf::parse(std::string_view main, std::string_view services, std::string_view overrides) {
    PostfixConf conf;
    for (main = main.substr(0, max_output_bytes); !main.empty();)
        if (const auto parts = cut(take_line(main), '='); parts && !parts->first.empty())
            conf.main_[std::string(parts->first)] = parts->second;
    for (services = services.substr(0, max_output_bytes); !services.empty();)
        conf.take_service(take_line(services));
    for (overrides = overrides.substr(0, max_output_bytes); !overrides.empty();)
        conf.take_override(take_line(overrides));
    return conf;
}

// name, type, private, unprivileged, chroot, wakeup, limit, program: master(5)
void PostfixConf::take_service(std::string_view line) {
    if (line.starts_with(' ') || line.starts_with('\t') || line.starts_with('#')) return;
    std::array<std::string_view, 8> columns;
    for (auto& column : columns) column = take_word(line);
    if (columns.back().empty()) return;
    services_.push_back({.name = std::string(columns[0]),
                         .type = std::string(columns[1]),
                         .in_chroot = columns[4] != "n",
                         .program = std::string(columns[7]),
                         .overrides = {}});
    by_id_.try_emplace(services_.back().id(), services_.size() - 1);
}

// "submission/inet/smtpd_delay_reject = no"
void PostfixConf::take_override(std::string_view line) {
    const auto parts = cut(line, '=');
    if (!parts) return;
    const auto slash = parts->first.rfind('/');
    if (slash == std::string_view::npos) return;
    const auto service = by_id_.find(parts->first.substr(0, slash));
    if (service != by_id_.end())
        services_[service->second].overrides[std::string(parts->first.substr(slash + 1))] = parts->second;
}

std::string PostfixConf::raw(std::string_view parameter) const {
    if (const auto set = main_.find(parameter); set != main_.end()) return set->second;
    const auto known = std::ranges::find(defaults, parameter, &decltype(defaults)::value_type::first);
    return known == defaults.end() ? std::string() : std::string(known->second);
}

std::string PostfixConf::value(const PostfixService& service, std::string_view parameter) const {
    const auto lookup = [&](std::string_view name) {
        const auto own = service.overrides.find(name);
        return own == service.overrides.end() ? raw(name) : own->second;
    };
    std::string out;
    unsigned left = max_expansions;
    expand(lookup(parameter), lookup, left, 0, out);
    return out;
}

std::string PostfixConf::value(std::string_view parameter) const {
    return value(PostfixService{}, parameter);
}

std::vector<std::string> restrictions(std::string_view text) {
    std::vector<std::string> items;
    while (true) {
        const auto begin = text.find_first_not_of(" \t\r\n,");
        if (begin == std::string_view::npos) return items;
        text.remove_prefix(begin);
        const bool braced = text.front() == '{';
        auto end = text.find_first_of(braced ? "}" : " \t\r\n,");
        if (end == std::string_view::npos) end = text.size();
        items.emplace_back(trim(braced ? text.substr(1, end - 1) : text.substr(0, end)));
        text.remove_prefix(std::min(text.size(), braced ? end + 1 : end));
    }
}

}  // namespace tidegate::setup
