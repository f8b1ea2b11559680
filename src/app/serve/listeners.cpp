#include "app/serve/listeners.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace tidegate::app {

Listeners::Listeners(World world, std::vector<DomainMove> moves) : world_(std::move(world)) {
    const Time now = world_.clock();
    for (DomainMove& each : moves)
        if (!each.is_over(now)) moves_.insert_or_assign(each.domain, std::move(each));
}

// ---- the configuration

void Listeners::give(const EdgePlan& plan) {
    const std::scoped_lock ordering(ordering_);
    std::vector<Known> known;
    for (const EdgePlan::Entrance& each : plan.entrances) {
        Known& one = known.emplace_back(Known{each.rules.name, each.rules.protocol, {}, each.own_sessions});
        for (const net::Endpoint& place : each.places) one.places.push_back(place.text());
    }
    std::vector<DomainMove> waits;
    {
        const std::scoped_lock lock(mutex_);
        known_ = std::move(known);
        waits = those_that(false);
        publish();
    }
    for (const DomainMove& each : waits) world_.told(each, "its listener is not there, or takes no mail");
}

void Listeners::tick() {
    const std::unique_lock ordering(ordering_, std::try_to_lock);
    if (!ordering) return;  // in a second
    std::vector<DomainMove> over;
    {
        const std::scoped_lock lock(mutex_);
        const Time now = world_.clock();
        std::erase_if(moves_, [&](const auto& each) {
            if (each.second.is_over(now)) over.push_back(each.second);
            return each.second.is_over(now);
        });
        if (over.empty()) return;
        publish();
    }
    // What can't be written is dropped when it is read.
    static_cast<void>(keep({}, {}));
    for (const DomainMove& each : over) world_.told(each, "its time is over");
}

// ---- orders

const Listeners::Known* Listeners::find(std::string_view listener) const {
    const auto found = std::ranges::find(known_, listener, &Known::name);
    return found == known_.end() ? nullptr : &*found;
}

bool Listeners::holds(const DomainMove& move) const {
    const Known* at = find(move.listener);
    return at != nullptr && at->protocol == edge::Protocol::smtp;
}

std::vector<DomainMove> Listeners::those_that(bool hold) const {
    std::vector<DomainMove> out;
    for (const auto& [domain, move] : moves_)
        if (holds(move) == hold) out.push_back(move);
    return out;
}

void Listeners::publish() const {
    edge::MovedDomains::Map moved;
    for (const DomainMove& each : those_that(true)) moved.emplace(each.domain, each.listener);
    moved_->adopt(edge::MovedDomains(std::move(moved)));
}

std::optional<Error> Listeners::objection(const DomainMove& move, bool force) const {
    const Known* at = find(move.listener);
    if (at == nullptr) return no_listener(move.listener);
    if (at->protocol != edge::Protocol::smtp)
        return Error{"", 0, fmt::format("'{}' takes no mail", move.listener),
                     "name one with protocol = \"smtp\""};
    if (at->own == 0 && !force)
        return Error{"", 0,
                     fmt::format("'{}' has no sessions of its own: a flood there takes the others' places",
                                 move.listener),
                     "set sessions = N under its [[edge]] and reload, or use --force"};
    if (!moves_.contains(move.domain) && moves_.size() >= most_domain_moves)
        return Error{"", 0, fmt::format("{} domains are moved already", moves_.size()),
                     "move some back: tidegate listeners back DOMAIN"};
    return std::nullopt;
}

Result<MoveAct> Listeners::move(const DomainMove& move, bool force) {
    const std::scoped_lock ordering(ordering_);
    std::string places;
    {
        const std::scoped_lock lock(mutex_);
        if (auto error = objection(move, force)) return std::unexpected(std::move(*error));
        places = fmt::format("{}", fmt::join(find(move.listener)->places, ", "));
        moves_.insert_or_assign(move.domain, move);
        publish();
    }
    return keep(move, fmt::format("mail for {} is taken at {} alone; its MX must lead there ({})",
                                  move.domain, move.listener, places));
}

Result<MoveAct> Listeners::back(std::string_view domain) {
    const std::scoped_lock ordering(ordering_);
    DomainMove gone;
    {
        const std::scoped_lock lock(mutex_);
        const auto at = moves_.find(domain);
        if (at == moves_.end())
            return std::unexpected(
                Error{"", 0, fmt::format("'{}' is not moved", domain), "tidegate listeners shows what is"});
        gone = std::move(at->second);
        moves_.erase(at);
        publish();
    }
    std::string text = fmt::format("mail for {} is taken at every listener for mail again", gone.domain);
    return keep(std::move(gone), std::move(text));
}

MoveAct Listeners::keep(DomainMove move, std::string text) {
    std::vector<DomainMove> all;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [domain, each] : moves_) all.push_back(each);
    }
    MoveAct act{.move = std::move(move), .text = std::move(text), .unwritten = std::nullopt};
    if (auto kept = world_.keep(domain_moves_text(all)); !kept) act.unwritten = std::move(kept.error());
    return act;
}

Error Listeners::no_listener(std::string_view listener) const {
    std::vector<std::string> names;
    for (const Known& each : known_)
        if (each.protocol == edge::Protocol::smtp) names.push_back(each.name);
    return {"", 0, fmt::format("there is no listener '{}'", listener),
            names.empty() ? "none takes mail ([[edge]] with protocol = \"smtp\")"
                          : fmt::format("for mail there are {}", fmt::join(names, ", "))};
}

// ---- how they stand

bool Listeners::knows(std::string_view listener) const {
    const std::scoped_lock lock(mutex_);
    return find(listener) != nullptr;
}

std::vector<ListenerStanding> Listeners::standing(std::span<const edge::Places::Standing> sessions) const {
    std::vector<ListenerStanding> out;
    const std::scoped_lock lock(mutex_);
    const std::vector<DomainMove> moved = those_that(true);
    for (const Known& each : known_) {
        ListenerStanding& one =
            out.emplace_back(ListenerStanding{each.name, each.protocol, each.places, {}, {}});
        const auto held = std::ranges::find(sessions, each.name, &edge::Places::Standing::name);
        if (held != sessions.end()) one.sessions = *held;
        std::ranges::copy_if(moved, std::back_inserter(one.domains),
                             [&](const DomainMove& move) { return move.listener == each.name; });
    }
    return out;
}

std::vector<DomainMove> Listeners::waiting() const {
    const std::scoped_lock lock(mutex_);
    return those_that(false);
}

}  // namespace tidegate::app
