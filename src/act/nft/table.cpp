#include "act/nft/table.h"

#include <fmt/format.h>
#include <libnftnl/chain.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <memory>
#include <new>

#include "act/nft/attributes.h"
#include "act/nft/elements.h"
#include "act/nft/rule.h"
#include "act/nft/userdata.h"
#include "act/table_text.h"
#include "base/hash.h"

namespace tidegate::act::nft {
namespace {

constexpr const char* base_chain = "prerouting";
constexpr const char* banned_chain = "banned";

// nft's own numbers for what a key is, so that it can print it (nft describe ipv4_addr).
struct KeyType {
    std::uint32_t number;
    KeySize size;
};
constexpr KeyType v4_type{7, KeySize::v4};
constexpr KeyType v6_type{8, KeySize::v6};
constexpr KeyType port_type{13, KeySize::port};
constexpr std::uint32_t big_endian = 2;  // nft's BYTEORDER_BIG_ENDIAN

template <auto free>
struct Free {
    void operator()(auto* object) const { free(object); }
};
using Table = std::unique_ptr<nftnl_table, Free<nftnl_table_free>>;
using Chain = std::unique_ptr<nftnl_chain, Free<nftnl_chain_free>>;
using Set = std::unique_ptr<nftnl_set, Free<nftnl_set_free>>;

template <class Object>
Object made(typename Object::pointer object) {
    if (object == nullptr) throw std::bad_alloc();
    return Object(object);
}

Table named_table(const std::string& name) {
    auto table = made<Table>(nftnl_table_alloc());
    nftnl_table_set_u32(table.get(), NFTNL_TABLE_FAMILY, NFPROTO_INET);
    nftnl_table_set_str(table.get(), NFTNL_TABLE_NAME, name.c_str());
    return table;
}

Chain named_chain(const std::string& table, const char* name) {
    auto chain = made<Chain>(nftnl_chain_alloc());
    nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_FAMILY, NFPROTO_INET);
    nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TABLE, table.c_str());
    nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_NAME, name);
    return chain;
}

Set named_set(const std::string& table, const std::string& name) {
    auto set = made<Set>(nftnl_set_alloc());
    nftnl_set_set_u32(set.get(), NFTNL_SET_FAMILY, NFPROTO_INET);
    nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, table.c_str());
    nftnl_set_set_str(set.get(), NFTNL_SET_NAME, name.c_str());
    return set;
}

Set typed_set(const std::string& table, const std::string& name, KeyType type, std::uint32_t flags,
              std::uint32_t id) {
    Set set = named_set(table, name);
    nftnl_set_set_u32(set.get(), NFTNL_SET_FLAGS, flags);
    nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_TYPE, type.number);
    nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_LEN, static_cast<std::uint32_t>(type.size));
    nftnl_set_set_u32(set.get(), NFTNL_SET_ID, id);
    const UserData data = UserData().number(NFTNL_UDATA_SET_KEYBYTEORDER, big_endian);
    nftnl_set_set_data(set.get(), NFTNL_SET_USERDATA, data.bytes(), data.size());
    return set;
}

void put_set(Batch& batch, const Set& set) {
    nftnl_set_nlmsg_build_payload(batch.add(NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL), set.get());
}

void put_ports(Batch& batch, const std::string& table, const std::string& name,
               const std::vector<std::uint16_t>& ports, std::uint32_t id) {
    put_set(batch, typed_set(table, name, port_type, 0, id));
    std::vector<Element> elements;
    for (const std::uint16_t port : ports) elements.push_back({{0, port}, std::nullopt, false});
    put_elements(batch, NFT_MSG_NEWSETELEM, table.c_str(), name.c_str(), KeySize::port, elements);
}

void put_syn_sets(Batch& batch, const TableSpec& spec, std::size_t limit, std::uint32_t id) {
    put_ports(batch, spec.name, syn_set_name(limit, "_ports"), spec.syn_limits[limit].ports, id);
    for (const bool v4 : {true, false}) {
        const Set set = typed_set(spec.name, syn_set_name(limit, v4 ? "" : "_6"), v4 ? v4_type : v6_type,
                                  NFT_SET_EVAL | NFT_SET_TIMEOUT, ++id);
        nftnl_set_set_u32(set.get(), NFTNL_SET_DESC_SIZE, syn_set_size);
        const std::chrono::milliseconds timeout = syn_memory;
        nftnl_set_set_u64(set.get(), NFTNL_SET_TIMEOUT, static_cast<std::uint64_t>(timeout.count()));
        put_set(batch, set);
    }
}

void put_chain(Batch& batch, const Chain& chain) {
    nftnl_chain_nlmsg_build_payload(batch.add(NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL), chain.get());
}

