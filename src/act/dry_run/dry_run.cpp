#include "act/dry_run/dry_run.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "act/table_text.h"

namespace tidegate::act {
namespace {

// Not Address::text(): parts of 64:ff9b::/96 are no IPv4 addresses here.
std::string text_of(Bits bits, bool v4) {
    if (v4) return Address::v4(static_cast<std::uint32_t>(bits.low)).text();
    std::array<unsigned char, 16> bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<unsigned char>(bits.high >> (56 - 8 * i));
        bytes[i + 8] = static_cast<unsigned char>(bits.low >> (56 - 8 * i));
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    return ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
}

std::string host_text(const Address& address) {
    return address.is_v4() ? address.text() : text_of({address.high(), 0}, false);
}

void append(std::string& list, const std::string& item) {
    if (!list.empty()) list += ", ";
    list += item;
}

std::string lines(const char* what, const std::string& table, const char* set, const std::string& list) {
    return list.empty() ? "" : fmt::format("{} element inet {} {} {{ {} }}\n", what, table, set, list);
}

// A line for each family.
template <class Items, class AddressOf, class TextOf>
std::string elements(const char* what, const std::string& table, const Items& items, AddressOf address_of,
                     TextOf text_of_item) {
    std::string v4;
    std::string v6;
    for (const auto& item : items) append(address_of(item).is_v4() ? v4 : v6, text_of_item(item));
    return lines(what, table, set_name::hosts, v4) + lines(what, table, set_name::hosts6, v6);
}

std::string timed(const std::string& table, std::span<const Ban> bans, Time now) {
    return elements(
        "add", table, bans, [](const Ban& ban) { return ban.address; },
        [&](const Ban& ban) {
            const auto left = std::chrono::ceil<std::chrono::seconds>(ban.until - now).count();
            return fmt::format("{} timeout {}s", host_text(ban.address), std::max<std::int64_t>(left, 1));
        });
}

std::string bare(const char* what, const std::string& table, std::span<const Address> addresses) {
    return elements(what, table, addresses, [](const Address& address) { return address; }, host_text);
}

std::string ranges_text(std::span<const Range> ranges, bool v4) {
    std::string list;
    for (const Range& range : ranges) {
        const std::string first = text_of(range.first, v4);
        append(list, range.first == range.last ? first : first + "-" + text_of(range.last, v4));
    }
    return list;
}

std::string replaced(const std::string& table, const char* set, std::span<const Range> ranges, bool v4) {
    return fmt::format("flush set inet {} {}\n", table, set) +
           lines("add", table, set, ranges_text(ranges, v4));
}

}  // namespace

std::expected<Established, Refusal> DryRun::establish(const TableSpec& spec) {
    spec_ = spec;
    print_(table_text(spec));
    return Established::made;
}

Outcome DryRun::add(std::span<const Ban> bans, Time now) {
    print_(timed(spec_.name, bans, now));
    return {};
}

Outcome DryRun::renew(std::span<const Ban> bans, Time now) {
    std::vector<Address> addresses;
    for (const Ban& ban : bans) addresses.push_back(ban.address);
    print_(bare("add", spec_.name, addresses) + bare("delete", spec_.name, addresses) +
           timed(spec_.name, bans, now));
    return {};
}

Outcome DryRun::remove(std::span<const Address> addresses) {
    print_(bare("delete", spec_.name, addresses));
    return {};
}

Outcome DryRun::remove_hosts() {
    print_(fmt::format("flush set inet {0} {1}\nflush set inet {0} {2}\n", spec_.name, set_name::hosts,
                       set_name::hosts6));
    return {};
}

Outcome DryRun::replace_nets(const Ranges& banned, const Ranges& spared) {
    print_(replaced(spec_.name, set_name::nets, banned.v4(), true) +
           replaced(spec_.name, set_name::nets6, banned.v6(), false) +
           replaced(spec_.name, set_name::spared, spared.v4(), true) +
           replaced(spec_.name, set_name::spared6, spared.v6(), false));
    return {};
}

std::expected<Seen, Refusal> DryRun::look() {
    Seen seen;
    seen.present = seen.sets_ours = seen.rules_ours = true;
    return seen;
}

std::expected<bool, Refusal> DryRun::has(std::span<const Address>) {
    return true;
}

Outcome DryRun::read_back(Time, const std::function<bool(std::span<const Ban>)>&) {
    return {};
}

std::expected<std::size_t, Refusal> DryRun::end_sessions(const IsBanned&) {
    print_("# would reset the connections of the banned\n");
    return 0;
}

Outcome DryRun::remove_all() {
    print_(fmt::format("delete table inet {}\n", spec_.name));
    return {};
}

}  // namespace tidegate::act
