#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "kept.h"

namespace tidegate::keep {
namespace {

constexpr std::string_view name = "Zaphod.Quillfeather@example.org";

bool is_meant(std::string_view account) {
    return account == name || account == "zaphod.quillfeather@example.org";
}

/// Whether any file of the folder has the name, raw or within a batch.
bool names_it(const Folder& folder, std::string_view what) {
    for (const auto& file : std::filesystem::directory_iterator(folder.path()))
        if (bytes_of(file.path()).find(what) != std::string::npos) return true;
    std::vector<Seen> seen;
    read_all(folder.path(), seen);
    return std::ranges::any_of(seen, [&](const Seen& each) { return each.account.contains(what); });
}

// Texts that zstd leaves as they are, so that a look into the raw file finds the name.
void append_raw(Journal& journal, std::mt19937_64& random, int entries, std::string_view account) {
    for (int i = 0; i < entries; ++i) {
        std::string noise(300, '\0');
        for (char& c : noise) c = static_cast<char>(random());
        append(journal, failure_of(noise, i));
        append(journal, failure_of(account, i));
        expect_done(journal.flush());
    }
}

TEST(JournalForget, TakesTheNameOutOfEverything) {
    const Folder folder;
    Hand hand;
    std::mt19937_64 random(5);
    const auto journal = open_journal(folder.path(), hand);
    append_raw(*journal, random, 20, name);
    const Event vouched = failure_of("zaphod.quillfeather@example.org", 7);
    journal->append({.kind = EntryKind::vouch, .event = &vouched});
    append_raw(*journal, random, 20, "someone.else@example.org");
    ASSERT_TRUE(names_it(folder, "uillfeather"));
    ASSERT_NE(bytes_of(folder / "journal.sqlite-wal").find(name), std::string::npos);

    const auto done = journal->forget(is_meant, "op");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(done->entries, 21U);
    EXPECT_EQ(done->damaged, 0U);
    EXPECT_FALSE(names_it(folder, "uillfeather"));
    EXPECT_TRUE(names_it(folder, "someone.else"));

    std::vector<Seen> seen;
    const Reading reading = read_all(folder.path(), seen);
    EXPECT_EQ(seen.size(), 81U);
    EXPECT_EQ(reading.missing, 0U);
    EXPECT_EQ(seen[1], (Seen{2, EntryKind::event, "", time_of_unix(0), 0}));
    EXPECT_EQ(seen[40].kind, EntryKind::vouch);
    EXPECT_EQ(append(*journal, failure_of("next", 1)), 82U);
}

TEST(JournalForget, WhatPeopleSaidOfItGoesAsAWhole) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    const auto say = [&](std::string_view text) {
        const std::string note = text_of(Note{.who = "ada", .about = "2026-08-05-1", .text = text});
        journal->append({.kind = EntryKind::words, .time = time_of_unix(7), .text = note});
    };
    say("called (Zaphod.Quillfeather@example.org), he was it");
    say("and zaphod.quillfeather@example.org.");
    say("imap/zaphod.quillfeather@example.org=him");
    say("\xe2\x80\x9ezaphod.quillfeather@example.org\xe2\x80\x9c...");
    say("someone.else@example.org called");
    say("not zaphod.quillfeather@example.org.example.net");
    expect_done(journal->flush());
    const auto done = journal->forget(is_meant, "op");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(done->entries, 4U);
    std::vector<std::string> left;
    const auto read = Reader::open(folder.path())->read(1, [&](std::uint64_t, const Entry& entry) {
        left.emplace_back(note_in(entry.text).value().text);
        return true;
    });
    ASSERT_TRUE(read);
    EXPECT_THAT(left, ::testing::ElementsAre("(forgotten)", "(forgotten)", "(forgotten)", "(forgotten)",
                                             "someone.else@example.org called",
                                             "not zaphod.quillfeather@example.org.example.net"));
}

TEST(JournalForget, OldFreePagesAndTheWalDoNotKeepIt) {
    const Folder folder;
    Hand hand;
    std::mt19937_64 random(5);
    WriterOptions options = options_with(hand);
    const auto journal = open_journal(folder.path(), options);
    append_raw(*journal, random, 60, name);
    // Batches that go by age leave their pages behind; a second process closes and checkpoints.
    hand.move(std::chrono::hours(24 * 31));
    expect_done(journal->close());
    const auto again = open_journal(folder.path(), options);
    append_raw(*again, random, 3, "someone.else@example.org");
    ASSERT_TRUE(again->forget(is_meant, "op"));
    EXPECT_FALSE(names_it(folder, name));
    EXPECT_EQ(sql(folder.path(), "PRAGMA freelist_count"), 0);
    EXPECT_EQ(size_of_file(folder / "journal.sqlite-wal"), 0U);
}

TEST(JournalForget, WhatElseInTheEventRepeatsTheNameGoesToo) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    Event event = failure_of(name, 1);
    const std::string ehlo = "laptop-of-" + std::string(name);
    event.ehlo = ehlo;
    event.session = "abc";
    append(*journal, event);
    ASSERT_TRUE(journal->forget(is_meant, "op"));
    auto reader = journal->read();
    ASSERT_TRUE(reader);
    event.account = event.ehlo = {};
    ASSERT_TRUE(reader->read(0, [&](std::uint64_t, const Entry& entry) {
        EXPECT_EQ(*entry.event, event);
        return true;
    }));
}

