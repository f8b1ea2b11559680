#include "act/table_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tidegate::act {
namespace {

std::string hosts_set(const char* name, const char* type, const TableSpec& spec) {
    return fmt::format("\tset {} {{ type {}; size {}; flags timeout; gc-interval {}s; }}\n", name, type,
                       spec.set_size, spec.gc_interval.count() / 1000);
}

std::string nets_set(const char* name, const char* type) {
    return fmt::format("\tset {} {{ type {}; flags interval; }}\n", name, type);
}

std::string ports_set(const std::string& name, const std::vector<std::uint16_t>& ports) {
    return fmt::format("\tset {} {{ type inet_service; elements = {{ {} }}; }}\n", name,
                       fmt::join(ports, ", "));
}

std::string syn_set(const std::string& name, const char* type) {
    return fmt::format("\tset {} {{ type {}; size {}; flags dynamic,timeout; timeout {}s; }}\n", name, type,
                       syn_set_size, syn_memory.count());
}

std::string syn_rule(std::size_t limit, const char* suffix, const char* network, const SynLimit& row) {
    return fmt::format(
        "\t\ttcp dport @{} tcp flags & (fin | syn | rst | ack) == syn update @{} {{ {} limit rate over "
        "{}/second "
        "burst {} packets }} counter drop comment \"connections\"\n",
        syn_set_name(limit, "_ports"), syn_set_name(limit, suffix), network, row.per_second, row.burst);
}

}  // namespace

std::string syn_set_name(std::size_t limit, const char* suffix) {
    return fmt::format("syn{}{}", limit + 1, suffix);
}

std::string sets_text(const TableSpec& spec) {
    return hosts_set(set_name::hosts, "ipv4_addr", spec) + hosts_set(set_name::hosts6, "ipv6_addr", spec) +
           nets_set(set_name::nets, "ipv4_addr") + nets_set(set_name::nets6, "ipv6_addr") +
           nets_set(set_name::spared, "ipv4_addr") + nets_set(set_name::spared6, "ipv6_addr");
}

std::string rules_text(const TableSpec& spec) {
    std::string out;
    if (!spec.ports.empty()) out += ports_set(set_name::ports, spec.ports);
    for (std::size_t i = 0; i < spec.syn_limits.size(); ++i)
        out += ports_set(syn_set_name(i, "_ports"), spec.syn_limits[i].ports) +
               syn_set(syn_set_name(i, ""), "ipv4_addr") + syn_set(syn_set_name(i, "_6"), "ipv6_addr");
    out +=
        "\tchain banned {\n"
        "\t\tip saddr @hosts counter drop comment \"hosts\"\n"
        "\t\tip6 saddr & ffff:ffff:ffff:ffff:: == @hosts6 counter drop comment \"hosts\"\n"
        "\t\tip saddr @nets counter drop comment \"networks\"\n"
        "\t\tip6 saddr @nets6 counter drop comment \"networks\"\n"
        "\t}\n";
    out += fmt::format(
        "\tchain prerouting {{\n"
        "\t\ttype filter hook prerouting priority {}; policy accept;\n"
        "\t\tip saddr @spared return\n"
        "\t\tip6 saddr @spared6 return\n"
        "\t\t{}jump banned\n",
        spec.priority, spec.ports.empty() ? "" : "tcp dport @ports ");
    for (std::size_t i = 0; i < spec.syn_limits.size(); ++i)
        out += syn_rule(i, "", "ip saddr & 255.255.255.0", spec.syn_limits[i]) +
               syn_rule(i, "_6", "ip6 saddr & ffff:ffff:ffff:ffff::", spec.syn_limits[i]);
    return out + "\t}\n";
}

std::string table_text(const TableSpec& spec) {
    return fmt::format("table inet {} {{\n{}{}}}\n", spec.name, sets_text(spec), rules_text(spec));
}

}  // namespace tidegate::act
