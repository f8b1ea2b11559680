#pragma once
// The case book within the daemon: behind one lock, on the disk, told and delivered.

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "event/incident.h"
#include "event/naming.h"
#include "event/public_record.h"
#include "tell/cases/book.h"
#include "tell/cases/services.h"
#include "tell/cases/sight.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// Where what is published goes: a name, and who takes it. It must not wait, may be given one publication
/// twice (its key is the same then), and is tried again where it fails.
struct CaseOutlet {
    std::string name;
    std::function<Result<void>(const tell::Publication&)> take;
};

/// What it reaches. Owner: the daemon; outlives it.
struct CaseWorld {
    tell::Telling& telling;
    std::function<Time()> clock;
    std::function<std::vector<IncidentHead>()> heads;
    std::function<std::optional<Incident>(std::string_view id)> incident;
    std::function<std::vector<tell::Sight>()> sights;
    std::function<std::optional<tell::MailSight>()> mail;
    /// Of the state folder: "cases" and "services". Empty: nothing was ever kept.
    std::function<Result<std::string>(std::string_view name)> kept;
    std::function<Result<void>(std::string_view name, std::string_view text)> keep;
    std::vector<CaseOutlet> outlets{};
};

/// What people ordered went wrong: whether they were (refused), or the disk was.
struct CaseRefusal {
    bool is_disks = false;
    Error error;
};
template <class T>
using CaseResult = std::expected<T, CaseRefusal>;

/// Everything that is answered, told or delivered is on the disk before.
/// Thread: any; tick() one at a time.  Cost: a change waits for the disk under the lock; what is only read
/// waits for that.  Fails: what people ordered and the disk did not take did not happen; what comes by itself
/// waits until the disk takes it, which is told once.
class CaseDesk {
public:
    using Deed = std::function<Result<std::string>(tell::CaseBook&, const tell::Measured&, Time)>;

    /// Reads what was kept. Where that can't be read a new book is begun beside it, which is told. The rules'
    /// outlets are those of `world`, here and in adopt().
    CaseDesk(CaseWorld world, tell::CaseRules rules);

    void tick();
    void adopt(tell::CaseRules rules);
    /// Carries out what a person orders; what `deed` gives is the answer.
    [[nodiscard]] CaseResult<std::string> act(const Deed& deed);
    /// Looks into the book.
    template <class Look>
    [[nodiscard]] auto look(Look&& look) const {
        const std::scoped_lock lock(mutex_);
        return look(book_);
    }
    [[nodiscard]] PublicRecord record(std::string_view partner) const;
    [[nodiscard]] Result<void> forget(const AccountTest& is_meant);
    /// What an answer about a case needs beside the book.
    [[nodiscard]] std::optional<Incident> incident(std::string_view id) const { return world_.incident(id); }

private:
    void look_at_services(Time now);
    [[nodiscard]] bool write();
    [[nodiscard]] Result<void> written();
    void keep_days();
    void tell_news();
    void deliver(Time now);
    [[nodiscard]] tell::Measured measured() const;
    void trouble(std::string_view what, const Error& error);

    CaseWorld world_;
    mutable std::mutex mutex_;  // guards all below
    tell::CaseBook book_;
    tell::ServiceBook services_;
    std::vector<tell::CaseNews> news_;  // not told yet: not on the disk
    bool unwritten_ = false;
    std::set<std::string, std::less<>> in_trouble_;
    Time look_due_{}, delivery_due_{};
};

}  // namespace tidegate::app
