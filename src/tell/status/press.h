#pragma once
// From a record to everything that is shown: pages rendered once for each change, served, written, pushed.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"
#include "event/public_record.h"
#include "tell/status/push.h"
#include "tell/status/shelf.h"
#include "tell/status/site.h"
#include "tell/status/static_folder.h"

namespace tidegate::tell::status {

/// One page under one name, and what becomes of it.
struct EditionPlan {
    std::string partner;  // empty: our own
    SiteRules rules;
    std::string static_folder;  // empty: none
    PushPlan push;              // an empty command: none
};

/// Something that people should know of. `part` is "files" or "push".
struct PressNews {
    std::string_view part, partner;
    bool well = false;
    unsigned tries = 0;
    std::string said;
};

struct Printed {
    std::string_view partner;
    std::size_t files = 0, packed_bytes = 0;
    Duration took{};
};

/// Functions are called on threads of the press; all of it outlives it.
struct PressWorld {
    std::function<Time()> clock;
    std::function<void(std::string_view partner, std::shared_ptr<const Shelf>)> show;
    /// What subscribers may have to be told of, once it is shown.
    std::function<void(const PublicRecord& record, const SiteRules& rules)> announce;
    std::function<void(const Printed&)> printed;
    std::function<void(const PressNews&)> told;
};

/// Renders on a thread of its own; of records that come meanwhile the newest counts. Files that could not be
/// written are tried again after half a minute.
/// Thread: any.  Cost: print() takes a lock, and compares nothing.  Fails: tells.
class Press {
public:
    Press(std::vector<EditionPlan> plans, PressWorld world);
    ~Press();  // stop()
    Press(const Press&) = delete;
    Press& operator=(const Press&) = delete;

    /// One for each page; those of partners that have none are left out.
    void print(std::vector<PublicRecord> records);
    void stop();

private:
    struct Edition {
        EditionPlan plan;
        std::optional<PublicRecord> record;
        std::shared_ptr<const Shelf> shelf;
        std::vector<SiteFile> files;  // that are to be written; empty: none
        std::optional<StaticFolder> folder;
        std::unique_ptr<Push> push;
        bool ill = false;
        unsigned tries = 0;
    };

    void run();
    [[nodiscard]] std::optional<std::vector<PublicRecord>> next(bool again);
    void take(Edition& edition, const PublicRecord& record);
    void write(Edition& edition);
    void hear(Edition& edition, const Pushed& pushed) const;

    std::vector<std::unique_ptr<Edition>> editions_;
    PressWorld world_;
    std::mutex mutex_;
    std::condition_variable wake_;
    // Under the lock:
    std::optional<std::vector<PublicRecord>> waiting_;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace tidegate::tell::status