void put_base_chain(Batch& batch, const TableSpec& spec) {
    const Chain chain = named_chain(spec.name, base_chain);
    nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TYPE, "filter");
    nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_HOOKNUM, NF_INET_PRE_ROUTING);
    nftnl_chain_set_s32(chain.get(), NFTNL_CHAIN_PRIO, spec.priority);
    nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_POLICY, NF_ACCEPT);
    const UserData data = UserData().text(NFTNL_UDATA_CHAIN_COMMENT, rules_mark(spec));
    nftnl_chain_set_data(chain.get(), NFTNL_CHAIN_USERDATA, data.bytes(), data.size());
    put_chain(batch, chain);
}

void put_banned_rules(Batch& batch, const std::string& table) {
    const auto drop = [&](Rule& rule, const char* comment) {
        rule.counts().verdict(NF_DROP).comment(comment).put(batch);
    };
    const auto rule = [&] { return Rule(table, banned_chain); };
    drop(rule().from_v4(set_name::hosts), "hosts");
    drop(rule().from_v6(set_name::hosts6, true), "hosts");
    drop(rule().from_v4(set_name::nets), "networks");
    drop(rule().from_v6(set_name::nets6, false), "networks");
}

void put_base_rules(Batch& batch, const TableSpec& spec) {
    const auto rule = [&] { return Rule(spec.name, base_chain); };
    rule().from_v4(set_name::spared).verdict(NFT_RETURN).put(batch);
    rule().from_v6(set_name::spared6, false).verdict(NFT_RETURN).put(batch);
    Rule jump = rule();
    if (!spec.ports.empty()) jump.to_tcp_port_in(set_name::ports);
    jump.verdict(NFT_JUMP, banned_chain).put(batch);
    for (std::size_t i = 0; i < spec.syn_limits.size(); ++i) {
        for (const bool v4 : {true, false})
            rule()
                .to_tcp_port_in(syn_set_name(i, "_ports"))
                .begins_connection()
                .network_exceeds(v4, syn_set_name(i, v4 ? "" : "_6"), spec.syn_limits[i])
                .counts()
                .verdict(NF_DROP)
                .comment("connections")
                .put(batch);
    }
}

std::string mark(const char* of_what, const std::string& text) {
    return fmt::format("tidegate {} {:016x}", of_what, hash_bytes(text, 1));
}

template <class Get>
std::string comment_of(const Get& get, std::uint8_t type) {
    std::uint32_t length = 0;
    const void* bytes = get(&length);
    if (bytes == nullptr) return {};
    return text_in({static_cast<const std::uint8_t*>(bytes), length}, type);
}

}  // namespace

std::string sets_mark(const TableSpec& spec) {
    return mark("sets", sets_text(spec));
}

std::string rules_mark(const TableSpec& spec) {
    return mark("rules", rules_text(spec));
}

void put_table(Batch& batch, const TableSpec& spec) {
    const Table table = named_table(spec.name);
    const UserData data = UserData().text(NFTNL_UDATA_TABLE_COMMENT, sets_mark(spec));
    nftnl_table_set_data(table.get(), NFTNL_TABLE_USERDATA, data.bytes(), data.size());
    nftnl_table_nlmsg_build_payload(batch.add(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL), table.get());
}

void put_sets(Batch& batch, const TableSpec& spec) {
    std::uint32_t id = 1;
    for (const bool v4 : {true, false}) {
        const Set set = typed_set(spec.name, v4 ? set_name::hosts : set_name::hosts6, v4 ? v4_type : v6_type,
                                  NFT_SET_TIMEOUT, id++);
        nftnl_set_set_u32(set.get(), NFTNL_SET_DESC_SIZE, spec.set_size);
        nftnl_set_set_u32(set.get(), NFTNL_SET_GC_INTERVAL,
                          static_cast<std::uint32_t>(spec.gc_interval.count()));
        put_set(batch, set);
    }
    for (const char* name : {set_name::nets, set_name::nets6, set_name::spared, set_name::spared6}) {
        const bool v4 = std::string_view(name).back() != '6';
        put_set(batch, typed_set(spec.name, name, v4 ? v4_type : v6_type, NFT_SET_INTERVAL, id++));
    }
}

void put_rules(Batch& batch, const TableSpec& spec) {
    std::uint32_t id = 100;
    if (!spec.ports.empty()) put_ports(batch, spec.name, set_name::ports, spec.ports, id++);
    for (std::size_t i = 0; i < spec.syn_limits.size(); ++i, id += 3) put_syn_sets(batch, spec, i, id);
    put_chain(batch, named_chain(spec.name, banned_chain));
    put_base_chain(batch, spec);
    put_banned_rules(batch, spec.name);
    put_base_rules(batch, spec);
}

void put_delete_table(Batch& batch, const std::string& table) {
    nftnl_table_nlmsg_build_payload(batch.add(NFT_MSG_DELTABLE, 0), named_table(table).get());
}

