#include "act/nft/enforcer.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "act/nft/elements.h"
#include "act/nft/sessions.h"
#include "act/nft/table.h"
#include "act/table_text.h"

namespace tidegate::act {
namespace {

using nft::Element;
using nft::KeySize;
using Why = Refusal::Why;

using Buffer = std::array<char, 4096>;

nlmsghdr* request(Buffer& buffer, std::uint16_t type, std::uint16_t flags) {
    nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
    message->nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_NFTABLES << 8 | type);
    message->nlmsg_flags = NLM_F_REQUEST | flags;
    auto* family = static_cast<nfgenmsg*>(mnl_nlmsg_put_extra_header(message, sizeof(nfgenmsg)));
    family->nfgen_family = NFPROTO_INET;
    family->version = NFNETLINK_V0;
    return message;
}

// 64 bits of an IPv6 address are a key of the set; the rest of it is zero.
Bits key_bits(std::uint64_t key) {
    return is_v4_key(key) ? Bits{0, static_cast<std::uint32_t>(key)} : Bits{key, 0};
}

std::chrono::milliseconds time_left(Time until, Time now) {
    // The kernel takes 0 for 'for ever'.
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(until - now), std::chrono::milliseconds(1));
}

struct Split {
    std::vector<Element> v4, v6;
};

Split elements_of(std::span<const Ban> bans, Time now, bool timed) {
    Split out;
    for (const Ban& ban : bans) {
        const std::uint64_t key = ban.address.host_key();
        Element element{key_bits(key), std::nullopt, false};
        if (timed) element.timeout = time_left(ban.until, now);
        (is_v4_key(key) ? out.v4 : out.v6).push_back(element);
    }
    return out;
}

Split elements_of(std::span<const Address> addresses) {
    Split out;
    for (const Address& address : addresses)
        (address.is_v4() ? out.v4 : out.v6).push_back({key_bits(address.host_key()), std::nullopt, false});
    return out;
}

void put_hosts(nft::Batch& batch, std::uint16_t type, const std::string& table, const Split& elements) {
    nft::put_elements(batch, type, table.c_str(), set_name::hosts, KeySize::v4, elements.v4);
    nft::put_elements(batch, type, table.c_str(), set_name::hosts6, KeySize::v6, elements.v6);
}

void put_flush(nft::Batch& batch, const std::string& table, const char* set) {
    nlmsghdr* message = batch.add(NFT_MSG_DELSETELEM, 0);
    mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, table.c_str());
    mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set);
}

void put_ranges(nft::Batch& batch, const std::string& table, const char* set, KeySize size,
                std::span<const Range> ranges) {
    const Bits last = size == KeySize::v4 ? Bits{0, 0xffff'ffff} : Bits{~std::uint64_t{0}, ~std::uint64_t{0}};
    std::vector<Element> elements;
    elements.reserve(ranges.size() * 2);
    for (const Range& range : ranges) {
        elements.push_back({range.first, std::nullopt, false});
        if (range.last != last) elements.push_back({next(range.last), std::nullopt, true});
    }
    put_flush(batch, table, set);
    nft::put_elements(batch, NFT_MSG_NEWSETELEM, table.c_str(), set, size, elements);
}

constexpr std::chrono::seconds rescue_time{2};
constexpr std::size_t rescued_at_once = 1000;

template <class T>
std::expected<T, Refusal> found(Outcome outcome, T value, T absent) {
    if (outcome) return value;
    if (outcome.error().why == Why::absent) return absent;
    return std::unexpected(std::move(outcome.error()));
}

}  // namespace

std::expected<std::unique_ptr<NftEnforcer>, Refusal> NftEnforcer::open() {
    auto tables = nft::Netlink::open(NETLINK_NETFILTER);
    if (!tables) return std::unexpected(tables.error());
    return std::unique_ptr<NftEnforcer>(new NftEnforcer(std::move(*tables)));
}

std::expected<std::uint32_t, Refusal> NftEnforcer::generation() {
    Buffer buffer{};
    std::uint32_t out = 0;
    const Outcome asked = tables_.ask(request(buffer, NFT_MSG_GETGEN, NLM_F_ACK), "asking for the generation",
                                      [&](const nlmsghdr& answer) { out = nft::generation_of(answer); });
    if (!asked) return std::unexpected(asked.error());
    return out;
}

// Every change of any table counts the generation up by one, ours too, unless it changed nothing.
Outcome NftEnforcer::commit(const char* doing) {
    const auto before = generation();
    Outcome outcome = tables_.commit(batch_, doing);
    batch_.clear();
    const auto after = generation();
    if (!before || !after) {
        touched_ = true;  // for all we know
        return outcome;
    }
    const bool others = *before != generation_ || *after - *before > 1;
    touched_ = touched_ || others;
    generation_ = *after;
    return outcome;
}

