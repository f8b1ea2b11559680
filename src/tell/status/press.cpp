#include "tell/status/press.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tidegate::tell::status {
namespace {

constexpr std::chrono::seconds write_again{30};

}  // namespace

Press::Press(std::vector<EditionPlan> plans, PressWorld world) : world_(std::move(world)) {
    for (EditionPlan& plan : plans) {
        auto edition = std::make_unique<Edition>();
        edition->plan = std::move(plan);
        if (!edition->plan.static_folder.empty()) edition->folder.emplace(edition->plan.static_folder);
        if (edition->folder && !edition->plan.push.command.empty())
            edition->push = std::make_unique<Push>(
                edition->plan.push,
                [this, whose = edition.get()](const Pushed& each) { hear(*whose, each); });
        editions_.push_back(std::move(edition));
    }
    thread_ = std::thread([this] { run(); });
}

Press::~Press() {
    stop();
}

void Press::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopped_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
    for (const auto& edition : editions_)
        if (edition->push) edition->push->stop();
}

void Press::print(std::vector<PublicRecord> records) {
    const std::scoped_lock lock(mutex_);
    waiting_ = std::move(records);
    wake_.notify_one();
}

// None: nothing came, and what failed is to be tried again.
std::optional<std::vector<PublicRecord>> Press::next(bool again) {
    std::unique_lock lock(mutex_);
    const auto is_due = [this] { return stopped_ || waiting_.has_value(); };
    if (again)
        wake_.wait_for(lock, write_again, is_due);
    else
        wake_.wait(lock, is_due);
    return std::exchange(waiting_, std::nullopt);
}

void Press::run() {
    const auto is_unwritten = [](const auto& edition) { return !edition->files.empty(); };
    auto tried = std::chrono::steady_clock::now();
    while (true) {
        const auto records = next(std::ranges::any_of(editions_, is_unwritten));
        {
            const std::scoped_lock lock(mutex_);
            if (stopped_) return;
        }
        const auto now = std::chrono::steady_clock::now();
        const bool again = now - tried >= write_again;
        for (const auto& edition : editions_) {
            const bool failed = !edition->files.empty();
            for (const PublicRecord& record : records.value_or(std::vector<PublicRecord>()))
                if (record.partner == edition->plan.partner) take(*edition, record);
            if (!edition->files.empty() && (!failed || again)) {
                tried = now;
                write(*edition);
            }
        }
    }
}

void Press::take(Edition& edition, const PublicRecord& record) {
    if (edition.record && says_the_same(*edition.record, record)) return;
    const auto began = std::chrono::steady_clock::now();
    std::vector<SiteFile> files = render_site(record, edition.plan.rules);
    edition.shelf =
        std::make_shared<const Shelf>(files, edition.plan.rules, world_.clock(), edition.shelf.get());
    edition.record = record;
    world_.show(edition.plan.partner, edition.shelf);
    world_.announce(record, edition.plan.rules);
    world_.printed({.partner = edition.plan.partner,
                    .files = files.size(),
                    .packed_bytes = edition.shelf->packed_bytes(),
                    .took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began)});
    if (edition.folder) edition.files = std::move(files);
}

void Press::write(Edition& edition) {
    if (!edition.folder) return;
    auto written = edition.folder->write(edition.files);
    ++edition.tries;
    if (!written) {
        edition.ill = true;
        return world_.told({.part = "files",
                            .partner = edition.plan.partner,
                            .tries = edition.tries,
                            .said = written.error().text()});
    }
    if (std::exchange(edition.ill, false))
        world_.told({.part = "files", .partner = edition.plan.partner, .well = true, .said = {}});
    edition.tries = 0;
    edition.files.clear();
    if (edition.push) edition.push->push(std::move(*written));
}

void Press::hear(Edition& edition, const Pushed& pushed) const {
    // The first try that succeeds is the rule, and nothing to tell.
    if (pushed.arrived && pushed.tries == 1) return;
    world_.told({.part = "push",
                 .partner = edition.plan.partner,
                 .well = pushed.arrived,
                 .tries = pushed.tries,
                 .said = pushed.said});
}

}  // namespace tidegate::tell::status
