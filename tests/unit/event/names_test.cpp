#include <gtest/gtest.h>

#include "event/event.h"

namespace tidegate {
namespace {

template <class Enum>
void expect_round_trip(std::optional<Enum> (*named)(std::string_view)) {
    const auto names = names_of<Enum>();
    for (std::size_t i = 0; i < names.size(); ++i) {
        EXPECT_EQ(name(static_cast<Enum>(i)), names[i]);
        if (!names[i].empty()) EXPECT_EQ(named(names[i]), static_cast<Enum>(i));
    }
    EXPECT_FALSE(named(""));
    EXPECT_FALSE(named("nonsense"));
}

TEST(Names, ReadBackAsTheyAreWritten) {
    expect_round_trip<Service>(service_named);
    expect_round_trip<EventKind>(event_kind_named);
    expect_round_trip<Outcome>(outcome_named);
    expect_round_trip<Reason>(reason_named);
    expect_round_trip<Measure>(measure_named);
    expect_round_trip<Layer>(layer_named);
    EXPECT_EQ(list_of_names<Outcome>(), "success, failure, abort");
}

}  // namespace
}  // namespace tidegate
