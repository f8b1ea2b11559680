#include "edge/admission/limit_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tidegate::edge {
namespace {

constexpr std::array<std::string_view, 6> kind_names{"server_limit", "class_refused", "network_sessions",
                                                     "silence",      "deadline",      "late"};
constexpr std::array<std::string_view, 15> reason_names{
    "start",  "room",  "slower",     "experiment", "faster",   "errors",   "reopened", "pressure",
    "relief", "flood", "persistent", "gave_up",    "familiar", "standing", "unused"};
constexpr std::array<std::string_view, 15> reason_words{"as configured",
                                                        "it was used up, and answers were no slower",
                                                        "answers took longer than the server needs",
                                                        "to see whether answers come sooner with fewer",
                                                        "answers come as soon with fewer at once",
                                                        "the server failed or did not answer in time",
                                                        "the server came back",
                                                        "sessions or queues fill up",
                                                        "sessions or queues empty",
                                                        "more connections than it is granted",
                                                        "it went on after a silence",
                                                        "it was quiet after a silence",
                                                        "a familiar client was seen there",
                                                        "the line did not empty",
                                                        "it was far from used up"};

bool is_of_network(const LimitChange& change) {
    return change.what == LimitKind::network_sessions || change.what == LimitKind::silence;
}

// The same limit, so that two changes of it are one. Of a network's, the class does not matter.
bool is_same(const LimitChange& a, const LimitChange& b) {
    if (a.what != b.what || a.network != b.network || a.listener != b.listener) return false;
    switch (a.what) {
        case LimitKind::server_limit:
            return a.server == b.server;
        case LimitKind::late:
            return a.server == b.server && a.client_class == b.client_class;
        case LimitKind::class_refused:
        case LimitKind::deadline:
            return a.client_class == b.client_class;
        case LimitKind::network_sessions:
        case LimitKind::silence:
            return true;
    }
    return false;
}

std::string network_words(const LimitChange& change) {
    if (change.network == Prefix{}) return fmt::format("{} networks", change.times);
    return change.network.text();
}

std::string at_words(std::string_view listener) {
    return listener.empty() ? std::string() : fmt::format(" at {}", listener);
}

std::string what_words(const LimitChange& change, std::string_view whose) {
    const auto client_class = name(change.client_class);
    switch (change.what) {
        case LimitKind::server_limit:
            return fmt::format("{}: {} -> {} at once", whose, change.from, change.to);
        case LimitKind::class_refused:
            return fmt::format("{} clients are {} at accept{}", client_class,
                               change.to != 0 ? "refused" : "taken in", at_words(whose));
        case LimitKind::network_sessions:
            return fmt::format("{}: at most {} sessions{}", network_words(change), change.to,
                               at_words(whose));
        case LimitKind::silence:
            if (change.to == 0) return fmt::format("{}: answered again", network_words(change));
            return fmt::format("{}: no answer for {} s", network_words(change), change.to);
        case LimitKind::deadline:
            return fmt::format("{} clients: {:.3g} -> {:.3g} s to log in{}", client_class, change.from,
                               change.to, at_words(whose));
        case LimitKind::late:
            return fmt::format("{}: {} clients wait {:.3g} s at most, before {:.3g} s", whose, client_class,
                               change.to, change.from);
    }
    return {};
}

}  // namespace

std::string_view name(LimitKind kind) {
    return kind_names[static_cast<std::size_t>(kind)];
}

std::string_view name(LimitReason reason) {
    return reason_names[static_cast<std::size_t>(reason)];
}

bool is_of_server(LimitKind kind) {
    return kind == LimitKind::server_limit || kind == LimitKind::late;
}

std::string text(const LimitChange& change, std::string_view whose) {
    return what_words(change, whose) + ": " +
           std::string(reason_words[static_cast<std::size_t>(change.reason)]);
}

LimitLog::LimitLog(std::size_t most_networks) : most_networks_(most_networks) {
    changes_.reserve(most_networks + 64);
}

void LimitLog::note(const LimitChange& change) {
    LimitChange wanted = change;
    wanted.last = std::max(wanted.last, wanted.when);
    auto same = std::ranges::find_if(changes_, [&](const auto& each) { return is_same(each, wanted); });
    if (same == changes_.end() && is_of_network(wanted)) {
        if (networks_ < most_networks_) {
            ++networks_;
        } else {
            wanted.network = {};
            same = std::ranges::find_if(changes_, [&](const auto& each) { return is_same(each, wanted); });
        }
    }
    if (same == changes_.end()) {
        changes_.push_back(wanted);
        return;
    }
    same->last = wanted.last;
    same->to = wanted.to;
    same->reason = wanted.reason;
    same->times += wanted.times;
}

void LimitLog::drain(std::vector<LimitChange>& out) {
    out.clear();
    out.insert(out.end(), changes_.begin(), changes_.end());
    changes_.clear();
    networks_ = 0;
}

}  // namespace tidegate::edge
