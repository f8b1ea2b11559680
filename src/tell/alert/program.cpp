#include "tell/alert/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "net/child.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

using How = net::ProgramEnd::How;

std::string shown(std::string said) {
    while (said.ends_with('\n')) said.pop_back();
    std::ranges::replace(said, '\n', ' ');
    return said.empty() ? std::string() : ": " + harmless(said);
}

bool is_hopeless(int failed) {
    return failed == ENOENT || failed == EACCES || failed == ENOEXEC || failed == ENOTDIR;
}

}  // namespace

Sent run_program(const ProgramRun& run, const GivenUp& given_up) {
    const net::ProgramEnd end = net::run_to_end(run, given_up);
    switch (end.how) {
        case How::killed:
            return {.said = fmt::format("ended by signal {}{}", end.number, shown(end.said))};
        case How::late:
            return {.said = fmt::format("did not end within {} ms and was killed{}", run.time_out.count(),
                                        shown(end.said))};
        case How::given_up:
            return {.said = "was killed, since Tidegate ends" + shown(end.said)};
        case How::unstarted:
            return {.is_final = is_hopeless(end.number),
                    .said = "cannot be started: " + net::reason_of(end.number)};
        case How::exited:
            break;
    }
    return {.arrived = end.is_well(), .said = fmt::format("exit status {}{}", end.number, shown(end.said))};
}

}  // namespace tidegate::tell
