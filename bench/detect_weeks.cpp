// Four ordinary weeks and an attack, as counts in bins of 10 s: how often detection alarms for nothing, how
// soon it sees the attack, and how right its table of hours is. docs/detection.md has the figures.
//
// usage: detect_weeks [SEEDS [FIRST_SEED]]

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "base/time.h"
#include "judge/detect/detection.h"
#include "judge/posture.h"

namespace {

using namespace tidegate;
using namespace tidegate::judge;

constexpr std::int64_t bin = 10, day = 86400;
constexpr std::int64_t start = 1741561200;  // Monday 2025-03-10, 00:00 in Berlin; summer time from the 30th
constexpr std::int64_t summer = 1743296400;
constexpr int ordinary_days = 28;

struct Mixed {
    Service service;
    double share;
};
constexpr std::array<Mixed, 4> mix_of = {
    {{Service::imap, 0.68}, {Service::pop3, 0.1}, {Service::submission, 0.17}, {Service::webmail, 0.05}}};

std::int64_t local(std::int64_t at) {
    return at + (at >= summer ? 7200 : 3600);
}

// Log-ins by hour of the day, in shares of the mean: quiet nights, a steep morning, a dip at noon, an
// evening.
double day_curve(double hour, bool weekend) {
    static const std::array<double, 25> work = {.35,  .27,  .23,  .22,  .25,  .38,  .70,  1.15, 1.55,
                                                1.70, 1.68, 1.60, 1.45, 1.55, 1.60, 1.55, 1.48, 1.38,
                                                1.25, 1.18, 1.12, 1.00, .78,  .53,  .35};
    static const std::array<double, 25> free = {.40,  .31,  .26,  .23, .23, .27, .38, .55, .80,
                                                1.0,  1.08, 1.08, 1.0, .98, .97, .98, 1.0, 1.02,
                                                1.02, 1.05, 1.05, .95, .78, .58, .40};
    const auto& curve = weekend ? free : work;
    const auto at = static_cast<std::size_t>(hour);
    return curve[at] + (curve[at + 1] - curve[at]) * (hour - std::floor(hour));
}

// Above normal, by hour from noon to one at night, as the account of the attack has it.
constexpr std::array<double, 13> account = {1.35, 2.09, 3.08, 3.08, 3.08, 2.46, 3.27,
                                            3.27, 3.27, 2.92, 2.69, 2.00, .74};

struct Burst {
    std::int64_t from, until;
    double rate;  // a second
};

class World {
public:
    World(std::uint64_t seed, bool smooth, double unknown)
        : random_(seed), smooth_(smooth), unknown_(unknown) {
        for (double& each : day_noise_) each = std::exp(0.03 * normal_(random_));
        holiday_ = 8 + static_cast<int>(seed % 15);
        std::uniform_real_distribution<double> uniform(0, 1);
        for (int i = 0; i < 29 * 24; ++i) {  // small campaigns of strangers, one an hour
            const auto from = start + static_cast<std::int64_t>(uniform(random_) * 29 * day);
            const double length = 300 + 3300 * uniform(random_),
                         guesses = 20 * std::exp(1.2 * normal_(random_));
            bursts_.push_back(
                {from, from + static_cast<std::int64_t>(length), std::min(0.1, guesses / length)});
        }
        std::ranges::sort(bursts_, {}, &Burst::from);
    }

    // What the customers bring in a second.
    double normal(std::int64_t at) const {
        const std::int64_t here = local(at), number = (here - local(start)) / day;
        const bool holiday = number == holiday_;
        const bool weekend = holiday || number % 7 >= 5;
        const double hour = static_cast<double>(here - local(start) - number * day) / 3600;
        const double growth = 1 + 0.04 * static_cast<double>(number) / 28;
        return 355000.0 / day * growth * day_curve(hour, weekend) * (weekend ? 0.75 : 1) *
               day_noise_[static_cast<std::size_t>(number)];
    }
    double attack(std::int64_t at) const {
        const double hour = static_cast<double>(local(at) - local(start) - ordinary_days * day) / 3600 - 12;
        if (hour < (smooth_ ? -0.5 : 0) || hour >= 13.5) return 0;
        if (!smooth_) return hour < 13 ? account[static_cast<std::size_t>(hour)] : 0;
        // Straight lines between the middles of the hours.
        const double place = hour - 0.5;
        const auto value = [](int i) { return i < 0 || i > 12 ? 0.0 : account[static_cast<std::size_t>(i)]; };
        const int i = static_cast<int>(std::floor(place));
        return value(i) + (value(i + 1) - value(i)) * (place - i);
    }