std::expected<std::optional<std::string>, Refusal> NftEnforcer::mark_of_table() {
    Buffer buffer{};
    nlmsghdr* message = request(buffer, NFT_MSG_GETTABLE, NLM_F_ACK);
    mnl_attr_put_strz(message, NFTA_TABLE_NAME, spec_.name.c_str());
    std::optional<std::string> mark;
    Outcome asked = tables_.ask(message, "looking for our table",
                                [&](const nlmsghdr& answer) { mark = nft::table_comment(answer); });
    return found<std::optional<std::string>>(std::move(asked), std::move(mark), std::nullopt);
}

std::expected<std::string, Refusal> NftEnforcer::mark_of_chain() {
    Buffer buffer{};
    nlmsghdr* message = request(buffer, NFT_MSG_GETCHAIN, NLM_F_ACK);
    mnl_attr_put_strz(message, NFTA_CHAIN_TABLE, spec_.name.c_str());
    mnl_attr_put_strz(message, NFTA_CHAIN_NAME, "prerouting");
    std::string mark;
    Outcome asked = tables_.ask(message, "looking for our chain",
                                [&](const nlmsghdr& answer) { mark = nft::chain_comment(answer); });
    return found<std::string>(std::move(asked), std::move(mark), "");
}

std::expected<std::vector<std::string>, Refusal> NftEnforcer::sets_there(
    std::optional<std::uint64_t>& hosts) {
    Buffer buffer{};
    nlmsghdr* message = request(buffer, NFT_MSG_GETSET, NLM_F_DUMP);
    mnl_attr_put_strz(message, NFTA_SET_TABLE, spec_.name.c_str());
    std::vector<std::string> out;
    const auto take = [&](const nlmsghdr& answer) {
        std::string name = nft::set_named(answer, spec_.name);
        if (name.empty()) return;
        if (name == set_name::hosts || name == set_name::hosts6)
            if (const auto some = nft::count_of_set(answer)) hosts = hosts.value_or(0) + *some;
        out.push_back(std::move(name));
    };
    const auto begin = [&] {
        out.clear();
        hosts.reset();
    };
    const Outcome asked = tables_.ask(message, "listing our sets", take, begin);
    if (!asked && asked.error().why != Why::absent) return std::unexpected(asked.error());
    return out;
}

// The rules of ours that drop have comments; others are as many as they should be.
std::expected<bool, Refusal> NftEnforcer::rules_whole(Seen& seen) {
    Buffer buffer{};
    nlmsghdr* message = request(buffer, NFT_MSG_GETRULE, NLM_F_DUMP);
    mnl_attr_put_strz(message, NFTA_RULE_TABLE, spec_.name.c_str());
    std::size_t count = 0;
    const auto take = [&](const nlmsghdr& answer) {
        const nft::RuleSeen rule = nft::rule_of(answer);
        ++count;
        Dropped* sum = rule.comment == "hosts"         ? &seen.hosts
                       : rule.comment == "networks"    ? &seen.nets
                       : rule.comment == "connections" ? &seen.syns
                                                       : nullptr;
        if (sum == nullptr) return;
        sum->packets += rule.dropped.packets;
        sum->bytes += rule.dropped.bytes;
    };
    const auto begin = [&] {
        count = 0;
        seen.hosts = seen.nets = seen.syns = Dropped{};
    };
    Outcome asked = tables_.ask(message, "listing our rules", take, begin);
    return found(std::move(asked), count == nft::rule_count(spec_), false);
}

std::expected<Seen, Refusal> NftEnforcer::look() {
    Seen seen;
    const auto now = generation();
    if (!now) return std::unexpected(now.error());
    seen.touched = std::exchange(touched_, false) || *now != generation_;
    generation_ = *now;
    const auto table = mark_of_table();
    if (!table) return std::unexpected(table.error());
    seen.present = table->has_value();
    if (!seen.present) return seen;
    const auto sets = sets_there(seen.count);
    if (!sets) return std::unexpected(sets.error());
    const auto has = [&](const std::string& name) { return std::ranges::find(*sets, name) != sets->end(); };
    const std::vector<std::string> wanted = nft::set_names(spec_);
    seen.sets_ours = **table == nft::sets_mark(spec_) && std::ranges::all_of(std::span(wanted).first(6), has);
    const auto chain = mark_of_chain();
    if (!chain) return std::unexpected(chain.error());
    const auto whole = rules_whole(seen);
    if (!whole) return std::unexpected(whole.error());
    seen.rules_ours = *chain == nft::rules_mark(spec_) && *whole && std::ranges::all_of(wanted, has);
    return seen;
}

