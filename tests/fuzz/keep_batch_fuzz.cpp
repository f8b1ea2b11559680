// Whatever the bytes: no crash, as a compressed batch and as the entries within one; what was read is written
// and read again as the same.
#include <cstdint>

#include "base/check.h"
#include "keep/forgetting.h"
#include "keep/run.h"

namespace {

using namespace tidegate;
using namespace tidegate::keep;

void check_same(const Entry& a, const Entry& b) {
    CHECK(a.kind == b.kind && a.answered == b.answered && a.suspected_takeover == b.suspected_takeover);
    CHECK(a.sum == b.sum && time_of(a) == time_of(b) && a.value == b.value && a.text == b.text);
    CHECK(!has_event(a.kind) || *a.event == *b.event);
}

void read_entries(std::string_view bytes) {
    EntryReader reader(bytes);
    Run run;
    run.first = 1;
    std::size_t used = 0;
    while (reader.next()) {
        used += reader.bytes().size();
        std::string written;
        append_entry(reader.entry(), written);
        EntryReader again(written);
        CHECK(again.next() && again.bytes().size() == written.size());
        check_same(again.entry(), reader.entry());
        run.add(reader.bytes(), time_of(reader.entry()));
    }
    CHECK(reader.at_end() || !reader.wrong().empty());
    CHECK(run.bytes == bytes.substr(0, used));
    if (run.count == 0) return;
    const auto unpacked = Unpacker().unpack(Packer().pack(run));
    CHECK(unpacked && unpacked->bytes == run.bytes && unpacked->count == run.count);
    std::uint64_t named = 0;
    const auto clean = without_accounts(run, [](std::string_view) { return true; }, named);
    CHECK(clean && clean->has_value() == (named != 0));
    if (*clean) CHECK((*clean)->count == run.count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    read_entries(bytes);
    const auto run = Unpacker().unpack(bytes);
    if (!run) return 0;
    CHECK(run->bytes.size() <= most_run_bytes && run->count != 0);
    read_entries(run->bytes);
    return 0;
}
