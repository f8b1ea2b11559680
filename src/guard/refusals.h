#pragma once
// Who was refused lately, under the code that his answer carried.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/event.h"
#include "event/verdict.h"
#include "judge/knock.h"

namespace tidegate::guard {

/// An attempt that was stopped, or in watch mode would have been. Texts are its own.
struct Refusal {
    std::uint64_t number = 0;  // from 1
    std::string code;          // seven letters and digits that can't be mistaken for each other
    Time time{};
    Address address;
    Service service = Service::unknown;
    std::uint32_t as_number = 0;  // 0: not known
    std::string account;
    std::string session;
    judge::Knock knock;
    Verdict verdict;
};

/// The last `most` refusals. A code follows from a secret key and from who was refused, where and when:
/// nobody can guess another's from his own, and what is added again after a restart, with the same key, has
/// the same code. Thread: one at a time.  Cost: some 400 bytes a refusal, a hash look-up.  Owns its texts.
class Refusals {
public:
    static constexpr std::size_t most = 32'768;

    /// `key`: random, secret.
    explicit Refusals(std::uint64_t key) : key_(key) {}

    const Refusal& add(const Event& event, const judge::Knock& knock, const Verdict& verdict);
    /// Upper and lower case, blanks and hyphens don't matter; O is 0, I and L are 1. Nothing: not known, or
    /// too long ago.
    [[nodiscard]] const Refusal* find(std::string_view code) const;
    /// Those of an account (Knock::account) since `since`, newest first, at most 16.
    [[nodiscard]] std::vector<const Refusal*> of_account(std::uint64_t account, Time since) const;
    /// Those of an address, likewise.  Cost: all are looked through.
    [[nodiscard]] std::vector<const Refusal*> from_address(const Address& address, Time since) const;
    /// Newest first.
    [[nodiscard]] std::vector<Refusal> latest(std::size_t most) const;
    [[nodiscard]] std::size_t size() const { return refusals_.size(); }
    /// The account's are forgotten.
    std::size_t forget(std::uint64_t account);

private:
    [[nodiscard]] const Refusal* numbered(std::uint64_t number) const;
    [[nodiscard]] std::string code_for(const Event& event) const;
    void drop_oldest();

    std::uint64_t key_;
    std::uint64_t last_ = 0;
    std::deque<Refusal> refusals_;                          // by number, oldest first
    std::unordered_map<std::string, std::uint64_t> codes_;  // to number
    std::unordered_multimap<std::uint64_t, std::uint64_t> accounts_;
};

}  // namespace tidegate::guard