void put_delete_chain(Batch& batch, const std::string& table, const char* chain) {
    nftnl_chain_nlmsg_build_payload(batch.add(NFT_MSG_DELCHAIN, 0), named_chain(table, chain).get());
}

void put_delete_set(Batch& batch, const std::string& table, const std::string& set) {
    nftnl_set_nlmsg_build_payload(batch.add(NFT_MSG_DELSET, 0), named_set(table, set).get());
}

std::vector<std::string> set_names(const TableSpec& spec) {
    std::vector<std::string> out = {set_name::hosts, set_name::hosts6, set_name::nets,
                                    set_name::nets6, set_name::spared, set_name::spared6};
    if (!spec.ports.empty()) out.emplace_back(set_name::ports);
    for (std::size_t i = 0; i < spec.syn_limits.size(); ++i)
        for (const char* suffix : {"_ports", "", "_6"}) out.push_back(syn_set_name(i, suffix));
    return out;
}

std::size_t rule_count(const TableSpec& spec) {
    return 4 + 3 + 2 * spec.syn_limits.size();
}

std::string table_comment(const nlmsghdr& message) {
    const auto table = made<Table>(nftnl_table_alloc());
    if (nftnl_table_nlmsg_parse(&message, table.get()) < 0) return {};
    return comment_of(
        [&](std::uint32_t* length) {
            return nftnl_table_get_data(table.get(), NFTNL_TABLE_USERDATA, length);
        },
        NFTNL_UDATA_TABLE_COMMENT);
}

std::string chain_comment(const nlmsghdr& message) {
    const auto chain = made<Chain>(nftnl_chain_alloc());
    if (nftnl_chain_nlmsg_parse(&message, chain.get()) < 0) return {};
    return comment_of(
        [&](std::uint32_t* length) {
            return nftnl_chain_get_data(chain.get(), NFTNL_CHAIN_USERDATA, length);
        },
        NFTNL_UDATA_CHAIN_COMMENT);
}

std::string set_named(const nlmsghdr& message, const std::string& table) {
    const auto set = made<Set>(nftnl_set_alloc());
    if (nftnl_set_nlmsg_parse(&message, set.get()) < 0) return {};
    const char* in = nftnl_set_get_str(set.get(), NFTNL_SET_TABLE);
    const char* name = nftnl_set_get_str(set.get(), NFTNL_SET_NAME);
    return in != nullptr && name != nullptr && table == in ? name : std::string{};
}

std::optional<std::uint32_t> count_of_set(const nlmsghdr& message) {
    constexpr std::uint16_t set_count = 20;  // NFTA_SET_COUNT, since Linux 6.16
    std::optional<std::uint32_t> out;
    for_each_attribute(message, sizeof(nfgenmsg), [&](const nlattr& attribute) {
        if (mnl_attr_get_type(&attribute) == set_count && mnl_attr_get_payload_len(&attribute) == 4)
            out = be32toh(mnl_attr_get_u32(&attribute));
    });
    return out;
}

RuleSeen rule_of(const nlmsghdr& message) {
    const std::unique_ptr<nftnl_rule, Free<nftnl_rule_free>> rule(nftnl_rule_alloc());
    RuleSeen out;
    if (rule == nullptr || nftnl_rule_nlmsg_parse(&message, rule.get()) < 0) return out;
    if (const char* chain = nftnl_rule_get_str(rule.get(), NFTNL_RULE_CHAIN)) out.chain = chain;
    out.comment = comment_of(
        [&](std::uint32_t* length) { return nftnl_rule_get_data(rule.get(), NFTNL_RULE_USERDATA, length); },
        NFTNL_UDATA_RULE_COMMENT);
    nftnl_expr_foreach(
        rule.get(),
        [](nftnl_expr* expression, void* dropped) {
            if (std::string_view(nftnl_expr_get_str(expression, NFTNL_EXPR_NAME)) != "counter") return 0;
            *static_cast<Dropped*>(dropped) = {nftnl_expr_get_u64(expression, NFTNL_EXPR_CTR_PACKETS),
                                               nftnl_expr_get_u64(expression, NFTNL_EXPR_CTR_BYTES)};
            return 0;
        },
        &out.dropped);
    return out;
}

std::uint32_t generation_of(const nlmsghdr& message) {
    std::uint32_t out = 0;
    for_each_attribute(message, sizeof(nfgenmsg), [&](const nlattr& attribute) {
        if (mnl_attr_get_type(&attribute) == NFTA_GEN_ID &&
            mnl_attr_get_payload_len(&attribute) == sizeof out)
            out = be32toh(mnl_attr_get_u32(&attribute));
    });
    return out;
}

}  // namespace tidegate::act::nft
