#include "app/serve/report_sender.h"

#include <gtest/gtest.h>

namespace tidegate::app {
namespace {

TEST(ReportState, IsReadBack) {
    for (const bool is_sent : {false, true}) {
        const ReportState state{.week = {2026, 48}, .is_sent = is_sent, .id = "report-2026-W48-1f00"};
        EXPECT_EQ(read_report_state(report_state_text(state)), state);
    }
    EXPECT_TRUE(read_report_state(R"({"week":"2026-W48","state":"sent","id":""})"));
}

TEST(ReportState, AnythingElseIsNone) {
    for (const auto* const text : {"", "[]", "{}", R"({"week":"2026-W99","state":"sent","id":"a"})",
                                   R"({"week":"2026-W48","state":"lost","id":"a"})",
                                   R"({"week":"2026-W48","state":"sending","id":""})",
                                   R"({"week":"2026-W48","state":"sending","id":"a\r\nBcc: b@example.org"})"})
        EXPECT_FALSE(read_report_state(text)) << text;
}

}  // namespace
}  // namespace tidegate::app
