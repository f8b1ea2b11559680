// Logs of real servers (tests/data/logs), held against what the clients that made them really did.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "wire/log/parser.h"

namespace tidegate::wire {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    return bytes.str();
}

// What clients did, by address.
struct Deeds {
    std::set<std::string> addresses;
    std::map<std::string, unsigned> successes, tries;
};

Deeds read_truth(const fs::path& path) {
    Deeds deeds;
    std::istringstream lines(bytes_of(path));
    for (std::string line; std::getline(lines, line);) {
        const auto deed = boost::json::parse(line).as_object();
        const std::string address(deed.at("address").as_string());
        const auto count = static_cast<unsigned>(deed.at("count").as_int64());
        deeds.addresses.insert(address);
        const auto* visible = deed.if_contains("visible");
        if (visible != nullptr && !visible->as_bool()) continue;  // the servers log nothing of it
        if (deed.at("outcome").as_string() == "success") deeds.successes[address] += count;
        if (deed.at("outcome").as_string() != "none") deeds.tries[address] += count;
    }
    return deeds;
}

// Of the lines of the daemons that speak to clients.
Deeds read_events(const fs::path& path) {
    Deeds deeds;
    TimeRule rule;
    rule.anchor = time_of_unix(1'795'000'000);
    rule.zone = "UTC";
    const auto parser = LogParser::create(rule);
    if (!parser) return deeds;
    const auto cursor = parser->cursor();
    const std::string log = bytes_of(path);
    EventBatch batch;
    const auto counts = parser->parse(log, 1, {}, *cursor, batch);
    EXPECT_EQ(counts.unknown, 0U) << path << " line " << counts.first_unknown;
    for (const Event& event : batch.events) {
        const std::string address = event.address.text();
        deeds.addresses.insert(address);
        if (event.kind != EventKind::attempt || event.layer != Layer::front) continue;
        deeds.tries[address] += event.attempts;
        if (event.outcome == Outcome::success) deeds.successes[address] += event.attempts;
    }
    return deeds;
}

TEST(RecordedLogs, TellWhatTheClientsDid) {
    unsigned files = 0;
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(TIDEGATE_SOURCE_DIR) / "tests/data/logs")) {
        fs::path truth = entry.path();
        truth.replace_extension(".truth.jsonl");
        if (entry.path().extension() != ".log" || !fs::exists(truth)) continue;
        SCOPED_TRACE(entry.path().string());
        ++files;
        const Deeds did = read_truth(truth);
        const Deeds seen = read_events(entry.path());
        // No hostile name or envelope brings in an address that never came.
        for (const auto& address : seen.addresses) EXPECT_TRUE(did.addresses.contains(address)) << address;
        EXPECT_EQ(seen.successes, did.successes);
        // Failures before a success in one session stand in the authentication server's lines alone, broken
        // SASL exchanges in nobody's; but nothing is counted that was not done.
        for (const auto& [address, tries] : seen.tries) {
            EXPECT_LE(tries, did.tries.contains(address) ? did.tries.at(address) : 0) << address;
        }
        EXPECT_GE(seen.tries.size() + 2, did.tries.size());
    }
    EXPECT_GE(files, 18U);
}

}  // namespace
}  // namespace tidegate::wire
