#pragma once
// Our table in nft's own language: what a dry run prints, and whose hash marks the table in the kernel.

#include <cstddef>
#include <string>

#include "act/enforcer.h"

namespace tidegate::act {

/// The sets that stay from one set of rules to the next: hosts, networks, the spared.
[[nodiscard]] std::string sets_text(const TableSpec& spec);
/// The chains, and the sets that belong to their rules.
[[nodiscard]] std::string rules_text(const TableSpec& spec);
/// Both, as `nft -f` takes them.
[[nodiscard]] std::string table_text(const TableSpec& spec);

/// The sets' names. Those of the rules depend on the spec.
namespace set_name {
inline constexpr const char* hosts = "hosts";
inline constexpr const char* hosts6 = "hosts6";
inline constexpr const char* nets = "nets";
inline constexpr const char* nets6 = "nets6";
inline constexpr const char* spared = "spared";
inline constexpr const char* spared6 = "spared6";
inline constexpr const char* ports = "ports";
}  // namespace set_name
/// "syn1_ports", "syn1", "syn1_6": of the first limit.
[[nodiscard]] std::string syn_set_name(std::size_t limit, const char* suffix);

/// Networks whose connections are counted, for each limit, and how long after the last one.
inline constexpr std::uint32_t syn_set_size = 1U << 18;
inline constexpr std::chrono::seconds syn_memory{60};

}  // namespace tidegate::act
