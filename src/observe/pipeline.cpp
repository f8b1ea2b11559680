#include "observe/pipeline.h"

#include <algorithm>
#include <utility>

#include "observe/conveyor.h"
#include "observe/source.h"

namespace tidegate::observe {
namespace {

/// So large that the cost of a step is nothing to its items, so small that an item's events stay in the
/// cache.
constexpr std::size_t chunk_bytes = std::size_t{96} << 10;
constexpr std::size_t least_chunk_bytes = std::size_t{96} << 10;
/// For the chunks of all files, should they all overlap.
constexpr std::size_t all_chunks_bytes = std::size_t{16} << 20;

std::size_t chunk_bytes_for(std::size_t files) {
    return std::clamp(all_chunks_bytes / std::max<std::size_t>(files, 1), least_chunk_bytes, chunk_bytes);
}

/// By the time of their first events; those where nobody knows come at once.
void sort_by_time(std::vector<Conveyor::Lane>& lanes, Pool& pool) {
    if (lanes.size() < 2) return;
    for (Conveyor::Lane& lane : lanes) lane.first = lane.source->probe(pool);
    std::ranges::sort(lanes, {}, [](const Conveyor::Lane& lane) { return std::pair(lane.first, lane.file); });
}

}  // namespace

Result<ReadReport> run(const Input& input, const Steps& steps) {
    const auto pool = std::make_shared<Pool>(chunk_bytes_for(input.files.size()));
    std::vector<Conveyor::Lane> lanes;
    for (const std::string& name : input.files) {
        auto source = Source::create(input, name);
        if (!source) return std::unexpected(source.error());
        lanes.push_back({std::move(*source), lanes.size(), {}});
    }
    sort_by_time(lanes, *pool);
    Conveyor conveyor(input, steps, std::move(lanes), pool);
    conveyor.run();
    return conveyor.report();
}

}  // namespace tidegate::observe
