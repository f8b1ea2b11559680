#include "keep/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "keep/varint.h"
#include "random_event.h"

namespace tidegate::keep {
namespace {

using ::testing::HasSubstr;

std::string bytes(std::initializer_list<int> values) {
    std::string out;
    for (const int value : values) out += static_cast<char>(value);
    return out;
}

std::string bytes_of(const Entry& entry) {
    std::string out;
    append_entry(entry, out);
    return out;
}

TEST(KeepEntry, LayoutIsAsDocumented) {
    Event event;
    event.time = Time(Duration(3));
    event.outcome = Outcome::failure;
    EXPECT_EQ(bytes_of({.event = &event,
                        .answered = Measure::refuse,
                        .suspected_takeover = true,
                        .sum = Decibans::hundredths(-2)}),
              bytes({11,           // length of what follows
                     1,            // an event
                     0x80 | 3, 3,  // refuse, a takeover; -2
                     7,            // the event: length, version, time, kind, outcome
                     1, 1 << 1, 6, 4 << 1, 1, 6 << 1, 2}));
    EXPECT_EQ(bytes_of({.kind = EntryKind::posture, .time = Time(Duration(1)), .value = -3}),
              bytes({3, 5, 2, 5}));
    EXPECT_EQ(bytes_of({.kind = EntryKind::policy, .time = Time(Duration(1)), .text = "new"}),
              bytes({6, 6, 2, 0, 'n', 'e', 'w'}));
}

TEST(KeepEntry, NeverHasAPasswordsTag) {
    Event event = {};
    const std::string without = bytes_of({.event = &event});
    event.tag = 0x5a;
    EXPECT_EQ(bytes_of({.event = &event}), without);
}

Entry random_entry(std::mt19937_64& random, EventBatch& batch, Event& event) {
    Entry entry{.kind = static_cast<EntryKind>(1 + random() % 7)};
    if (has_event(entry.kind)) {
        event = random_event(random, batch, true);
        entry.event = &event;
        entry.answered = random_name<Measure>(random);
        entry.suspected_takeover = random() % 2 == 0;
        entry.sum = Decibans::hundredths(static_cast<std::int32_t>(random()));
    } else {
        entry.time = random_time(random);
        entry.value = static_cast<std::int64_t>(random());
        entry.text = random_text(random, batch, true);
    }
    return entry;
}

void expect_same(const Entry& read, const Entry& written) {
    EXPECT_EQ(read.kind, written.kind);
    EXPECT_EQ(time_of(read), time_of(written));
    EXPECT_EQ(read.answered, written.answered);
    EXPECT_EQ(read.suspected_takeover, written.suspected_takeover);
    EXPECT_EQ(read.sum, written.sum);
    EXPECT_EQ(read.value, written.value);
    EXPECT_EQ(read.text, written.text);
    if (has_event(read.kind)) EXPECT_EQ(*read.event, *written.event);
}

TEST(KeepRun, EveryEntryComesBackInOrder) {
    std::mt19937_64 random(7);
    EventBatch batch;
    std::vector<Event> events(500);
    std::vector<Entry> written;
    keep::Run run{.first = 41};
    for (Event& event : events) {
        written.push_back(random_entry(random, batch, event));
        run.add(written.back());
    }
    const auto unpacked = Unpacker().unpack(Packer().pack(run));
    ASSERT_TRUE(unpacked) << unpacked.error().text();
    EXPECT_EQ(unpacked->first, 41U);
    EXPECT_EQ(unpacked->last(), 540U);
    EntryReader reader(unpacked->bytes);
    for (const Entry& entry : written) {
        ASSERT_TRUE(reader.next()) << reader.wrong();
        expect_same(reader.entry(), entry);
    }
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.at_end());
    EXPECT_EQ(reader.wrong(), "");
}

TEST(KeepRun, KnowsItsEarliestAndLatest) {
    keep::Run run{.first = 1};
    for (const std::int64_t seconds : {50, 20, 90, 30})
        run.add({.kind = EntryKind::tick, .time = time_of_unix(seconds)});
    keep::Run next{.first = 5};
    next.add({.kind = EntryKind::tick, .time = time_of_unix(10)});
    run.join(next);
    EXPECT_EQ(run.first_time, time_of_unix(10));
    EXPECT_EQ(run.last_time, time_of_unix(90));
    EXPECT_EQ(run.last(), 5U);
}

TEST(KeepRun, DamageNeverPasses) {
    keep::Run run{.first = 9};
    Event event;
    event.account = "bob@example.org";
    for (int i = 0; i < 50; ++i) run.add({.event = &event});
    const std::string whole = Packer().pack(run);
    const Unpacker unpacker;
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(unpacker.unpack(std::string_view(whole).substr(0, size))) << size;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string bent = whole;
        bent[at] = static_cast<char>(bent[at] ^ 0x10);
        const auto read = unpacker.unpack(bent);
        // A flag of the frame may be one that says nothing; what is read is then what was written.
        if (read) EXPECT_EQ(read->bytes, run.bytes) << at;
    }
}

TEST(KeepRun, RefusesWhatIsNoEntry) {
    const std::pair<std::string, const char*> cases[] = {
        {bytes({0}), "cut short"},
        {bytes({2, 4}), "cut short"},
        {bytes({1, 13}), "unknown kind"},
        {bytes({1, 0}), "unknown kind"},
        {bytes({1, 4}), "cut short"},
        {bytes({2, 4, 0x80}), "cut short"},
        {bytes({2, 1, 0}), "cut short"},
        {bytes({3, 1, 6, 0}), "out of range"},
        {bytes({8, 1, 0, 0xff, 0xff, 0xff, 0xff, 0x7f, 0}), "out of range"},
        {bytes({4, 1, 0, 0, 0}), "no version"},
        {bytes({8, 1, 0, 0, 3, 1, 8, 1, 0}), "bytes behind an event"},
        {std::string(12, '\xff'), "cut short"},
    };
    for (const auto& [record, message] : cases) {
        EntryReader reader(record);
        EXPECT_FALSE(reader.next()) << message;
        EXPECT_THAT(reader.wrong(), HasSubstr(message));
    }
}

TEST(JournalNote, ComesBackAsItWas) {
    for (const Note& note :
         {Note{}, Note{"ada", "2026-08-05-1", "a text"}, Note{"", "", std::string_view("\0\n", 2)}})
        EXPECT_EQ(note_in(text_of(note)), note);
}

TEST(JournalNote, WhatIsNoneIsNone) {
    const std::string whole = text_of({"ada", "2026-08-05-1", "a text"});
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(note_in(std::string_view(whole).substr(0, size))) << size;
    EXPECT_FALSE(note_in(whole + "x"));
    EXPECT_FALSE(note_in("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
}

}  // namespace
}  // namespace tidegate::keep
