// A day of ordinary mail, then three hours of a flood with ten times its volume, from 40,000 bots.
//
// Bots are as measured of botnets at mail servers: most fire their mails and forget them (Harris, "The next
// step in the spam control war: greylisting", 2003): one in twenty comes again, here three in a hundred retry
// as a mail server does and two come back later with other mails; four in five are named by a list (Jung and
// Sit, IMC 2004; seven in ten here).

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "clients.h"

namespace tidegate::judge {
namespace {

struct Sender {
    Client client;
    double refused_share = 0;  // of what the server is brought: its content filter's word
    double unknown_share = 0;
    bool retries = false;
};

struct Mail {
    std::int64_t at = 0;
    std::size_t sender = 0;
    std::int64_t first_at = 0;
    int delays = 0;
    friend bool operator>(const Mail& a, const Mail& b) {
        return std::pair(a.at, a.sender) > std::pair(b.at, b.sender);
    }
};

/// Senders of one kind, and what became of their mails.
struct Group {
    std::size_t mails = 0, got_in = 0, deferred = 0, refused = 0;
    int most_delays = 0;
    std::map<std::size_t, std::int64_t> last_mail_delayed, first_mail;  // by sender: when they set out
};

class World {
public:
    static constexpr std::int64_t day = Mx::day, flood_lasts = 3 * Mx::hour;
    static constexpr std::size_t old_servers = 300, new_servers = 30, bots = 40'000;

    World() {
        make_servers();
        make_bots();
    }

    void run() {
        while (!mails_.empty()) {
            const Mail mail = mails_.top();
            mails_.pop();
            mx_.now = std::max(mx_.now, mail.at);
            bring(mail);
        }
    }

    Group known, fresh, spam;

private:
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
    [[nodiscard]] bool chance(double share) { return static_cast<double>(below(1'000'000)) < share * 1e6; }

    void send(std::size_t sender, std::int64_t at) {
        mails_.push({.at = at, .sender = sender, .first_at = at, .delays = 0});
    }

    // Twelve mails an hour each; a few are listed or have strange names, as everywhere.
    void make_servers() {
        for (std::size_t i = 0; i < old_servers + new_servers; ++i) {
            Sender each;
            each.client.address = Address::v4(0x0a00'0000U + static_cast<std::uint32_t>(i) * 256 + 25).text();
            each.client.ehlo = "mx" + std::to_string(i) + ".s" + std::to_string(i) + ".example.org";
            if (chance(0.05)) each.client.lists = 1;
            if (chance(0.05)) each.client.ehlo = "server";
            each.refused_share = 0.01;
            each.unknown_share = 0.02;
            each.retries = true;
            senders_.push_back(each);
            const bool is_old = i < old_servers;
            const std::int64_t from = is_old ? Mx::begin : Mx::begin + day + 600;
            const std::size_t mails = is_old ? 12 * 27 : 6;
            for (std::size_t mail = 0; mail < mails; ++mail)
                send(i, from + static_cast<std::int64_t>(
                                   below(static_cast<std::uint64_t>(Mx::begin + day + flood_lasts - from))));
        }
    }

    void make_bots() {
        constexpr std::uint64_t spam_mails = 10 * old_servers * 12 * 3;
        for (std::size_t i = 0; i < bots; ++i) {
            Sender bot;
            bot.client = bot_client(i);
            bot.refused_share = 0.7;
            bot.unknown_share = 0.2;
            bot.retries = chance(0.03);
            const bool comes_later = chance(0.02);
            const std::int64_t start = flood_time();
            senders_.push_back(bot);
            const std::uint64_t mails = spam_mails / bots + (i < spam_mails % bots ? 1U : 0U);
            for (std::uint64_t mail = 0; mail < mails; ++mail)
                send(senders_.size() - 1,
                     comes_later ? flood_time() : start + static_cast<std::int64_t>(mail * 15));
        }
    }
    [[nodiscard]] std::int64_t flood_time() {
        return Mx::begin + day + static_cast<std::int64_t>(below(flood_lasts));
    }

    // Networks are shared by some two bots each, as random addresses in a fiftieth of a /8 are.
    [[nodiscard]] Client bot_client(std::size_t i) {
        Client out;
        const auto address = static_cast<std::uint32_t>(0x0b00'0000U + below(20'000) * 256 + below(256));
        out.address = Address::v4(address).text();
        std::string digits = out.address;
        std::ranges::replace(digits, '.', '-');
        const auto kind = below(100);
        if (kind < 30)
            out.ehlo = digits + ".dsl.example.net";
        else if (kind < 45)
            out.ehlo = "pc" + std::to_string(i % 50);
        else if (kind < 50)
            out.ehlo = "[192.0.2.1]";
        else
            out.ehlo = "mail.b" + std::to_string(i) + ".example.com";
        if (chance(0.7)) out.lists = 1;
        out.early = chance(0.1);
        return out;
    }