    struct Truth {
        double customers = 0, all = 0;
    };
    Truth feed(Detection& detection, std::int64_t at) {
        const double log_ins = normal(at) * bin;
        const double fresh = 0.011 + 0.5 * std::exp(-static_cast<double>(at - start) / (0.3 * day));
        const double hostile = attack(at) * log_ins;
        Truth truth;
        std::array<double, volumes> total{};
        double background = 5000.0 / day * bin;
        while (next_burst_ < bursts_.size() && bursts_[next_burst_].from <= at)
            running_.push_back(bursts_[next_burst_++]);
        std::erase_if(running_, [at](const Burst& each) { return each.until <= at; });
        for (const Burst& each : running_) background += each.rate * bin;
        for (const Mixed& part : mix_of) {
            std::array<double, volumes> now{};
            const double right = draw(log_ins * part.share);
            // Wrong ones come in pairs; old telephones knock every five minutes.
            const double wrong =
                2 * draw(log_ins * part.share * 0.01) + draw(2300.0 / day * bin * part.share);
            const double guesses = draw(background * part.share), bots = draw(hostile * part.share);
            at_of(now, Volume::attempts) = right + wrong + guesses + bots;
            at_of(now, Volume::successes) = right;
            at_of(now, Volume::failures) = wrong + guesses + bots;
            at_of(now, Volume::stopped) = bots;
            at_of(now, Volume::unknown_accounts) = draw(guesses * 0.4 + bots * unknown_);
            at_of(now, Volume::new_addresses) = draw(right * fresh + guesses * 0.4 + bots / 4);
            for (std::size_t v = 0; v < volumes; ++v) {
                total[v] += now[v];
                detection.add(at, {static_cast<Volume>(v), part.service}, now[v]);
            }
            truth.customers += right + wrong + guesses;
            truth.all += right + wrong + guesses + bots;
        }
        for (std::size_t v = 0; v < volumes; ++v)
            detection.add(at, {static_cast<Volume>(v), Service::unknown}, total[v]);
        return truth;
    }

private:
    static double& at_of(std::array<double, volumes>& counts, Volume volume) {
        return counts[static_cast<std::size_t>(volume)];
    }
    double draw(double mean) { return mean <= 0 ? 0 : std::poisson_distribution<int>(mean)(random_); }

