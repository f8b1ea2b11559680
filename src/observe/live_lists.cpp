#include "observe/live_lists.h"

#include <chrono>
#include <utility>

#include "base/check.h"

namespace tidegate::observe {
namespace {

constexpr std::size_t plausible_part =
    10;  // a new version has at least one in so many of the old one's entries

}  // namespace

LiveLists::LiveLists(std::vector<Source> sources, Lists lists)
    : sources_(std::move(sources)), lists_(std::make_unique<const Lists>(std::move(lists))) {}

std::expected<std::shared_ptr<LiveLists>, std::vector<Error>> LiveLists::load(std::vector<ListFile> files) {
    CHECK(files.size() <= most);
    std::vector<Source> sources;
    Lists lists;
    std::vector<Error> errors;
    for (ListFile& file : files) {
        const auto stamp = stamp_of(file.path);
        auto list = BlockList::load(file.path, file.format);
        if (!list) {
            errors.push_back(std::move(list.error()));
            continue;
        }
        lists.push_back(std::make_shared<const BlockList>(std::move(*list)));
        sources.push_back(
            {.file = std::move(file), .watch = ListWatch(stamp), .is_watched = stamp.has_value()});
    }
    if (!errors.empty()) return std::unexpected(std::move(errors));
    return std::shared_ptr<LiveLists>(new LiveLists(std::move(sources), std::move(lists)));
}

std::uint32_t LiveLists::look(Address address) const {
    return lists_.read([address](const Lists& lists) {
        std::uint32_t named = 0;
        for (std::size_t i = 0; i < lists.size(); ++i)
            named |= std::uint32_t{lists[i]->contains(address)} << i;
        return named;
    });
}

std::vector<ListTiding> LiveLists::poll() {
    std::vector<ListTiding> tidings;
    lists_.reclaim();
    if (is_reading()) return tidings;
    if (reading_.valid())
        for (Version& version : reading_.get()) take(std::move(version), tidings);
    look_at_files(tidings);
    return tidings;
}

void LiveLists::wait() const {
    if (reading_.valid()) reading_.wait();
}

bool LiveLists::is_reading() const {
    return reading_.valid() && reading_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
}

void LiveLists::look_at_files(std::vector<ListTiding>& tidings) {
    std::vector<Version> wanted;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        Source& source = sources_[i];
        if (!source.is_watched) continue;
        const auto stamp = stamp_of(source.file.path);
        const ListWatch::Sight sight = source.watch.look(stamp);
        if (sight == ListWatch::Sight::missing) tell_missing(i, tidings);
        if (!stamp) continue;
        source.is_missing = false;
        if (sight == ListWatch::Sight::changed)
            wanted.push_back({.index = i, .file = source.file, .stamp = *stamp, .list = {}});
    }
    if (!wanted.empty()) reading_ = std::async(std::launch::async, &LiveLists::read, std::move(wanted));
}

std::vector<LiveLists::Version> LiveLists::read(std::vector<Version> wanted) {
    for (Version& version : wanted) {
        version.list = BlockList::load(version.file.path, version.file.format);
        version.is_torn = stamp_of(version.file.path) != version.stamp;
    }
    return wanted;
}

void LiveLists::tell_missing(std::size_t i, std::vector<ListTiding>& tidings) {
    if (std::exchange(sources_[i].is_missing, true)) return;
    tidings.push_back(
        {sources_[i].file.name, size(i),
         Error{sources_[i].file.path, 0, "is not there any more",
               "the list as it was read goes on; put the file back, or take it out of the configuration"}});
}

void LiveLists::take(Version version, std::vector<ListTiding>& tidings) {
    if (version.is_torn) return;
    const std::size_t i = version.index;
    sources_[i].watch.settle(version.stamp);
    auto trouble = version.list ? doubt(i, *version.list) : std::optional(std::move(version.list.error()));
    if (!trouble) {
        auto lists = std::make_unique<Lists>(lists_.get());
        (*lists)[i] = std::make_shared<const BlockList>(std::move(*version.list));
        lists_.publish(std::move(lists));
    }
    tidings.push_back({sources_[i].file.name, size(i), std::move(trouble)});
}

std::optional<Error> LiveLists::doubt(std::size_t i, const BlockList& list) {
    const bool has_few = list.size() * plausible_part < size(i);
    const bool had_few = std::exchange(sources_[i].is_doubtful, has_few);
    if (!has_few) return {};
    if (had_few) {
        sources_[i].is_doubtful = false;
        return {};
    }
    return Error{sources_[i].file.path, 0,
                 "holds " + std::to_string(list.size()) + " entries, and the version before it " +
                     std::to_string(size(i)),
                 "the old ones go on; if this is meant, touch the file: the next version is believed"};
}

std::size_t LiveLists::bytes() const {
    std::size_t bytes = 0;
    for (const auto& list : lists_.get()) bytes += sizeof(BlockList) + list->bytes();
    return bytes;
}

}  // namespace tidegate::observe
