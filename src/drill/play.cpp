#include "drill/play.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "drill/botnets.h"
#include "drill/customers.h"
#include "drill/view.h"
#include "drill/world.h"

namespace tidegate::drill {

struct Play::Parts {
    static constexpr std::size_t window = 600;  // seconds over which the customers' volume is measured

    Parts(const Scenario& scenario, std::uint64_t seed, Sensor sensor)
        : world(scenario, draw(seed, 1), count_accounts(scenario)),
          people(world, draw(seed, 2)),
          botnets(world, people, draw(seed, 3)),
          view(world, sensor, draw(seed, 4)) {}

    // One second of it: all that is due, and whoever comes for the first time.
    void take_second() {
        const Moment begin = static_cast<Moment>(second) * a_second;
        if (begin % an_hour == 0) people.hour(begin);
        due.clear();
        botnets.second(begin, customers_a_second(), due);
        world.wheel.take(second, due);
        moves.clear();
        std::uint32_t& count = volumes[second % window];
        counted -= count;
        count = 0;
        for (const Wheel::Due& each : due) {
            moves.push_back(each.is_bot ? botnets.act(each.who, each.at) : people.act(each.who, each.at));
            if (!each.is_bot && people.is_first_try(each.who)) ++count;
        }
        counted += count;
        ++second;
    }

    [[nodiscard]] double customers_a_second() const {
        return static_cast<double>(counted) / static_cast<double>(std::clamp<std::size_t>(second, 1, window));
    }

    void show() {
        tries.clear();
        for (const Move& move : moves) {
            Try& each = tries.emplace_back();
            each.event = view.of(move);
            Truth& truth = each.truth;
            truth.hostile = move.hostile;
            truth.right = move.right;
            truth.familiar = move.account_index != no_account &&
                             familiar.has(Familiar::key(move.account_index, move.place.address));
            truth.group = move.group;
            truth.actor = move.actor;
            truth.account = move.account_index;
            truth.login = move.login;
        }
    }

    World world;
    People people;
    Botnets botnets;
    View view;
    Familiar familiar;
    std::size_t second = 0;
    std::array<std::uint32_t, window> volumes{};
    std::uint64_t counted = 0;
    std::vector<Wheel::Due> due;
    std::vector<Move> moves;
    std::vector<Try> tries;
    bool answered = true;
};

Play::Play(const Scenario& scenario, std::uint64_t seed, Sensor sensor)
    : parts_(std::make_unique<Parts>(scenario, seed, sensor)) {}
Play::~Play() = default;
Play::Play(Play&&) noexcept = default;
Play& Play::operator=(Play&&) noexcept = default;

std::span<const Try> Play::next() {
    Parts& parts = *parts_;
    CHECK(parts.answered);
    const auto seconds = static_cast<std::size_t>(parts.world.end / a_second);
    do {
        if (parts.second >= seconds) return {};
        parts.take_second();
    } while (parts.moves.empty());
    parts.show();
    parts.answered = false;
    return parts.tries;
}

void Play::answer(std::span<const Verdict> verdicts) {
    Parts& parts = *parts_;
    CHECK(!parts.answered && verdicts.size() == parts.moves.size());
    parts.answered = true;
    for (std::size_t i = 0; i < verdicts.size(); ++i) {
        const Move& move = parts.moves[i];
        const bool stopped = is_stopped(verdicts[i].measure);
        if (move.right && !stopped) parts.familiar.add(Familiar::key(move.account_index, move.place.address));
        if (parts.due[i].is_bot)
            parts.botnets.answer(parts.due[i].who, move, stopped);
        else
            parts.people.answer(parts.due[i].who, move, stopped);
    }
}

}  // namespace tidegate::drill
