#pragma once
// A name server on loopback that does what a test asks of it, bad things too.

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/descriptor.h"

namespace tidegate::observe {

/// Answers A questions over UDP from a table. Every zone passes its test for IPv4 and IPv6 unless a test says
/// otherwise.
/// Thread: any; it has one of its own.
class NameServer {
public:
    enum class Mood : std::uint8_t {
        honest,
        held,  // answers wait for release()
        silent,
        refused,
        failed,         // SERVFAIL
        error_code,     // 127.255.255.254 for everything
        names_all,      // 127.0.0.2 for everything
        empty,          // NXDOMAIN for everything, the tests too
        abroad,         // 192.0.2.1 for everything
        cut,            // half a packet
        garbage,        // the right head, then nonsense
        other_question  // an answer to what was not asked
    };

    NameServer();
    ~NameServer();
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;

    /// "127.0.0.1:40000".
    [[nodiscard]] const std::string& address() const { return address_; }
    void set(Mood mood) { mood_ = mood; }
    /// From now on `name` has these A records; none: it does not exist.
    void put(std::string name, std::vector<std::uint32_t> records);
    void set_ttl(std::uint32_t positive, std::uint32_t soa, std::uint32_t minimum);
    /// "No" without an SOA.
    void leave_out_soa();
    /// Answers all that was held, honestly.
    void release();

    /// How often `name` was asked for.
    [[nodiscard]] std::size_t asked(std::string_view name) const;
    /// How many questions came that are no tests.
    [[nodiscard]] std::size_t asked() const;

private:
    struct Question {
        std::string name;   // lower case
        std::string bytes;  // as they came
        std::size_t end = 0;
        std::string from;
    };
    void run();
    void take(const Question& question);
    void answer(const Question& question, Mood mood);
    [[nodiscard]] std::vector<std::uint32_t> records_of(const std::string& name, Mood mood) const;
    [[nodiscard]] std::string packet(const Question& question, unsigned code,
                                     const std::vector<std::uint32_t>& records) const;

    net::Descriptor socket_, bell_;
    std::string address_;
    std::atomic<Mood> mood_ = Mood::honest;
    mutable std::mutex lock_;  // of what follows
    std::map<std::string, std::vector<std::uint32_t>, std::less<>> table_;
    std::map<std::string, std::size_t, std::less<>> asked_;
    std::vector<Question> held_;
    std::uint32_t positive_ = 600, soa_ttl_ = 600, minimum_ = 600;
    bool has_soa_ = true;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace tidegate::observe