TEST(JournalForget, RecordsLoseItAndStay) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    const auto id = journal->add_exemption({.kind = SubjectKind::account,
                                            .subject = std::string(name),
                                            .reason = "asked by Quillfeather",
                                            .author = "op",
                                            .created = hand.now()});
    ASSERT_TRUE(id);
    ASSERT_TRUE(journal->add_exemption({.subject = "192.0.2.7", .author = "op", .created = hand.now()}));
    ASSERT_TRUE(journal->record({.author = "op", .action = "why", .subject = std::string(name)}));
    ASSERT_TRUE(journal->record({.author = "op",
                                 .action = "vouch",
                                 .detail = R"({"who":["\u005Aaphod.Quillfeather@example.org"]})"}));
    ASSERT_TRUE(journal->record({.author = "op", .action = "mode", .reason = "storm"}));
    const auto done = journal->forget(is_meant, "officer");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(done->records, 4U);
    EXPECT_FALSE(names_it(folder, "uillfeather"));

    auto reader = journal->read();
    const auto exemptions = reader->exemptions();
    ASSERT_EQ(exemptions->size(), 2U);
    EXPECT_EQ((*exemptions)[0].subject, "(forgotten)");
    EXPECT_EQ((*exemptions)[0].lifted_by, "officer");
    EXPECT_FALSE((*exemptions)[0].holds(hand.now()));
    EXPECT_TRUE((*exemptions)[1].holds(hand.now()));
    const auto deeds = reader->deeds({});
    ASSERT_EQ(deeds->size(), 6U);
    EXPECT_EQ(deeds->front().action, "forget");
    EXPECT_EQ(deeds->front().author, "officer");
    EXPECT_EQ(deeds->front().detail, R"({"entries":0,"records":4,"damaged":0})");
    EXPECT_EQ((*deeds)[1].reason, "storm");
}

TEST(JournalForget, ABatchThatCannotBeReadGoes) {
    const Folder folder;
    Hand hand;
    {
        const auto journal = open_journal(folder.path(), hand);
        append(*journal, failure_of(name, 1));
    }
    sql(folder.path(), "UPDATE batches SET entries = substr(entries, 1, length(entries) - 1)");
    const auto journal = open_journal(folder.path(), hand);
    append(*journal, failure_of("a", 1));
    const auto done = journal->forget(is_meant, "op");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(done->damaged, 1U);
    EXPECT_FALSE(names_it(folder, name));
    std::vector<Seen> seen;
    EXPECT_EQ(read_all(folder.path(), seen).first, 2U);
}

TEST(JournalForget, AReaderThatHoldsTheOldPagesIsNamed) {
    const Folder folder;
    Hand hand;
    const auto journal = open_journal(folder.path(), hand);
    append(*journal, failure_of(name, 1));
    expect_done(journal->flush());
    auto other = Connection::open(folder / "journal.sqlite", Connection::Mode::read);
    ASSERT_TRUE(other);
    auto holding = (*other)->prepare("SELECT * FROM batches");
    ASSERT_TRUE(holding && holding->step());
    const auto done = journal->forget(is_meant, "op");
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().text(), ::testing::HasSubstr("keeps reading the journal"));
    holding->reset();
    EXPECT_TRUE(journal->forget(is_meant, "op"));
    EXPECT_FALSE(names_it(folder, name));
}

}  // namespace
}  // namespace tidegate::keep
