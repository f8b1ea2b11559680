// Bans by the million, in whatever network namespace this is started in: bench/run_bans makes one and
// compares.
//
// usage: bans_bench HOSTS ROUNDS SINGLES
//
// Prints a JSON object: seconds for HOSTS from the first order until the kernel has them all (for each
// round), microseconds from one order until the kernel has acknowledged it with all of them in the set (for
// each of SINGLES), how long a look takes then, and bytes of our own memory. Then, with all of them banned,
// it bans each address that it reads on a line.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "act/firewall.h"
#include "act/nft/enforcer.h"

namespace {

using namespace tidegate;
using namespace tidegate::act;
using Clock = std::chrono::steady_clock;

Time now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

double since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

[[noreturn]] void die(const Refusal& refusal) {
    fmt::print(stderr, "bans_bench: {}\n", refusal.error.text());
    std::exit(2);
}

std::unique_ptr<NftEnforcer> opened() {
    auto enforcer = NftEnforcer::open();
    if (!enforcer) die(enforcer.error());
    return std::move(*enforcer);
}

// Addresses all over IPv4 but for 240.0.0.0/4, where the single ones come from, and what is never banned.
Address host(std::uint32_t i) {
    const auto bits = static_cast<std::uint32_t>(std::uint64_t{i} * 2'654'435'761U);
    return Address::v4(0x1000'0000U + bits % 0x6000'0000U);
}

struct Figures {
    std::size_t hosts = 0, shadow_bytes = 0, resident_bytes = 0;
    std::vector<double> bulk_seconds, one_us;
    double look_us = 0;
};

std::unique_ptr<Firewall> begun() {
    FirewallOptions options;
    options.surroundings = [] { return std::vector<Prefix>{}; };
    auto firewall = std::make_unique<Firewall>(options, opened(), nullptr, now);
    while (firewall->standing().since == Time{}) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return firewall;
}

std::size_t resident_bytes() {
    std::size_t all = 0;
    std::size_t resident = 0;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return resident * 4096;
}

void bulk(Firewall& firewall, std::uint32_t hosts, Figures& figures) {
    const std::size_t before = resident_bytes();
    const auto begin = Clock::now();
    const Time until = now() + std::chrono::hours(24);
    for (std::uint32_t i = 0; i < hosts; ++i) firewall.ban(host(i), until);
    figures.hosts = firewall.standing().wanted;
    while (firewall.standing().in_force < figures.hosts) {
        if (const auto error = firewall.standing().error) die({Refusal::Why::later, *error});
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    figures.bulk_seconds.push_back(since(begin));
    figures.shadow_bytes = firewall.standing().shadow_bytes;
    figures.resident_bytes = resident_bytes() - before;
}

// From the order until the kernel's acknowledgement has come back to the standing.
void single(Firewall& firewall, std::uint32_t i, Figures& figures) {
    const std::size_t count = firewall.standing().in_force + 1;
    const auto begin = Clock::now();
    firewall.ban(Address::v4(0xf000'0000U + i), now() + std::chrono::hours(1));
    while (firewall.standing().in_force < count) std::this_thread::sleep_for(std::chrono::microseconds(20));
    figures.one_us.push_back(since(begin) * 1e6);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // as orders come one by one
}

double look_us(NftEnforcer& enforcer) {
    if (const auto established = enforcer.establish({}); !established) die(established.error());
    const auto begin = Clock::now();
    if (const auto seen = enforcer.look(); !seen) die(seen.error());
    return since(begin) * 1e6;
}

void print(const Figures& figures) {
    fmt::print(
        R"({{"hosts":{},"bulk_seconds":[{}],"one_us":[{}],"look_us":{},"shadow_bytes":{},"resident_bytes":{}}})"
        "\n",
        figures.hosts, fmt::join(figures.bulk_seconds, ","), fmt::join(figures.one_us, ","), figures.look_us,
        figures.shadow_bytes, figures.resident_bytes);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const auto hosts = static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10));
    const int rounds = std::atoi(argv[2]);
    const auto singles = static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10));
    Figures figures;
    std::unique_ptr<Firewall> firewall;
    for (int round = 0; round < rounds; ++round) {
        firewall.reset();
        if (const Outcome removed = opened()->remove_all(); !removed) die(removed.error());
        firewall = begun();
        bulk(*firewall, hosts, figures);
    }
    for (std::uint32_t i = 0; i < singles; ++i) single(*firewall, i, figures);
    figures.look_us = look_us(*opened());
    print(figures);
    for (std::string line; std::getline(std::cin, line);)
        if (const auto address = Address::parse(line)) firewall->ban(*address, now() + std::chrono::hours(1));
    return 0;
}
