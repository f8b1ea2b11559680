// Any bytes as a log and as events: lines in order, none twice, whatever they say, joined or not.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "observe/pipeline.h"

using namespace tidegate;

namespace {

void replay(const std::string& file, bool event_text, bool join) {
    observe::Input input;
    input.files = {file};
    input.event_text = event_text;
    input.join = join;
    input.zone = "UTC";
    std::uint64_t line = 0;
    std::uint64_t events = 0;
    observe::Steps steps;
    steps.prepare = [](observe::Work& work) { work.knocks.resize(work.batch.events.size()); };
    steps.fold = [&](observe::Work& work) {
        if (work.knocks.size() != work.batch.events.size()) std::abort();
        for (const Event& event : work.batch.events) {
            if (!event_text && event.line < line) std::abort();
            line = event.line;
            ++events;
        }
    };
    const auto report = observe::run(input, steps);
    if (!report || report->events != events) std::abort();
    const auto& lines = report->lines;
    if (lines.lines < lines.with_events + lines.unknown) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    static const int file = ::memfd_create("log", 0);
    if (::ftruncate(file, 0) != 0 || ::pwrite(file, bytes, size, 0) != static_cast<ssize_t>(size)) return 0;
    const std::string name = "/proc/self/fd/" + std::to_string(file);
    replay(name, false, true);
    replay(name, false, false);
    replay(name, true, true);
    return 0;
}