    std::mt19937_64 random_;
    std::normal_distribution<double> normal_;
    std::array<double, ordinary_days + 3> day_noise_{};
    std::vector<Burst> bursts_, running_;
    std::size_t next_burst_ = 0;
    int holiday_ = 0;
    bool smooth_;
    double unknown_;
};

struct Shown {
    int false_alarms = 0;  // those within an hour are one
    std::int64_t last_false = 0;
    double seconds = -1;  // to the alarm
    double worst_error = 0, worst_customers = 0, worst_stated = 0, squares = 0;
    int hours = 0;
    double calm_after = -1;
};

void tell_false(const Alarm& alarm, Shown& out) {
    if (alarm.opened - out.last_false > 3600) ++out.false_alarms;
    out.last_false = alarm.opened;
    std::printf("    false: %s %.*s/%.*s %s since %s score %.2f, %.0f instead of %.0f +- %.1f\n",
                rfc3339(time_of_unix(alarm.opened)).c_str(),
                static_cast<int>(name(alarm.series.volume).size()), name(alarm.series.volume).data(),
                static_cast<int>(name(alarm.series.service).size()), name(alarm.series.service).data(),
                alarm.upwards ? "up" : "down", rfc3339(time_of_unix(alarm.since)).c_str(), alarm.score,
                alarm.observed, alarm.expected, alarm.standard_error);
}

void see_hours(Detection& detection, std::int64_t from, const std::vector<World::Truth>& truth, Shown& out) {
    for (const HourRow& row : detection.take_hours()) {
        if (!(row.series == Series{})) continue;
        if (std::getenv("ALL") != nullptr)
            std::printf("all %s %.1f +- %.1f\n", rfc3339(time_of_unix(row.start)).c_str(),
                        row.percent_above(), row.percent_error());
        const auto at = static_cast<std::size_t>((row.start - from) / 3600);
        if (row.start < from || at >= truth.size() || !row.flagged ||
            truth[at].all < 1.5 * truth[at].customers)
            continue;
        const double real = (truth[at].all / truth[at].customers - 1) * 100;
        const double off = row.percent_above() - real, off_customers = row.percent_above_customers() - real;
        out.worst_error = std::max(out.worst_error, std::abs(off));
        out.worst_stated = std::max(out.worst_stated, row.percent_error());
        out.worst_customers = std::max(out.worst_customers, std::abs(off_customers));
        if (std::getenv("TELL") != nullptr)
            std::printf(
                "    hour %s: %.0f (%.0f customers), real %.1f, above normal %.1f +- %.1f, above customers "
                "%.1f +- %.1f\n",
                rfc3339(time_of_unix(row.start)).c_str(), row.observed, truth[at].customers, real,
                row.percent_above(), row.percent_error(), row.percent_above_customers(),
                row.percent_customers_error());
        out.squares += std::pow(off / row.percent_error(), 2);
        ++out.hours;
    }
}

Shown play(std::uint64_t seed, bool smooth, double unknown) {
    World world(seed, smooth, unknown);
    Detection detection({.clock = {{0, 3600}, {summer, 7200}}});
    PostureKeeper keeper;
    Shown out;
    const std::int64_t attack = start + ordinary_days * day - 3600,
                       end = attack + 30 * 3600;  // summer time came
    std::vector<World::Truth> truth(30);
    std::int64_t tenth = 0, over = 0;
    for (std::int64_t at = start; at < end; at += bin) {
        const World::Truth now = world.feed(detection, at);
        if (at >= attack) {
            auto& hour = truth[static_cast<std::size_t>((at - attack) / 3600)];
            hour.customers += now.customers;
            hour.all += now.all;
        }
        detection.tick(at + bin);
        if (world.attack(at) >= 0.1 && tenth == 0) tenth = at;
        if (world.attack(at) > 0) over = at + bin;
        keeper.see(detection);
        for (const PostureChange& change : keeper.take_changes())
            if (std::getenv("TELL") != nullptr)
                std::printf("    %s %s: %s\n", rfc3339(time_of_unix(change.seconds)).c_str(),
                            std::string(name(change.to)).c_str(), change.reason.c_str());
        if (over > 0 && at > over && out.calm_after < 0 && keeper.posture() == Posture::calm)
            out.calm_after = static_cast<double>(at + bin - over);
        for (const Alarm& alarm : detection.take_changes()) {
            if (std::getenv("TELL") != nullptr && at > attack + 10 * 3600)
                std::printf("    %s %s %s/%s score %.2f now %.2f, %.0f of %.0f\n",
                            rfc3339(time_of_unix(at)).c_str(), alarm.is_open() ? "open" : "closed",
                            std::string(name(alarm.series.volume)).c_str(),
                            std::string(name(alarm.series.service)).c_str(), alarm.score, alarm.current,
                            alarm.observed, alarm.expected);
            if (!alarm.is_open()) continue;
            if (tenth == 0 && world.attack(at) == 0) tell_false(alarm, out);
            if (out.seconds < -0.5 && world.attack(at) > 0)
                out.seconds = tenth == 0 ? 0 : static_cast<double>(alarm.opened - tenth);
            if (over > 0 && at > over) tell_false(alarm, out);
        }
        see_hours(detection, attack, truth, out);
    }
    return out;
}

}  // namespace

int main(int count, char** words) {
    const int seeds = count > 1 ? std::atoi(words[1]) : 20, first = count > 2 ? std::atoi(words[2]) : 1;
    const auto begin = std::chrono::steady_clock::now();
    int false_alarms = 0;
    for (int seed = first; seed < first + seeds; ++seed) {
        const bool smooth = seed % 2 == 0;
        const Shown out = play(static_cast<std::uint64_t>(seed), smooth, seed % 3 == 0 ? 0.1 : 0.5);
        std::printf(
            "seed %d (%s): %d false, alarm after %.0f s, calm %.0f s after the end; hours: off by %.1f at "
            "most, stated "
            "%.1f at most, rms %.2f errors; from customers %.2f\n",
            seed, smooth ? "ramp" : "steps", out.false_alarms, out.seconds, out.calm_after, out.worst_error,
            out.worst_stated, std::sqrt(out.squares / std::max(1, out.hours)), out.worst_customers);
        std::fflush(stdout);
        false_alarms += out.false_alarms;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("%d false alarms in %d seeds; %.1f s\n", false_alarms, seeds, took.count());
}
