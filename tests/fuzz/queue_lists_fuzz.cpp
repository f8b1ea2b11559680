// Any bytes as the list of a queue, in any pieces: what is read is within its bounds and the same however it
// comes.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "mail/queue_command.h"
#include "mail/queue_kept.h"
#include "mail/queue_reading.h"
#include "wire/queue/queued_mail.h"

namespace {

using namespace tidegate;

const Time now = time_of_unix(1'796'054'400);

struct Read {
    mail::QueueFigures figures;
    std::uint64_t messages = 0, strange = 0;
};

void check(const wire::QueuedMail& mail) {
    CHECK(mail.domains.size() <= wire::QueuedMail::most_domains);
    for (const std::string& each : mail.domains) CHECK(!each.empty() && each.size() <= 255);
    CHECK(mail.arrival <= now || mail.arrival >= Time{});
}

Read read(wire::QueueProgram program, std::string_view text, std::size_t piece) {
    Read out;
    mail::QueueReading reading({}, now, now);
    const auto listing = wire::queue_listing(program, now);
    const auto take = [&](const wire::QueuedMail& mail) {
        check(mail);
        ++out.messages;
        reading.take(mail);
    };
    mail::QueueLines lines;
    const auto hear = [&](std::string_view line, bool is_cut) { listing->hear(line, is_cut, take); };
    for (std::size_t at = 0; at < text.size(); at += piece) lines.take(text.substr(at, piece), hear);
    lines.finish(hear);
    listing->finish(take);
    out.figures = reading.figures();
    out.strange = listing->strange();
    return out;
}

void check(wire::QueueProgram program, std::string_view text, std::size_t piece) {
    const Read whole = read(program, text, text.size() + 1), cut = read(program, text, piece);
    const mail::QueueFigures &one = whole.figures, &other = cut.figures;
    CHECK(whole.messages == cut.messages && whole.strange == cut.strange);
    CHECK(one.waiting == other.waiting && one.bytes == other.bytes && one.domains == other.domains);
    CHECK(one.waiting + one.held == whole.messages && one.active + one.deferred <= one.waiting);
    CHECK(one.late <= one.waiting && one.oldest.has_value() == (one.waiting > 0));
    for (const auto& each : one.domains) CHECK(each.messages <= one.waiting);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t piece = 1 + data[0] / 2;
    check(wire::QueueProgram::postfix, text, piece);
    check(wire::QueueProgram::exim, text, piece);
    if (const auto kept = mail::read_queue_memories(text)) {
        const std::string written = mail::queue_memories_text(*kept);
        CHECK(mail::queue_memories_text(mail::read_queue_memories(written).value()) == written);
    }
    return 0;
}