std::expected<Established, Refusal> NftEnforcer::establish(const TableSpec& spec) {
    if (spec_ != spec) spec_ = spec;  // read_back() may be reading it
    const auto seen = look();
    if (!seen) return std::unexpected(seen.error());
    if (seen->whole()) return Established::kept;
    if (seen->present && seen->sets_ours) {
        std::optional<std::uint64_t> count;
        const auto sets = sets_there(count);
        if (!sets) return std::unexpected(sets.error());
        const Outcome renewed = renew_rules(*sets);
        if (!renewed) return std::unexpected(renewed.error());
        return Established::renewed;
    }
    const std::vector<Ban> kept = seen->present ? rescue() : std::vector<Ban>{};
    if (const Outcome made = make(seen->present); !made) return std::unexpected(made.error());
    for (std::span<const Ban> rest = kept; !rest.empty();) {
        const auto some = rest.first(std::min(rest.size(), rescued_at_once));
        rest = rest.subspan(some.size());
        if (const Outcome added = add(some, Time{}); !added) return std::unexpected(added.error());
    }
    return kept.empty() ? Established::made : Established::renewed;
}

Outcome NftEnforcer::make(bool instead) {
    if (instead) nft::put_delete_table(batch_, spec_.name);
    nft::put_table(batch_, spec_);
    nft::put_sets(batch_, spec_);
    nft::put_rules(batch_, spec_);
    return commit("making our table");
}

// Whoever is banned in a table that can't stay, such as one whose sets had another size. As much as can be
// read in a short while: its owner has the rest, and new bans are waiting. Ends count from the epoch.
std::vector<Ban> NftEnforcer::rescue() {
    const auto until = std::chrono::steady_clock::now() + rescue_time;
    std::vector<Ban> out;
    const Outcome read = read_back(Time{}, [&](std::span<const Ban> bans) {
        out.insert(out.end(), bans.begin(), bans.end());
        return std::chrono::steady_clock::now() < until;
    });
    // A table of this name without such sets has nobody to rescue.
    return read ? out : std::vector<Ban>{};
}

// Chains with the rules in them, and whatever sets are not of the six that stay.
Outcome NftEnforcer::renew_rules(const std::vector<std::string>& sets) {
    const std::vector<std::string> wanted = nft::set_names(spec_);
    const auto stay = std::span(wanted).first(6);
    for (const char* chain : {"prerouting", "banned"}) {
        // So that it is there to be deleted, whatever somebody left of it.
        nlmsghdr* message = batch_.add(NFT_MSG_NEWCHAIN, NLM_F_CREATE);
        mnl_attr_put_strz(message, NFTA_CHAIN_TABLE, spec_.name.c_str());
        mnl_attr_put_strz(message, NFTA_CHAIN_NAME, chain);
        nft::put_delete_chain(batch_, spec_.name, chain);
    }
    for (const std::string& set : sets)
        if (std::ranges::find(stay, set) == stay.end()) nft::put_delete_set(batch_, spec_.name, set);
    nft::put_rules(batch_, spec_);
    return commit("renewing our rules");
}

Outcome NftEnforcer::add(std::span<const Ban> bans, Time now) {
    if (bans.empty()) return {};
    put_hosts(batch_, NFT_MSG_NEWSETELEM, spec_.name, elements_of(bans, now, true));
    return commit("banning");
}

Outcome NftEnforcer::renew(std::span<const Ban> bans, Time now) {
    if (bans.empty()) return {};
    // Kernels before 6.12 leave the end of an element that is there as it is; and one that has expired just
    // now can't be deleted. So it is made to be there, deleted and added, and no packet sees what is between.
    const Split bare = elements_of(bans, now, false);
    put_hosts(batch_, NFT_MSG_NEWSETELEM, spec_.name, bare);
    put_hosts(batch_, NFT_MSG_DELSETELEM, spec_.name, bare);
    put_hosts(batch_, NFT_MSG_NEWSETELEM, spec_.name, elements_of(bans, now, true));
    return commit("renewing bans");
}

Outcome NftEnforcer::remove(std::span<const Address> addresses) {
    if (addresses.empty()) return {};
    const Split elements = elements_of(addresses);
    put_hosts(batch_, NFT_MSG_DELSETELEM, spec_.name, elements);
    Outcome outcome = commit("lifting bans");
    if (outcome || outcome.error().why != Why::absent) return outcome;
    if (addresses.size() == 1) return {};  // it has expired
    // Some of them have: all are made to be there first.
    put_hosts(batch_, NFT_MSG_NEWSETELEM, spec_.name, elements);
    put_hosts(batch_, NFT_MSG_DELSETELEM, spec_.name, elements);
    return commit("lifting bans");
}

