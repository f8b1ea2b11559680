#include "tell/incident/causes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tell/words.h"

namespace tidegate::tell {
namespace {

// Attack, own fault, outside. Most alarms of a mail server's log-ins are attacks, some are its own doing.
constexpr std::array<double, cause_count> prior{0, -2, -4};

/// How far a rate lies above what is usual, in decibans; drawn to 0 where both are small.
double excess(double now, double usual, double little) {
    return 10 * std::log10((now + little) / (usual + little));
}

std::string percent_text(double share) {
    return fmt::format("{:.3g} %", 100 * share);
}

std::string rate_text(double a_minute) {
    return ratio(a_minute);
}

class Scale {
public:
    explicit Scale(const Signs& signs) : signs_(signs) {}
    Diagnosis weighed() &&;

private:
    void add(std::string text, double attack, double own_fault, double outside) {
        diagnosis_.reasons.push_back({std::move(text), {attack, own_fault, outside}});
    }
    void guesses();
    void direction();
    void familiar_customers();
    void faults();
    void restart();
    void slow_hop();
    void probes();
    void lines();
    void settle();

    const Signs& signs_;
    Diagnosis diagnosis_;
};

void Scale::guesses() {
    if (signs_.minutes <= 0) return;
    const double beyond = excess(signs_.hostile_a_minute, signs_.usual_hostile_a_minute, 0.5);
    const std::string rates =
        fmt::format("{} hostile attempts a minute at the onset, usually {}",
                    rate_text(signs_.hostile_a_minute), rate_text(signs_.usual_hostile_a_minute));
    if (beyond > 1) {
        // Customers who fail from new places look hostile too, but not by the hundred a minute.
        add(rates, std::min(2 * beyond, 20.0), 0, 0);
    } else {
        add(rates, -10, 0, 0);
    }
}

void Scale::direction() {
    if (signs_.many_new_addresses) add("many addresses came that were never here before", 6, 0, 0);
    if (signs_.only_downwards) add("there is less of everything that raised an alarm", -10, 0, 3);
    if (signs_.logins < 0.5 && signs_.minutes > 0) {
        add(fmt::format("customers' log-ins fell to {} of what they were", percent_text(signs_.logins)), 0, 4,
            6);
    }
}

void Scale::familiar_customers() {
    if (!signs_.familiar_bad || signs_.familiar_tries < 20) return;
    const double usual = signs_.usual_familiar_bad.value_or(0.02);
    const double beyond = excess(*signs_.familiar_bad, usual, 0.01);
    const std::string text =
        fmt::format("{} of the attempts from places where the account is at home went wrong, usually {}",
                    percent_text(*signs_.familiar_bad), percent_text(usual));
    if (beyond > 3) {
        add(text, -std::min(beyond, 10.0) / 2, std::min(beyond, 15.0), 0);
    } else {
        add(text, 4, -6, 0);
    }
}

void Scale::faults() {
    if (!signs_.faults) return;
    const double usual = signs_.usual_faults.value_or(0);
    const double beyond = excess(*signs_.faults, usual, 0.005);
    const std::string text = fmt::format("our own servers failed {} of the attempts at the onset, usually {}",
                                         percent_text(*signs_.faults), percent_text(usual));
    if (beyond > 3) {
        add(text, 0, std::min(beyond, 15.0), 0);
    } else {
        add(text, 2, -4, 0);
    }
}

void Scale::restart() {
    if (signs_.restarted.empty()) return;
    add(fmt::format("{} went away {:.0f} seconds before", signs_.restarted, signs_.restart_seconds_before),
        -5, 15, 0);
}

void Scale::slow_hop() {
    if (!signs_.slow) return;
    const bool far = *signs_.slow == Hop::client;
    const std::string text =
        fmt::format("{} became {:.1f} times as slow as usual, {:.0f} seconds {} the volumes changed",
                    name(*signs_.slow), signs_.slow_factor, std::abs(signs_.slow_seconds_before),
                    signs_.slow_seconds_before > 0 ? "before" : "after");
    // Load makes hops slow; a hop that is slow without it has a trouble of its own.
    if (signs_.slow_seconds_before >= 30) {
        add(text, -3, far ? 0 : 10, far ? 10 : 0);
    } else {
        add(text, 4, 0, far ? 4 : 0);
    }
}

void Scale::probes() {
    if (signs_.probes < 10) return;
    const double share = signs_.probes_failed / signs_.probes;
    const double beyond = excess(share, signs_.usual_probes_failed, 0.01);
    const std::string text = fmt::format("{} of {} probes to landmarks elsewhere went unanswered",
                                         count(static_cast<std::uint64_t>(signs_.probes_failed)),
                                         count(static_cast<std::uint64_t>(signs_.probes)));
    if (beyond > 5) {
        add(text, -3, -3, std::min(beyond, 20.0));
    } else {
        add(text, 0, 0, -8);
    }
}

void Scale::lines() {
    if (signs_.lost_lines < 5) return;
    add(fmt::format("lines were lost {:.0f} times as often as usual", signs_.lost_lines), -3, 0, 10);
}

void Scale::settle() {
    std::array<double, cause_count> sum = prior;
    for (const CauseReason& reason : diagnosis_.reasons) {
        for (std::size_t i = 0; i < cause_count; ++i) sum[i] += reason.decibans[i];
    }
    const double best = *std::ranges::max_element(sum);
    double whole = 0;
    for (std::size_t i = 0; i < cause_count; ++i) {
        diagnosis_.probability[i] = std::pow(10, (sum[i] - best) / 10);
        whole += diagnosis_.probability[i];
    }
    for (double& probability : diagnosis_.probability) probability /= whole;
    std::ranges::sort(diagnosis_.reasons, std::ranges::greater{}, [](const CauseReason& reason) {
        const auto [least, most] = std::ranges::minmax(reason.decibans);
        return std::pair(most - least, std::string_view(reason.text));
    });
}

Diagnosis Scale::weighed() && {
    guesses();
    direction();
    familiar_customers();
    faults();
    restart();
    slow_hop();
    probes();
    lines();
    settle();
    return std::move(diagnosis_);
}

}  // namespace

Diagnosis weigh(const Signs& signs) {
    return Scale(signs).weighed();
}

}  // namespace tidegate::tell
