// Whatever comes, in whatever order, admission keeps its books.

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "edge/admission/admission.h"
#include "edge/admission/reception.h"
#include "edge/admission/silence.h"
#include "moments.h"

namespace tidegate::edge {
namespace {

ClientClass any_class(Chance& chance) {
    return all_classes[chance.below(class_count)];
}

Address any_address(Chance& chance) {
    // Few networks and many, of both families.
    if (chance.below(3) == 0) return Address::v6(0x2001'0db8'0000'0000 | chance.below(300) << 12, 1);
    return Address::v4(static_cast<std::uint32_t>(10U << 24 | chance.below(2000) << 6));
}

// Asks, leaves, cancels, moves, closes and hears at random, and knows by itself who must be where.
class Mirror {
public:
    explicit Mirror(std::uint64_t seed) : admission_(rules(), log_), chance_(seed) {
        for (const unsigned places : {1U, 7U, 40U})
            servers_.push_back(admission_.add_server({.floor = 1, .ceiling = places, .start = places}));
    }

    void step() {
        now_ += chance_.exponential(0.01);
        switch (chance_.below(100)) {
            case 0:
                tick();
                break;
            case 1:
                close_or_reopen();
                break;
            case 2:
            case 3:
            case 4:
            case 5:
                cancel();
                break;
            case 6:
            case 7:
            case 8:
            case 9:
                move();
                break;
            default:
                chance_.below(2) == 0 ? ask() : leave();
        }
        if (chance_.below(4) == 0) hear();
    }
    void settle() {
        hear();
        for (const ServerIndex server : servers_) {
            std::size_t queued = 0, held = 0;
            for (const auto& [ticket, known] : known_) {
                if (known.server != server) continue;
                (known.held ? held : queued) += 1;
            }
            ASSERT_EQ(admission_.queued(server), queued);
            ASSERT_EQ(admission_.limiter(server).in_flight(), held);
            ASSERT_LE(queued, rules().room + 5 * 4);
        }
    }
    /// All leave, and the books are empty.
    void end() {
        settle();
        for (int round = 0; !known_.empty() && round < 100'000; ++round) {
            cancel();
            hear();
        }
        settle();
        EXPECT_TRUE(known_.empty());
        for (const ServerIndex server : servers_)
            for (const ClientClass each : all_classes) EXPECT_EQ(admission_.held(server, each), 0U);
    }
    std::uint64_t admitted = 0, shed = 0;

private:
    struct Known {
        ServerIndex server = 0;
        bool held = false;
        ClientClass which = ClientClass::fresh;
    };
    static AdmissionRules rules() { return {.room = 60, .seed = 99}; }

    void ask() {
        const ServerIndex server = servers_[chance_.below(servers_.size())];
        const ClientClass which = any_class(chance_);
        const Reply reply = admission_.ask(at(now_), {server, which, any_address(chance_), 0});
        ASSERT_EQ(reply.ticket == 0, reply.ruling == Ruling::shed);
        ASSERT_EQ(reply.reason == ShedReason::none, reply.ruling != Ruling::shed);
        if (reply.ruling == Ruling::shed) {
            ++shed;
            return;
        }
        ASSERT_TRUE(
            known_.emplace(reply.ticket, Known{server, reply.ruling == Ruling::admitted, which}).second);
        if (reply.ruling != Ruling::admitted) return;
        ++admitted;
        ASSERT_LE(admission_.limiter(server).in_flight(), admission_.limiter(server).limit());
    }
    void leave() {
        hear();
        const auto who = anybody();
        if (who == known_.end() || !who->second.held) return;
        const auto served = static_cast<Served>(chance_.below(20) == 0 ? chance_.below(5) : 0);
        admission_.leave(at(now_), who->first, span_of(chance_.exponential(0.05)), served);
        known_.erase(who);
    }
    void cancel() {
        const auto who = anybody();
        if (who == known_.end()) return;
        admission_.cancel(at(now_), who->first);
        known_.erase(who);
    }
    void move() {
        const auto who = anybody();
        if (who == known_.end()) return;
        who->second.which = any_class(chance_);
        admission_.move(at(now_), who->first, who->second.which);
    }
    void close_or_reopen() {
        const ServerIndex server = servers_[chance_.below(servers_.size())];
        if (chance_.below(2) == 0)
            admission_.close(at(now_), server);
        else if (admission_.limiter(server).in_flight() == 0)
            admission_.reopen(at(now_), server);
        for (const ServerIndex each : servers_)
            if (chance_.below(2) == 0 && admission_.queued(each) == 0) admission_.reopen(at(now_), each);
    }
    void tick() {
        now_ += chance_.exponential(1);
        admission_.tick(at(now_));
    }
    void hear() {
        admission_.drain(called_);
        for (const Called& each : called_) {
            const auto who = known_.find(each.ticket);
            if (who == known_.end()) continue;  // cancelled meanwhile
            ASSERT_FALSE(who->second.held);
            if (each.ruling == Ruling::shed) {
                ++shed;
                known_.erase(who);
            } else {
                ++admitted;
                who->second.held = true;
            }
        }
    }
    std::map<Ticket, Known>::iterator anybody() {
        if (known_.empty()) return known_.end();
        auto who = known_.lower_bound(chance_.number() >> 1);
        if (who == known_.end()) who = known_.begin();
        // By chance, not by the age that tickets tell.
        for (auto steps = chance_.below(std::min<std::size_t>(known_.size(), 50)); steps > 0; --steps)
            if (++who == known_.end()) who = known_.begin();
        return who;
    }

    LimitLog log_;
    Admission admission_;
    Chance chance_;
    double now_ = 0;
    std::vector<ServerIndex> servers_;
    std::map<Ticket, Known> known_;
    std::vector<Called> called_;
};

TEST(AdmissionProperty, BooksAreKept) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Mirror mirror(seed);
        for (int i = 0; i < 3000; ++i) {
            mirror.step();
            if (i % 100 == 0) mirror.settle();
            if (testing::Test::HasFatalFailure()) return;
        }
        mirror.end();
        EXPECT_GT(mirror.admitted, 300U);
        EXPECT_GT(mirror.shed, 50U);
    }
}

TEST(ReceptionProperty, BooksAreKept) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Chance chance(seed);
        LimitLog log;
        Reception reception({.most = 500}, log);
        struct Held {
            Address address;
            ClientClass which;
        };
        std::vector<Held> held;
        std::map<std::uint64_t, unsigned> networks;
        for (int i = 0; i < 20'000; ++i) {
            if (chance.below(5) < 2 && !held.empty()) {
                std::swap(held[chance.below(held.size())], held.back());
                reception.gone(at(i), held.back().address, held.back().which);
                --networks[held.back().address.network_key()];
                held.pop_back();
            } else {
                const Address address = any_address(chance);
                const ClientClass which = any_class(chance);
                const double pressure = chance.share();
                const auto before = networks[address.network_key()];
                const auto welcome = reception.arrive(at(i), address, which, pressure);
                if (welcome == Welcome::taken) {
                    ASSERT_LT(before, reception.network_most(which, pressure));
                    held.push_back({address, which});
                    ++networks[address.network_key()];
                } else if (welcome == Welcome::network) {
                    ASSERT_GE(before, reception.network_most(which, pressure));
                }
            }
            ASSERT_EQ(reception.held(), held.size());
            ASSERT_LE(reception.held(), 500U);
        }
        for (const Held& each : held) reception.gone(at(20'000), each.address, each.which);
        EXPECT_EQ(reception.held(), 0U);
        for (const ClientClass each : all_classes) EXPECT_FALSE(reception.refuses(each));
    }
}

// Whoever was told of a silence is told of its end in time, and no familiar network is ever silent.
TEST(SilenceProperty, FamiliarNetworksAreAnswered) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        Chance chance(seed);
        LimitLog log;
        Silence silence({.flood_calm = 20, .flood_full = 5, .table_bytes = 1 << 16}, log);
        std::map<std::uint64_t, bool> familiar;
        std::vector<SilenceOrder> orders;
        std::size_t hushed = 0;
        double now = 0;
        for (int i = 0; i < 50'000; ++i) {
            now += chance.exponential(0.01);
            const Address address = any_address(chance);
            const auto key = address.network_key();
            const ClientClass which = chance.below(2000) == 0 ? ClientClass::familiar : any_class(chance);
            if (which == ClientClass::familiar && chance.below(50) != 0) continue;
            const bool answers = silence.answers(at(now), address, which, 1);
            if (which == ClientClass::familiar) {
                silence.familiar(at(now), address);
                familiar[key] = true;
            } else if (answers) {
                silence.in_vain(at(now), address, 1);
            }
            if (familiar[key]) ASSERT_TRUE(answers);
            // Its end is known.
            if (!answers) ASSERT_GT(silence.silent_until(at(now), address), at(now));
            silence.drain(orders);
            for (const SilenceOrder& order : orders) {
                ASSERT_TRUE(order.network.contains(address));
                ASSERT_TRUE(order.until <= at(now) || !familiar[key]);
                if (order.until > at(now)) ++hushed;
            }
        }
        EXPECT_GT(hushed, 30U);
    }
}

}  // namespace
}  // namespace tidegate::edge
