#include "event/binary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "random_event.h"

namespace tidegate {
namespace {

using ::testing::HasSubstr;

std::string binary_of(const Event& event) {
    std::string out;
    append_binary(event, out);
    return out;
}

std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values) out += static_cast<char>(value);
    return out;
}

TEST(EventBinary, LayoutIsAsDocumented) {
    Event event;
    event.time = Time(Duration(3));
    event.kind = EventKind::attempt;
    event.outcome = Outcome::failure;
    event.address = Address::v4(0xc0000201);
    event.account = "bob";
    EXPECT_EQ(binary_of(event), bytes({18,                                // length of what follows
                                       1,                                 // version
                                       1 << 1, 6,                         // time, zigzag
                                       3 << 1 | 1, 4, 192, 0, 2, 1,       // address
                                       4 << 1, 1,                         // kind
                                       6 << 1, 2,                         // outcome
                                       22 << 1 | 1, 3, 'b', 'o', 'b'}));  // account
}

TEST(EventBinary, EveryEventComesBackAsItWas) {
    std::mt19937_64 random(5);
    std::string stream;
    std::vector<Event> written;
    EventBatch batch;
    for (int i = 0; i < 5000; ++i) {
        written.push_back(random_event(random, batch, true));
        written.back().lists = static_cast<std::uint32_t>(random());
        written.back().attempts = static_cast<std::uint32_t>(random());
        append_binary(written.back(), stream);
    }
    std::string_view rest = stream;
    for (const Event& event : written) {
        const auto again = parse_binary(rest, batch);
        ASSERT_TRUE(again) << again.error().text();
        ASSERT_EQ(*again, event);
    }
    EXPECT_TRUE(rest.empty());
}

TEST(EventBinary, CutShortAnywhereIsAnErrorAndTakesNothing) {
    std::mt19937_64 random(6);
    EventBatch batch;
    const std::string whole = binary_of(random_event(random, batch, true));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        std::string_view rest(whole.data(), size);
        EXPECT_FALSE(parse_binary(rest, batch)) << size;
        EXPECT_EQ(rest.size(), size);
    }
}

TEST(EventBinary, SkipsFieldsAndValuesOfLaterVersions) {
    EventBatch batch;
    std::string later = bytes({0, 2, 4 << 1, 1, 6 << 1, 1, 7 << 1, 99});
    later += bytes({0xc8, 0x01, 0xff, 0x01});        // tag 100, a number
    later += bytes({0xcb, 0x01, 3, 'n', 'e', 'w'});  // tag 101, bytes
    later[0] = static_cast<char>(later.size() - 1);
    std::string_view rest = later;
    const auto event = parse_binary(rest, batch);
    ASSERT_TRUE(event) << event.error().text();
    EXPECT_EQ(event->outcome, Outcome::success);
    EXPECT_EQ(event->reason, Reason::none);
    EXPECT_TRUE(rest.empty());
}

TEST(EventBinary, RefusesWhatIsNoEvent) {
    const std::pair<std::string, const char*> cases[] = {
        {"", "cut short"},
        {bytes({0}), "no version"},
        {bytes({1, 0}), "no version"},
        {bytes({5, 1}), "a length beyond the end"},
        {bytes({3, 1, 4 << 1, 7}), "an unknown kind of event"},
        {bytes({3, 2, 4 << 1, 7}), "an unknown kind of event"},
        {bytes({3, 1, 5 << 1, 99}), "an unknown value"},
        {bytes({3, 1, 10 << 1, 2}), "tls out of range"},
        {bytes({6, 1, 12 << 1, 0xff, 0xff, 0x7f, 0}), "a number out of range"},
        {bytes({5, 1, 6 << 1, 1, 6 << 1, 1}), "fields out of order"},
        {bytes({5, 1, 6 << 1, 1, 5 << 1, 1}), "fields out of order"},
        {bytes({4, 1, 3 << 1 | 1, 1, 1}), "an address of neither 4 nor 16 bytes"},
        {bytes({4, 1, 22 << 1 | 1, 200, 1}), "beyond the end"},
        {bytes({13, 1, 1 << 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}), "64 bits"},
        {bytes({12, 1, 1 << 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}),
         "outside the years"},
        {std::string(16, '\xff'), "64 bits"},
    };
    for (const auto& [record, message] : cases) {
        EventBatch batch;
        std::string_view rest = record;
        const auto event = parse_binary(rest, batch);
        ASSERT_FALSE(event) << message;
        EXPECT_THAT(event.error().text(), HasSubstr(message));
        EXPECT_EQ(rest.size(), record.size());
    }
}

}  // namespace
}  // namespace tidegate
