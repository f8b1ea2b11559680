// Whatever the bytes: no crash, and a record that was read is written and read again as the same text; no
// tag comes out in Markdown.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "tell/incident/forms.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidegate;
    const auto incident = tell::parse_incident_json({reinterpret_cast<const char*>(data), size});
    if (!incident) {
        CHECK(!incident.error().what.empty());
        return 0;
    }
    const tell::IncidentFormOptions names{.zone = tell::Zone("UTC"), .names = true};
    // The first writing rounds; from then on nothing changes.
    const auto rounded = tell::parse_incident_json(tell::incident_json(*incident, names));
    CHECK(rounded.has_value());
    const std::string once = tell::incident_json(*rounded, names);
    const auto again = tell::parse_incident_json(once);
    CHECK(again.has_value() && *again == *rounded);
    CHECK(tell::incident_json(*again, names) == once);
    const std::string text = tell::incident_markdown(*again, names);
    // "<0.1 %" is ours; a tag would be another's.
    for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1))
        CHECK(text.compare(at, 2, "<0") == 0);
    return 0;
}