    [[nodiscard]] Group& group_of(std::size_t sender) {
        return sender < old_servers ? known : sender < old_servers + new_servers ? fresh : spam;
    }

    void bring(Mail mail) {
        const Sender& sender = senders_[mail.sender];
        Group& group = group_of(mail.sender);
        // The old servers' first day is what they become known by.
        const bool counts = mail.at >= Mx::begin + day;
        if (mail.delays == 0 && counts) ++group.mails, group.first_mail.emplace(mail.sender, mail.at);
        if (sender.client.early) mx_.spoke_early(sender.client);
        const Verdict verdict = mx_.bring(sender.client);
        if (!is_stopped(verdict.measure)) {
            group.got_in += counts;
            return deliver(sender);
        }
        if (counts) ++(verdict.measure == Measure::defer ? group.deferred : group.refused);
        group.most_delays = std::max(group.most_delays, ++mail.delays);
        group.last_mail_delayed[mail.sender] = mail.first_at;
        if (!sender.retries || verdict.measure != Measure::defer || mail.delays > 8) return;
        mail.at += 300 + static_cast<std::int64_t>(below(600));
        mails_.push(mail);
    }

    void deliver(const Sender& sender) {
        if (chance(sender.unknown_share)) return mx_.unknown(sender.client);
        chance(sender.refused_share) ? mx_.refused(sender.client) : mx_.taken(sender.client);
    }

    Mx mx_;
    std::mt19937_64 random_{20'261'129};
    std::vector<Sender> senders_;
    std::priority_queue<Mail, std::vector<Mail>, std::greater<>> mails_;
};

std::string figures(const char* who, const Group& group) {
    return std::string(who) + ": " + std::to_string(group.mails) + " mails, " + std::to_string(group.got_in) +
           " got in, " + std::to_string(group.deferred) + " times asked to come again, " +
           std::to_string(group.refused) + " refused\n";
}

TEST(MailFlood, IsHeldOffAndNobodyElseIs) {
    World world;
    world.run();
    const std::string all = figures("known servers", world.known) + figures("new servers", world.fresh) +
                            figures("bots", world.spam);
    EXPECT_LE(static_cast<double>(world.spam.got_in), 0.05 * static_cast<double>(world.spam.mails)) << all;
    EXPECT_EQ(world.known.deferred + world.known.refused, 0U) << all;
    EXPECT_EQ(world.fresh.refused, 0U) << all;
    EXPECT_EQ(world.fresh.got_in, world.fresh.mails) << all;
    EXPECT_LE(world.fresh.most_delays, 1) << all;
    // All delays of a server are one: of what it had to send before it could come again.
    for (const auto& [server, delayed] : world.fresh.last_mail_delayed)
        EXPECT_LE(delayed - world.fresh.first_mail[server], 15 * Mx::minute) << server << '\n' << all;
    RecordProperty("figures", all);
}

}  // namespace
}  // namespace tidegate::judge