Outcome NftEnforcer::remove_hosts() {
    put_flush(batch_, spec_.name, set_name::hosts);
    put_flush(batch_, spec_.name, set_name::hosts6);
    return commit("lifting all bans");
}

Outcome NftEnforcer::replace_nets(const Ranges& banned, const Ranges& spared) {
    put_ranges(batch_, spec_.name, set_name::nets, KeySize::v4, banned.v4());
    put_ranges(batch_, spec_.name, set_name::nets6, KeySize::v6, banned.v6());
    put_ranges(batch_, spec_.name, set_name::spared, KeySize::v4, spared.v4());
    put_ranges(batch_, spec_.name, set_name::spared6, KeySize::v6, spared.v6());
    return commit("replacing networks");
}

Outcome NftEnforcer::has_all(const char* set, bool v4, std::span<const Address> addresses, bool& all) {
    for (const Address& address : addresses) {
        if (address.is_v4() != v4 || !all) continue;
        Buffer buffer{};
        nlmsghdr* message = request(buffer, NFT_MSG_GETSETELEM, NLM_F_ACK);
        mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, spec_.name.c_str());
        mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, set);
        nlattr* list = mnl_attr_nest_start(message, NFTA_SET_ELEM_LIST_ELEMENTS);
        nlattr* element = mnl_attr_nest_start(message, NFTA_LIST_ELEM);
        nft::put_key(message, v4 ? KeySize::v4 : KeySize::v6, key_bits(address.host_key()));
        mnl_attr_nest_end(message, element);
        mnl_attr_nest_end(message, list);
        const auto there =
            found(tables_.ask(message, "asking for a ban", [](const nlmsghdr&) {}), true, false);
        if (!there) return std::unexpected(there.error());
        all = *there;
    }
    return {};
}

std::expected<bool, Refusal> NftEnforcer::has(std::span<const Address> addresses) {
    bool all = true;
    for (const bool v4 : {true, false}) {
        const Outcome asked = has_all(v4 ? set_name::hosts : set_name::hosts6, v4, addresses, all);
        if (!asked) return std::unexpected(asked.error());
    }
    return all;
}

Outcome NftEnforcer::read_set(bool v4, Time now, const std::function<bool(std::span<const Ban>)>& take) {
    auto reader = nft::Netlink::open(NETLINK_NETFILTER);
    if (!reader) return std::unexpected(reader.error());
    Buffer buffer{};
    nlmsghdr* message = request(buffer, NFT_MSG_GETSETELEM, NLM_F_DUMP);
    mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_TABLE, spec_.name.c_str());
    mnl_attr_put_strz(message, NFTA_SET_ELEM_LIST_SET, v4 ? set_name::hosts : set_name::hosts6);
    std::vector<Ban> bans;
    const auto take_element = [&](const nft::ElementSeen& element) {
        const std::uint64_t high = element.key.high;
        const Address address =
            v4 ? Address::v4(static_cast<std::uint32_t>(element.key.low)) : Address::v6(high, 0);
        if (element.left) bans.push_back({address, now + *element.left});
    };
    bool stop = false;
    const auto take_message = [&](const nlmsghdr& answer) {
        bans.clear();
        nft::read_elements(answer, v4 ? KeySize::v4 : KeySize::v6, take_element);
        stop = stop || !take(bans);
    };
    const auto asked = reader->ask_once(message, "reading bans back", take_message, stop);
    if (!asked && asked.error().why != Why::absent) return std::unexpected(asked.error());
    return {};
}

Outcome NftEnforcer::read_back(Time now, const std::function<bool(std::span<const Ban>)>& take) {
    const Outcome read = read_set(true, now, take);
    return read ? read_set(false, now, take) : read;
}

std::expected<std::size_t, Refusal> NftEnforcer::end_sessions(const IsBanned& is_banned) {
    if (!diag_) {
        auto diag = nft::Netlink::open(NETLINK_SOCK_DIAG);
        if (!diag) return std::unexpected(diag.error());
        diag_.emplace(std::move(*diag));
    }
    return nft::reset_sessions(*diag_, is_banned, spec_.ports);
}

Outcome NftEnforcer::remove_all() {
    nft::put_delete_table(batch_, spec_.name);
    Outcome outcome = commit("removing our table");
    if (!outcome && outcome.error().why == Why::absent) return {};
    return outcome;
}

}  // namespace tidegate::act
