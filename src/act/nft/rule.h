#pragma once
// A rule, expression after expression.

#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>

#include <cstdint>
#include <memory>
#include <string>

#include "act/enforcer.h"
#include "act/nft/batch.h"

namespace tidegate::act::nft {

/// Thread: one.  Fails: std::bad_alloc.
class Rule {
public:
    Rule(const std::string& table, const char* chain);

    Rule& from_v4(const char* set);
    Rule& from_v6(const char* set, bool network64);
    Rule& to_tcp_port_in(const std::string& set);
    Rule& begins_connection();
    /// `ip saddr & 255.255.255.0` or `ip6 saddr & ffff:ffff:ffff:ffff::` came more often than that.
    Rule& network_exceeds(bool v4, const std::string& set, const SynLimit& limit);
    Rule& counts();
    Rule& verdict(int code, const char* chain = nullptr);
    Rule& comment(const char* text);
    void put(Batch& batch);

private:
    struct Free {
        void operator()(nftnl_rule* rule) const { nftnl_rule_free(rule); }
    };
    nftnl_expr* expression(const char* name);
    void load_source(bool v4);
    void keep_bits(const void* mask, std::uint32_t length);
    void look_up(const std::string& set);
    void is_protocol(std::uint32_t meta_key, std::uint8_t protocol);
    void load(std::uint32_t base, std::uint32_t offset, std::uint32_t length);
    void equals(const void* value, std::uint32_t length);

    std::unique_ptr<nftnl_rule, Free> rule_;
};

}  // namespace tidegate::act::nft
