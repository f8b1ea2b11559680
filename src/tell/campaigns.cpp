#include "tell/campaigns.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tidegate::tell {
namespace {

constexpr std::int64_t minute = 60, hour = 3600, day = 86'400;
constexpr double least_excess = 30;  // attempts beyond the usual that make a campaign

struct Window {
    std::int64_t index = 0;  // Unix time / the windows' width
    double hostile = 0, logins = 0;
    std::size_t first_bin = 0, past_bin = 0;  // none where nothing happened
    double usual = 0;
    bool alarming = false;
};

/// How one width of windows is judged.
struct Scale {
    std::int64_t width;   // seconds
    double least;         // hostile attempts in a window that never alarm
    std::int64_t bridge;  // alarms at most so many seconds apart are one campaign
};

double quantile(std::vector<double>& values, double q) {
    if (values.empty()) return 0;
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
    std::ranges::nth_element(values, nth);
    return *nth;
}

/// Silence of up to a day is part of the log; longer than that, the log has a hole.
std::vector<Window> windows_of(std::span<const Stretch> bins, std::int64_t bin_width, std::int64_t width) {
    std::vector<Window> windows;
    for (std::size_t i = 0; i < bins.size(); ++i) {
        const std::int64_t index = bins[i].index * bin_width / width;
        if (windows.empty() || windows.back().index != index) {
            const bool hole = windows.empty() || (index - windows.back().index) * width > day;
            for (std::int64_t k = hole ? index : windows.back().index + 1; k <= index; ++k) {
                windows.push_back({.index = k, .first_bin = i, .past_bin = i});
            }
        }
        Window& window = windows.back();
        window.hostile += static_cast<double>(bins[i].hostile);
        window.logins += static_cast<double>(bins[i].logins);
        window.past_bin = i + 1;
    }
    return windows;
}

void learn_usual(std::vector<Window>& windows) {
    std::vector<double> all;
    all.reserve(windows.size());
    for (const Window& window : windows) all.push_back(window.hostile);
    const double usual = quantile(all, 0.25);
    for (Window& window : windows) window.usual = usual;
}

/// The (lower) median of the same hour, but not less than what every calm hour has: three days are few.
void learn_usual_by_hour(std::vector<Window>& windows, std::int64_t width) {
    learn_usual(windows);
    std::array<std::vector<double>, 24> by_hour;
    const auto hour_of = [width](const Window& window) {
        return static_cast<std::size_t>((window.index * width % day + day) % day / hour);
    };
    for (const Window& window : windows) by_hour[hour_of(window)].push_back(window.hostile);
    std::array<double, 24> usual{};
    for (std::size_t h = 0; h < usual.size(); ++h) usual[h] = quantile(by_hour[h], 0.5);
    for (Window& window : windows) window.usual = std::max(window.usual, usual[hour_of(window)]);
}

/// What customers and the ordinary noise of the internet can at most explain.
double explicable(const std::vector<Window>& windows, std::int64_t width, bool long_log) {
    std::vector<double> logins;
    logins.reserve(windows.size());
    for (const Window& window : windows) logins.push_back(window.logins);
    const double noise_a_minute = long_log ? 10 : 2;
    return 0.25 * quantile(logins, 0.5) + noise_a_minute * static_cast<double>(width) / minute;
}

double with_noise(double expected, double factor, double least) {
    return factor * expected + 6 * std::sqrt(expected) + least;
}

void raise_alarms(std::vector<Window>& windows, const Scale& scale) {
    const auto covered = static_cast<std::int64_t>(windows.size()) * scale.width;
    const bool by_hour = covered >= 3 * day;
    by_hour ? learn_usual_by_hour(windows, scale.width) : learn_usual(windows);
    const double most = explicable(windows, scale.width, covered >= day);
    const double absolute = with_noise(most, 1, scale.least);
    for (Window& window : windows) {
        const double relative = with_noise(window.usual, by_hour ? 1.5 : 3, scale.least);
        window.usual = std::min(window.usual, most);
        window.alarming = window.hostile > std::min(relative, absolute);
    }
}

/// Takes the bins off both ends that are no more than usual.
void trim(CampaignSpan& span, std::span<const Stretch> bins, double usual_a_bin) {
    const double calm = 2 * usual_a_bin + 3 * std::sqrt(usual_a_bin);
    const auto is_calm = [&](std::size_t i) { return static_cast<double>(bins[i].hostile) <= calm; };
    while (span.first < span.last && is_calm(span.first)) ++span.first;
    while (span.first < span.last && is_calm(span.last)) --span.last;
}

struct Run {
    CampaignSpan span;
    double attempts = 0;
    double usual_a_window = 0;
};

std::vector<Run> runs_of(const std::vector<Window>& windows, const Scale& scale) {
    std::vector<Run> runs;
    std::int64_t last_alarm = 0;
    double between_usual = 0;  // usual in the calm windows since the last alarm
    for (const Window& window : windows) {
        between_usual += window.usual;
        if (!window.alarming) continue;
        if (runs.empty() || (window.index - last_alarm - 1) * scale.width > scale.bridge) {
            runs.push_back({.span = {window.first_bin, window.first_bin, 0}, .usual_a_window = window.usual});
            between_usual = window.usual;
        }
        runs.back().span.last = window.past_bin - 1;
        runs.back().span.usual += between_usual;
        between_usual = 0;
        last_alarm = window.index;
    }
    return runs;
}

std::vector<CampaignSpan> find_at(std::span<const Stretch> bins, std::int64_t bin_width, const Scale& scale) {
    std::vector<Window> windows = windows_of(bins, bin_width, scale.width);
    raise_alarms(windows, scale);
    std::vector<CampaignSpan> found;
    for (Run& run : runs_of(windows, scale)) {
        const double bins_a_window = static_cast<double>(scale.width) / static_cast<double>(bin_width);
        trim(run.span, bins, run.usual_a_window / bins_a_window);
        double attempts = 0;
        for (std::size_t i = run.span.first; i <= run.span.last; ++i)
            attempts += static_cast<double>(bins[i].hostile);
        if (attempts - run.span.usual >= least_excess) found.push_back(run.span);
    }
    return found;
}

std::int64_t multiple_of(std::int64_t width, std::int64_t at_least) {
    return (at_least + width - 1) / width * width;
}

}  // namespace

std::vector<CampaignSpan> find_campaigns(std::span<const Stretch> bins, std::int64_t width) {
    if (bins.empty()) return {};
    const std::int64_t length = (bins.back().index - bins.front().index + 1) * width;
    const std::int64_t fine = multiple_of(width, length < 2 * hour ? minute : 5 * minute);
    std::vector<CampaignSpan> found = find_at(bins, width, {fine, 8, 15 * minute});
    if (length < 6 * hour) return found;
    const std::size_t sudden = found.size();
    for (const CampaignSpan& slow : find_at(bins, width, {multiple_of(width, hour), 20, 2 * hour})) {
        const bool known =
            std::any_of(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(sudden),
                        [&](const CampaignSpan& s) { return s.first <= slow.last && slow.first <= s.last; });
        if (!known) found.push_back(slow);
    }
    std::ranges::sort(found, {}, &CampaignSpan::first);
    return found;
}

}  // namespace tidegate::tell
