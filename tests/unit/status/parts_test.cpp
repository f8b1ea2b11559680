#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include "sample.h"
#include "tell/status/mailing.h"
#include "tell/status/press.h"
#include "tell/status/rate_limit.h"
#include "tell/status/static_folder.h"

namespace tidegate::tell::status {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Result<void> keep_nowhere(std::string_view) {
    return {};
}

class Folder {
public:
    Folder() {
        std::string name = "/tmp/tidegate-status-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        path_ = name;
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

TEST(StatusSeal, WhatIsSealedComesOutAgain) {
    const Seal seal(Seal::random_key()), other(Seal::random_key());
    const Ticket ticket{.purpose = Purpose::leave, .page = "acme", .address = "bob@example.net", .until = {}};
    const std::string text = seal.close(ticket);
    EXPECT_THAT(text, testing::MatchesRegex("[A-Za-z0-9_-]+"));
    EXPECT_THAT(text, Not(HasSubstr("bob")));
    EXPECT_NE(seal.close(ticket), text);
    EXPECT_EQ(seal.open(text, noon), ticket);
    EXPECT_EQ(other.open(text, noon), std::nullopt);
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string spoilt = text;
        spoilt[i] = spoilt[i] == 'x' ? 'y' : 'x';
        // The last character may hold bits that say nothing; those must be zero.
        EXPECT_EQ(seal.open(spoilt, noon), std::nullopt) << i;
    }
}

TEST(StatusRateLimit, KeysAndAllTogether) {
    RateLimit limit({.burst = 2, .every = 10s, .burst_of_all = 5, .every_of_all = 1s, .most_keys = 2});
    EXPECT_TRUE(limit.take(1, noon));
    EXPECT_TRUE(limit.take(1, noon));
    EXPECT_FALSE(limit.take(1, noon));
    EXPECT_FALSE(limit.take(1, noon + 9s));
    EXPECT_TRUE(limit.take(1, noon + 10s));
    EXPECT_FALSE(limit.take(1, noon - 1h)) << "a clock that was set back gives nothing";
    RateLimit small({.burst = 1, .every = 10s, .burst_of_all = 100, .every_of_all = 1s, .most_keys = 2});
    EXPECT_TRUE(small.take(1, noon));
    EXPECT_TRUE(small.take(2, noon));
    EXPECT_FALSE(small.take(3, noon)) << "no room";
    EXPECT_TRUE(small.take(3, noon + 11s)) << "who waited long enough made room";
    EXPECT_LE(small.size(), 2U);
    RateLimit all({.burst = 5, .every = 10s, .burst_of_all = 3, .every_of_all = 1s});
    for (std::uint64_t key = 1; key <= 3; ++key) EXPECT_TRUE(all.take(key, noon));
    EXPECT_FALSE(all.take(4, noon));
    EXPECT_TRUE(all.take(4, noon + 1s));
}

TEST(StatusSubscribers, AreKeptAndFoundAgain) {
    std::string kept;
    Subscribers list(2, [&](std::string_view text) -> Result<void> {
        kept = text;
        return {};
    });
    using Outcome = Subscribers::Outcome;
    EXPECT_EQ(list.add("", "Bob@example.net", noon), Outcome::done);
    EXPECT_EQ(list.add("", "bob@example.net", noon), Outcome::nothing_to_do);
    EXPECT_EQ(list.add("acme", "bob@example.net", noon), Outcome::done);
    EXPECT_EQ(list.add("", "eve@example.net", noon), Outcome::full);
    list.told({.page = "acme", .address = "bob@example.net"}, noon + 1h);
    ASSERT_TRUE(list.note());
    Subscribers again(10, keep_nowhere);
    EXPECT_EQ(again.restore(kept), 0U);
    EXPECT_EQ(again.size(), 2U);
    EXPECT_EQ(again.behind("", noon + 1h, 10).size(), 1U);
    EXPECT_TRUE(again.behind("acme", noon + 1h, 10).empty());
    EXPECT_TRUE(again.behind("", noon, 10).empty());
    EXPECT_EQ(*again.forget(
                  [](std::string_view each) { return each.starts_with("bob") || each.starts_with("Bob"); }),
              2U);
    EXPECT_EQ(again.size(), 0U);
}

TEST(StatusSubscribers, ASpoiltFileCostsItsSpoiltLinesAlone) {
    Subscribers list(10, keep_nowhere);
    EXPECT_EQ(
        list.restore(
            "tidegate subscribers 1\n\tbob@example.net\t1\t2\nx\n\tb d@x\t1\t2\n\teve@example.net\t-1\t2\n"
            "\tann@example.net\t1\t2\t3\n\tcut@example.net\t1"),
        5U);
    EXPECT_EQ(list.size(), 1U);
    EXPECT_EQ(list.restore("something else\n"), 1U);
}

TEST(StatusMail, IsAMailWhateverTheTextsAre) {
    for (const std::string text : {"plain", "a\r\nBcc: eve@example.net\r\n\r\nx", "=?UTF-8?Q?x?=", "\xff\xfe",
                                   "\"Bob\" <x>, y", "Störung"}) {
        const std::string mail = status_mail_text({.time = noon,
                                                   .from = "status@example.org",
                                                   .name = text,
                                                   .to = "bob@example.net",
                                                   .subject = text,
                                                   .text = text,
                                                   .leave = "https://status.example.org/unsubscribe?t=x",
                                                   .host = "status.example.org"});
        const std::string head = mail.substr(0, mail.find("\r\n\r\n"));
        EXPECT_THAT(head,
                    HasSubstr("\r\nList-Unsubscribe:\r\n <https://status.example.org/unsubscribe?t=x>\r\n"
                              "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        EXPECT_THAT(head, HasSubstr("\r\nAuto-Submitted: auto-generated\r\n"));
        EXPECT_THAT(head, Not(HasSubstr("\r\nBcc:")));
        EXPECT_TRUE(std::ranges::all_of(
            mail, [](char c) { return c == '\r' || c == '\n' || (c >= ' ' && c < 0x7f); }));
    }
}

/// Mails go to `sent`, as `server` says.
class StatusMailing : public testing::Test {
protected:
    std::unique_ptr<Mailing> start() {
        MailingPlan plan;
        plan.from = "status@example.org";
        plan.most_a_minute = 60'000;
        plan.first_pause = 1ms;
        return std::make_unique<Mailing>(
            plan,
            std::vector{MailingPage{.partner = {}, .provider = "Example Mail", .rules = rules_of_sample()}},
            MailingWorld{.clock = [this] { return now_ = now_.load() + step_; },
                         .send =
                             [this](const std::string& to, std::string text, const GivenUp&) {
                                 const std::scoped_lock lock(mutex_);
                                 sent_.emplace_back(to, std::move(text));
                                 wake_.notify_all();
                                 return server_(to);
                             },
                         .told =
                             [this](bool well, const std::string& said) {
                                 const std::scoped_lock lock(mutex_);
                                 told_.push_back(well ? "well" : said);
                                 wake_.notify_all();
                             },
                         .subscribers = subscribers_,
                         .seal = seal_});
    }
    template <class Condition>
    void wait_for(Condition condition) {
        std::unique_lock lock(mutex_);
        ASSERT_TRUE(wake_.wait_for(lock, 60s, condition));
    }
    News news(Time time, std::string text) { return {.time = time, .subject = "s", .text = std::move(text)}; }

    std::atomic<Time> now_ = noon;
    Duration step_{};  // that every look at the clock takes
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::pair<std::string, std::string>> sent_;
    std::vector<std::string> told_;
    std::function<Sent(const std::string&)> server_ = [](const std::string&) {
        return Sent{.arrived = true};
    };
    Seal seal_{std::string(Seal::key_bytes, 'k')};
    Subscribers subscribers_{10, keep_nowhere};
};

TEST_F(StatusMailing, EachIsToldOnceOfWhatCameSinceHeSubscribed) {
    ASSERT_EQ(subscribers_.add("", "ann@example.net", noon - 1h), Subscribers::Outcome::done);
    ASSERT_EQ(subscribers_.add("", "bob@example.net", noon - 1min), Subscribers::Outcome::done);
    const auto mailing = start();
    mailing->show("", {news(noon - 30min, "old words\n"), news(noon, "new words\n")});
    wait_for([this] { return sent_.size() == 2; });
    mailing->show(
        "", {news(noon - 30min, "old words\n"), news(noon, "new words\n"), news(noon + 1min, "newest\n")});
    wait_for([this] { return sent_.size() == 4; });
    mailing->stop();
    EXPECT_EQ(sent_[0].first, "ann@example.net");
    EXPECT_THAT(sent_[0].second, AllOf(HasSubstr("old words"), HasSubstr("new words")));
    EXPECT_THAT(sent_[1].second,
                AllOf(Not(HasSubstr("old words")), HasSubstr("new words"), HasSubstr("unsubscribe?t=3D")));
    EXPECT_THAT(sent_[2].second, AllOf(Not(HasSubstr("new words")), HasSubstr("newest")));
    EXPECT_EQ(sent_.size(), 4U);
}

TEST_F(StatusMailing, NewsOfYesterdayIsNotSent) {
    ASSERT_EQ(subscribers_.add("", "ann@example.net", noon - 72h), Subscribers::Outcome::done);
    const auto mailing = start();
    mailing->show("", {news(noon - 25h, "old\n")});
    ASSERT_TRUE(mailing->confirm("", "bob@example.net"));
    wait_for([this] { return sent_.size() == 1; });
    mailing->stop();
    EXPECT_EQ(sent_[0].first, "bob@example.net");
    EXPECT_THAT(sent_[0].second, HasSubstr("confirm?t=3D"));
}

TEST_F(StatusMailing, AServerThatIsAwayIsToldOfOnceAndTriedAgain) {
    ASSERT_EQ(subscribers_.add("", "ann@example.net", noon - 1h), Subscribers::Outcome::done);
    unsigned tries = 0;
    step_ = 1min;
    server_ = [&](const std::string& to) {
        return ++tries < 3 ? Sent{.said = "451 not now, " + to} : Sent{.arrived = true};
    };
    const auto mailing = start();
    mailing->show("", {news(noon, "words\n")});
    wait_for([this] { return told_.size() == 2; });
    mailing->stop();
    EXPECT_THAT(told_, testing::ElementsAre("451 not now, (a subscriber)", "well"));
    EXPECT_EQ(sent_.size(), 3U);
}

TEST_F(StatusMailing, OneThatIsRefusedForGoodIsDropped) {
    ASSERT_EQ(subscribers_.add("", "ann@example.net", noon - 1h), Subscribers::Outcome::done);
    ASSERT_EQ(subscribers_.add("", "bob@example.net", noon - 1h), Subscribers::Outcome::done);
    server_ = [](const std::string& to) {
        return to.starts_with("ann") ? Sent{.is_final = true, .said = "550"} : Sent{.arrived = true};
    };
    const auto mailing = start();
    mailing->show("", {news(noon, "words\n")});
    wait_for([this] { return sent_.size() == 2; });
    ASSERT_TRUE(mailing->confirm("", "last@example.net"));
    wait_for([this] { return sent_.size() == 3; });
    mailing->stop();
    EXPECT_EQ(sent_[2].first, "last@example.net");
    EXPECT_TRUE(told_.empty());
}

TEST(StatusNews, SaysWhatCustomersNeed) {
    const auto news = news_of(sample(), rules_of_sample());
    ASSERT_EQ(news.size(), 5U);
    EXPECT_TRUE(std::ranges::is_sorted(news, {}, &News::time));
    EXPECT_EQ(news[4].subject, "[Example Mail] Reading mail is slow: We are mending it");
    EXPECT_THAT(news[4].text,
                AllOf(HasSubstr("A disk is being replaced."), HasSubstr("Next update by 30 November, 13:30"),
                      HasSubstr("* Use webmail: https://webmail.example.org/."), HasSubstr("Europe/Vienna")));
    EXPECT_EQ(news[0].subject, "[Example Mail] New disks: Announced");
    EXPECT_THAT(news[0].text, AllOf(HasSubstr("Short interruptions."), HasSubstr("1 December, 19:00"),
                                    HasSubstr("Reading mail with a mail program (IMAP)")));
    EXPECT_EQ(news[2].subject,
              "[Example Mail] Mail could not be read: What happened, and what we learn from it");
    EXPECT_THAT(news[2].text, HasSubstr("https://status.example.org/incident/2025-11-18-1.html#report"));
}

TEST(StatusFolder, CurrentIsAlwaysOneWholeSite) {
    const Folder folder;
    const std::string path = folder.path() + "/site";
    StaticFolder site(path);
    auto files = render_site(sample(), rules_of_sample());
    const auto first = site.write(files);
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_EQ(content(path + "/current/index.html"), file_of(files, "index.html").bytes);
    EXPECT_EQ(content(path + "/current/index.html.gz"), gzipped(file_of(files, "index.html").bytes));
    struct stat status{};
    ASSERT_EQ(::stat((path + "/current/index.html").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0644U);

    PublicRecord record = sample();
    record.incidents.pop_back();
    files = render_site(record, rules_of_sample());
    ASSERT_TRUE(site.write(files));
    EXPECT_FALSE(fs::exists(path + "/current/incident/2025-11-18-1.html"));
    EXPECT_TRUE(fs::exists(*first + "/incident/2025-11-18-1.html"))
        << "who reads the one before finds all of it";
    ASSERT_EQ(::stat((path + "/current/style.css").c_str(), &status), 0);
    EXPECT_EQ(status.st_nlink, 2U) << "what did not change is not written again";
    ASSERT_TRUE(site.write(files));
    EXPECT_FALSE(fs::exists(*first));

    // What was killed amid it left a half.
    fs::create_directories(path + "/v99.new/incident");
    StaticFolder next(path);
    ASSERT_TRUE(next.write(files));
    EXPECT_FALSE(fs::exists(path + "/v99.new"));
    EXPECT_EQ(content(path + "/current/index.html"), file_of(files, "index.html").bytes);
}

TEST(StatusFolder, WhatIsNotOursStays) {
    const Folder folder;
    fs::create_directory(folder.path() + "/current");
    StaticFolder site(folder.path());
    const auto done = site.write(render_site(sample(), rules_of_sample()));
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().text(), HasSubstr("is there and no link"));
    StaticFolder nowhere("/proc/nothing/here");
    EXPECT_FALSE(nowhere.write(render_site(sample(), rules_of_sample())));
}

TEST(StatusPush, IsTriedUntilItSucceedsAndTheNewestWins) {
    const Folder folder;
    std::promise<std::vector<Pushed>> done;
    std::vector<Pushed> heard;
    PushPlan plan;
    plan.command = {
        "/bin/sh", "-c",
        "test \"$1\" = \"$TIDEGATE_FOLDER\" && echo x >> \"$1/tries\" && test $(wc -l < \"$1/tries\") = 3",
        "sh", "{folder}"};
    plan.pauses = {1ms};
    Push push(plan, [&](const Pushed& each) {
        heard.push_back(each);
        if (each.arrived) done.set_value(heard);
    });
    push.push(folder.path());
    const auto all = done.get_future().get();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all.back().tries, 3U);
    EXPECT_EQ(content(folder.path() + "/tries"), "x\nx\nx\n");
}

TEST(StatusPress, PrintsWhatChanged) {
    std::mutex mutex;
    std::condition_variable wake;
    std::size_t printed = 0, announced = 0;
    std::shared_ptr<const Shelf> shelf;
    Press press({{.partner = {}, .rules = rules_of_sample(), .static_folder = {}, .push = {}}},
                PressWorld{.clock = [] { return noon; },
                           .show = [&](std::string_view,
                                       std::shared_ptr<const Shelf> each) { shelf = std::move(each); },
                           .announce = [&](const PublicRecord&, const SiteRules&) { ++announced; },
                           .printed =
                               [&](const Printed&) {
                                   const std::scoped_lock lock(mutex);
                                   ++printed;
                                   wake.notify_all();
                               },
                           .told = [](const PressNews&) {}});
    const auto wait = [&](std::size_t count) {
        std::unique_lock lock(mutex);
        return wake.wait_for(lock, 60s, [&] { return printed == count; });
    };
    press.print({sample()});
    ASSERT_TRUE(wait(1));
    PublicRecord later = sample();
    later.made += 1min;
    press.print({later});
    later.incidents[0].title = "Another";
    press.print({later});
    ASSERT_TRUE(wait(2));
    press.stop();
    EXPECT_EQ(printed, 2U);
    EXPECT_EQ(announced, 2U);
    EXPECT_LT(shelf->packed_bytes(), 50'000U);
}

}  // namespace
}  // namespace tidegate::tell::status
