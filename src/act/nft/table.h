#pragma once
// The messages that make our table, and what the kernel says of it. What they make is what table_text() says.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "act/enforcer.h"
#include "act/nft/batch.h"

namespace tidegate::act::nft {

/// In the table's and in the chain's comment: which spec they were made of.
[[nodiscard]] std::string sets_mark(const TableSpec& spec);
[[nodiscard]] std::string rules_mark(const TableSpec& spec);

void put_table(Batch& batch, const TableSpec& spec);
void put_sets(Batch& batch, const TableSpec& spec);
/// Chains, rules and the sets that belong to them.
void put_rules(Batch& batch, const TableSpec& spec);

void put_delete_table(Batch& batch, const std::string& table);
void put_delete_chain(Batch& batch, const std::string& table, const char* chain);
void put_delete_set(Batch& batch, const std::string& table, const std::string& set);

/// The sets that a table of this spec has, in the order in which they are made.
[[nodiscard]] std::vector<std::string> set_names(const TableSpec& spec);
[[nodiscard]] std::size_t rule_count(const TableSpec& spec);

/// A rule of ours as the kernel tells it.
struct RuleSeen {
    std::string chain;
    std::string comment;  // empty: none
    Dropped dropped;
};
/// What the messages of the kernel say; whatever is not understood is empty.
[[nodiscard]] std::string table_comment(const nlmsghdr& message);
[[nodiscard]] std::string chain_comment(const nlmsghdr& message);
/// The name of a set in this table, else empty.
[[nodiscard]] std::string set_named(const nlmsghdr& message, const std::string& table);
/// How many are in a set, where the kernel says so.
[[nodiscard]] std::optional<std::uint32_t> count_of_set(const nlmsghdr& message);
[[nodiscard]] RuleSeen rule_of(const nlmsghdr& message);
/// The number of changes that any table has seen.
[[nodiscard]] std::uint32_t generation_of(const nlmsghdr& message);

}  // namespace tidegate::act::nft
