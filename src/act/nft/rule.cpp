#include "act/nft/rule.h"

#include <libnftnl/udata.h>
#include <linux/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <array>
#include <cstring>
#include <new>

#include "act/nft/userdata.h"

namespace tidegate::act::nft {
namespace {

constexpr std::array<std::uint8_t, 16> mask64 = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
constexpr std::array<std::uint8_t, 4> mask24 = {0xff, 0xff, 0xff, 0};
constexpr std::array<std::uint8_t, 16> zeros{};

}  // namespace

Rule::Rule(const std::string& table, const char* chain) : rule_(nftnl_rule_alloc()) {
    if (rule_ == nullptr) throw std::bad_alloc();
    nftnl_rule_set_u32(rule_.get(), NFTNL_RULE_FAMILY, NFPROTO_INET);
    nftnl_rule_set_str(rule_.get(), NFTNL_RULE_TABLE, table.c_str());
    nftnl_rule_set_str(rule_.get(), NFTNL_RULE_CHAIN, chain);
}

nftnl_expr* Rule::expression(const char* name) {
    nftnl_expr* out = nftnl_expr_alloc(name);
    if (out == nullptr) throw std::bad_alloc();
    nftnl_rule_add_expr(rule_.get(), out);
    return out;
}

void Rule::load(std::uint32_t base, std::uint32_t offset, std::uint32_t length) {
    nftnl_expr* payload = expression("payload");
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_BASE, base);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_LEN, length);
    nftnl_expr_set_u32(payload, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
}

void Rule::equals(const void* value, std::uint32_t length) {
    nftnl_expr* cmp = expression("cmp");
    nftnl_expr_set_u32(cmp, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
    nftnl_expr_set_u32(cmp, NFTNL_EXPR_CMP_OP, NFT_CMP_EQ);
    nftnl_expr_set(cmp, NFTNL_EXPR_CMP_DATA, value, length);
}

void Rule::is_protocol(std::uint32_t meta_key, std::uint8_t protocol) {
    nftnl_expr* meta = expression("meta");
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_KEY, meta_key);
    nftnl_expr_set_u32(meta, NFTNL_EXPR_META_DREG, NFT_REG_1);
    equals(&protocol, sizeof protocol);
}

void Rule::keep_bits(const void* mask, std::uint32_t length) {
    nftnl_expr* bitwise = expression("bitwise");
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
    nftnl_expr_set_u32(bitwise, NFTNL_EXPR_BITWISE_LEN, length);
    nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_MASK, mask, length);
    nftnl_expr_set(bitwise, NFTNL_EXPR_BITWISE_XOR, zeros.data(), length);
}

void Rule::look_up(const std::string& set) {
    nftnl_expr* lookup = expression("lookup");
    nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
    nftnl_expr_set_str(lookup, NFTNL_EXPR_LOOKUP_SET, set.c_str());
}

void Rule::load_source(bool v4) {
    is_protocol(NFT_META_NFPROTO, v4 ? NFPROTO_IPV4 : NFPROTO_IPV6);
    if (v4)
        load(NFT_PAYLOAD_NETWORK_HEADER, 12, 4);  // RFC 791 3.1
    else
        load(NFT_PAYLOAD_NETWORK_HEADER, 8, 16);  // RFC 8200 3
}

Rule& Rule::from_v4(const char* set) {
    load_source(true);
    look_up(set);
    return *this;
}

Rule& Rule::from_v6(const char* set, bool network64) {
    load_source(false);
    if (network64) keep_bits(mask64.data(), mask64.size());
    look_up(set);
    return *this;
}

Rule& Rule::to_tcp_port_in(const std::string& set) {
    is_protocol(NFT_META_L4PROTO, IPPROTO_TCP);
    load(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2);
    look_up(set);
    return *this;
}

Rule& Rule::begins_connection() {
    // RFC 9293 3.1: of FIN 1, SYN 2, RST 4 and ACK 16 only SYN.
    const std::uint8_t flags = 1 | 2 | 4 | 16;
    const std::uint8_t syn = 2;
    load(NFT_PAYLOAD_TRANSPORT_HEADER, 13, 1);
    keep_bits(&flags, sizeof flags);
    equals(&syn, sizeof syn);
    return *this;
}

Rule& Rule::network_exceeds(bool v4, const std::string& set, const SynLimit& limit) {
    load_source(v4);
    if (v4)
        keep_bits(mask24.data(), mask24.size());
    else
        keep_bits(mask64.data(), mask64.size());
    nftnl_expr* rate = nftnl_expr_alloc("limit");
    if (rate == nullptr) throw std::bad_alloc();
    nftnl_expr_set_u64(rate, NFTNL_EXPR_LIMIT_RATE, limit.per_second);
    nftnl_expr_set_u64(rate, NFTNL_EXPR_LIMIT_UNIT, 1);
    nftnl_expr_set_u32(rate, NFTNL_EXPR_LIMIT_BURST, limit.burst);
    nftnl_expr_set_u32(rate, NFTNL_EXPR_LIMIT_TYPE, NFT_LIMIT_PKTS);
    nftnl_expr_set_u32(rate, NFTNL_EXPR_LIMIT_FLAGS, NFT_LIMIT_F_INV);
    nftnl_expr* dynset = expression("dynset");
    nftnl_expr_set_u32(dynset, NFTNL_EXPR_DYNSET_SREG_KEY, NFT_REG_1);
    nftnl_expr_set_u32(dynset, NFTNL_EXPR_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
    nftnl_expr_set_str(dynset, NFTNL_EXPR_DYNSET_SET_NAME, set.c_str());
    nftnl_expr_set(dynset, NFTNL_EXPR_DYNSET_EXPR, rate, 0);  // which owns it from here on
    return *this;
}

Rule& Rule::counts() {
    expression("counter");
    return *this;
}

Rule& Rule::verdict(int code, const char* chain) {
    nftnl_expr* immediate = expression("immediate");
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
    nftnl_expr_set_u32(immediate, NFTNL_EXPR_IMM_VERDICT, static_cast<std::uint32_t>(code));
    if (chain != nullptr) nftnl_expr_set_str(immediate, NFTNL_EXPR_IMM_CHAIN, chain);
    return *this;
}

Rule& Rule::comment(const char* text) {
    const UserData data = UserData().text(NFTNL_UDATA_RULE_COMMENT, text);
    nftnl_rule_set_data(rule_.get(), NFTNL_RULE_USERDATA, data.bytes(), data.size());
    return *this;
}

void Rule::put(Batch& batch) {
    nlmsghdr* message = batch.add(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    nftnl_rule_nlmsg_build_payload(message, rule_.get());
}

}  // namespace tidegate::act::nft
