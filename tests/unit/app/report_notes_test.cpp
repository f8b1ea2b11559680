#include "app/serve/report_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/output.h"
#include "base/hash.h"
#include "made_queues.h"

namespace tidegate::app {
namespace {

using tell::Thing;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr Time noon = time_of_unix(1'796'126'400);  // 2026-12-01T12:00:00Z

class ReportNotesTest : public testing::Test {
protected:
    ReportNotesTest() {
        std::string name = (fs::temp_directory_path() / "tidegate-notes-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~ReportNotesTest() override { fs::remove_all(folder_); }

    ReportNoting noting() {
        return {folder_, [this] { return now_; },
                [](std::string_view account) { return hash_bytes(account, 0); }};
    }
    static void hear(ReportNoting& noting, Thing thing, std::initializer_list<tell::Field> fields) {
        noting.hear(thing, std::span(fields.begin(), fields.size()));
    }

    std::string folder_;
    Time now_ = noon;
};

TEST_F(ReportNotesTest, NoteServersThatWereOut) {
    ReportNoting noting = this->noting();
    hear(noting, Thing::server_out,
         {{"server", "store2"}, {"state", "down"}, {"why", "refused"}, {"author", ""}});
    now_ += 1min;
    hear(noting, Thing::server_out, {{"server", "store2"}, {"why", "again"}});  // known
    hear(noting, Thing::server_out, {{"server", "store3"}, {"why", "work"}, {"author", "joe"}});
    hear(noting, Thing::server_changed, {{"server", "store1"}, {"state", "up"}});  // was not out
    now_ += 6min;
    hear(noting, Thing::server_changed, {{"server", "store2"}, {"state", "up"}});
    EXPECT_THAT(noting.notes().turns,
                ElementsAre(ReportNotes::Turn{"store2", "refused", noon, noon + 7min, false},
                            ReportNotes::Turn{"store3", "work", noon + 1min, std::nullopt, true}));
}

TEST_F(ReportNotesTest, CountWhatWasStoppedByTheHour) {
    ReportNoting noting = this->noting();
    guard::DeskCounts counts;
    counts.stopped_by[static_cast<std::size_t>(EvidenceKind::listed)] = 5;
    counts.would_stop_by[static_cast<std::size_t>(EvidenceKind::target)] = 2;
    noting.count(counts);
    noting.count(counts);
    now_ += 1h;
    counts.stopped_by[static_cast<std::size_t>(EvidenceKind::listed)] = 12;
    noting.count(counts);
    const ReportNotes notes = noting.notes();
    ASSERT_THAT(notes.hours, SizeIs(2));
    EXPECT_EQ(notes.hours.at(noon).at("listed"), (ReportNotes::Stops{5, 0}));
    EXPECT_EQ(notes.hours.at(noon).at("target"), (ReportNotes::Stops{0, 2}));
    EXPECT_EQ(notes.hours.at(noon + 1h).at("listed"), (ReportNotes::Stops{7, 0}));
}

TEST_F(ReportNotesTest, KnowHowQueuesStoodByTheHour) {
    ReportNoting noting = this->noting();
    mail::QueueStanding relay = backed_up_queue("relay", noon), unread = backed_up_queue("far", noon);
    unread.trouble = "hangs";
    noting.note_queues(std::array{relay, unread});
    now_ += 30s;
    relay.figures.waiting = 5000;
    relay.oldest = 12min;
    noting.note_queues(std::array{relay, quiet_queue("lists", now_)});
    now_ += 20min;
    noting.note_queues(std::array{relay});
    now_ += 1h;
    noting.note_queues(std::array{quiet_queue("relay", now_)});
    now_ -= 2h;
    noting.note_queues(std::array{relay});
    const ReportNotes notes = noting.notes();
    ASSERT_THAT(notes.queues, SizeIs(3));
    EXPECT_THAT(notes.queues.at(noon), SizeIs(2)) << "what can't be read is not noted";
    // Half a minute, and of twenty in which nobody looked two.
    EXPECT_EQ(notes.queues.at(noon).at("relay"), (ReportNotes::Queue{5000, 12min, 150s}));
    EXPECT_EQ(notes.queues.at(noon).at("lists"), (ReportNotes::Queue{12, 0s, 0s}));
    EXPECT_EQ(notes.queues.at(noon + 1h).at("relay"), (ReportNotes::Queue{12, 0s, 0s}));
    EXPECT_EQ(notes.queues.at(noon - 1h).at("relay").backed_up, Duration{}) << "the clock was set back";
    ASSERT_TRUE(noting.keep());
    ReportNoting after = this->noting();
    ASSERT_TRUE(after.recall());
    EXPECT_EQ(after.notes(), notes);
    now_ += ReportNotes::kept_for + 2h;
    noting.note_queues(std::array{relay});
    ASSERT_TRUE(noting.keep());
    EXPECT_THAT(noting.notes().queues, SizeIs(1));
}

TEST_F(ReportNotesTest, OutliveARestart) {
    ReportNoting before = noting();
    hear(before, Thing::server_out, {{"server", "store2"}, {"why", "\"quoted\"\n"}});
    hear(before, Thing::passwords_forgotten, {{"account", "bob@example.org"}, {"author", "script"}});
    guard::DeskCounts counts;
    counts.stopped_by[0] = 3;
    before.count(counts);
    ASSERT_TRUE(before.keep());
    now_ += 1h;
    ReportNoting after = noting();
    ASSERT_TRUE(after.recall());
    ReportNotes wanted = before.notes();
    EXPECT_THAT(wanted.changes, ElementsAre(ReportNotes::Change{hash_bytes("bob@example.org", 0), noon}));
    wanted.turns[0].back = now_;  // whether it still is, is told anew
    EXPECT_EQ(after.notes(), wanted);
}

TEST_F(ReportNotesTest, NothingNewIsNotWritten) {
    ReportNoting noting = this->noting();
    ASSERT_TRUE(noting.recall());
    ASSERT_TRUE(noting.keep());
    EXPECT_FALSE(fs::exists(report_notes_file(folder_)));
}

TEST_F(ReportNotesTest, AreTriedAgainWhereTheyCouldNotBeWritten) {
    ReportNoting noting = this->noting();
    hear(noting, Thing::server_out, {{"server", "store2"}, {"why", ""}});
    fs::create_directory(report_notes_file(folder_));  // in the way
    EXPECT_FALSE(noting.keep());
    fs::remove(report_notes_file(folder_));
    EXPECT_TRUE(noting.keep());
    EXPECT_TRUE(fs::exists(report_notes_file(folder_)));
}

TEST_F(ReportNotesTest, AreBounded) {
    ReportNoting noting = this->noting();
    for (std::size_t i = 0; i < ReportNotes::most_changes + 10; ++i)
        hear(noting, Thing::passwords_forgotten, {{"account", "bob"}, {"author", ""}});
    hear(noting, Thing::server_out, {{"server", "old"}, {"why", ""}});
    hear(noting, Thing::server_changed, {{"server", "old"}});
    ASSERT_TRUE(noting.keep());
    EXPECT_THAT(noting.notes().changes, SizeIs(ReportNotes::most_changes));
    EXPECT_THAT(noting.notes().turns, SizeIs(1));
    now_ += ReportNotes::kept_for + 1h;
    hear(noting, Thing::server_out, {{"server", "new"}, {"why", ""}});
    ASSERT_TRUE(noting.keep());
    EXPECT_THAT(noting.notes().changes, IsEmpty());
    EXPECT_THAT(noting.notes().turns, SizeIs(1));
}

TEST(ReportNotesText, IsReadBackOrNotAtAll) {
    ReportNotes notes;
    notes.hours[noon]["listed"] = {1, 2};
    notes.turns.push_back({"s", "w", noon, std::nullopt, true});
    notes.changes.push_back({0xfedcba9876543210, noon});
    notes.queues[noon]["relay"] = {4210, 11min, 95min};
    const std::string text = report_notes_text(notes);
    EXPECT_EQ(read_report_notes(text).value(), notes);
    for (std::size_t i = 0; i + 2 < text.size(); ++i) EXPECT_FALSE(read_report_notes(text.substr(0, i))) << i;
    for (
        const auto* const wrong :
        {"", "[]", "{}", R"({"hours":[],"turns":[],"changes":{}})",
         R"({"hours":[1],"turns":[],"changes":[]})",
         R"({"hours":[{"start":"never","stops":{}}],"turns":[],"changes":[]})",
         R"({"hours":[{"start":"2026-12-01T12:00:00Z","stops":{"listed":[1]}}],"turns":[],"changes":[]})",
         R"({"hours":[{"start":"2026-12-01T12:00:00Z","stops":{"listed":[-1,2]}}],"turns":[],"changes":[]})",
         R"({"hours":[],"turns":[{"server":1}],"changes":[]})",
         R"({"hours":[],"turns":[],"changes":[],"queues":7})",
         R"({"hours":[],"turns":[],"changes":[],"queues":[{"start":"2026-12-01T12:00:00Z","queues":{"a":[1,2]}}]})",
         R"({"hours":[],"turns":[],"changes":[],"queues":[{"start":"2026-12-01T12:00:00Z","queues":{"a":[1,2,-3]}}]})",
         R"({"hours":[],"turns":[],"changes":[{"account":"xyz","time":"2026-12-01T12:00:00Z"}]})"})
        EXPECT_FALSE(read_report_notes(wrong)) << wrong;
    EXPECT_EQ(read_report_notes(R"({"hours":[],"turns":[],"changes":[]})").value(), ReportNotes{})
        << "of before there were queues";
}

}  // namespace
}  // namespace tidegate::app
