#include "app/serve/server_groups.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/serve/server_sum.h"
#include "base/check.h"

namespace tidegate::app {
namespace {

bool is_behind(const EdgePlan::Server& server, const EdgePlan::Entrance& entrance) {
    return server.protocol == entrance.rules.protocol &&
           (entrance.wanted.empty() ||
            std::ranges::find(entrance.wanted, server.place.name) != entrance.wanted.end());
}

std::size_t in_common(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::vector<std::string> both;
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    return both.size();
}

// What the entries of one machine say together.
std::vector<edge::ServerRules> rules_of(const std::vector<std::string>& names, const EdgePlan& plan) {
    std::vector<edge::ServerRules> out;
    for (const std::string& name : names) {
        edge::ServerRules& rules = out.emplace_back();
        rules.name = name;
        bool unlimited = false;
        for (const EdgePlan::Server& each : plan.servers) {
            if (each.place.name != name) continue;
            rules.weight = std::max<double>(rules.weight, each.weight);
            rules.most_sessions += each.most_sessions;
            rules.log_ins_a_second = std::max<double>(rules.log_ins_a_second, each.most_log_ins_a_second);
            unlimited |= each.most_sessions == 0;
        }
        if (unlimited) rules.most_sessions = 0;
    }
    return out;
}

// The guard was asked before, about all groups: what holds in one of them holds in all.
Result<std::string> carry_out(edge::ServerChoice& choice, const ServerOrder& order, Time now) {
    const edge::ByWhom by{order.author, order.reason, true};
    if (order.kind == ServerOrder::Kind::drain) return choice.drain(order.server, by, now);
    return choice.quarantine(order.server, by, order.until.value_or(Time{}), now);
}

edge::Leave leave_of(ServerOrder::Kind kind) {
    return kind == ServerOrder::Kind::drain ? edge::Leave::drain : edge::Leave::quarantine;
}

// In most configurations all groups say the same.
void append_once(std::string& text, std::string_view more) {
    if (text.find(more) != std::string::npos) return;
    if (!text.empty()) text += "; ";
    text += more;
}

}  // namespace

ServerGroups::ServerGroups(World world, std::vector<ServerOrder> orders)
    : world_(std::move(world)), orders_(std::move(orders)) {
    std::erase_if(orders_, [now = world_.clock()](const ServerOrder& each) { return each.is_over(now); });
}

// ---- the configuration

void ServerGroups::give(EdgePlan& plan, std::uint64_t seed) {
    const std::scoped_lock ordering(ordering_);
    Groups before = groups();
    Groups now;
    for (EdgePlan::Entrance& entrance : plan.entrances) {
        std::vector<std::string> names;
        for (const EdgePlan::Server& each : plan.servers) {
            if (!is_behind(each, entrance)) continue;
            names.push_back(each.place.name);
            entrance.rules.places.emplace(each.place.name, each.place);
        }
        std::ranges::sort(names);
        auto group = std::ranges::find(now, names, &Group::names);
        if (group == now.end()) {
            group = now.insert(now.end(), successor(std::move(names), before, seed));
            group->servers->with([&](edge::ServerChoice& choice, Time time) {
                choice.configure(rules_of(group->names, plan), time);
            });
            uphold(*group);
        }
        entrance.rules.servers = group->servers;
    }
    const std::scoped_lock lock(mutex_);
    groups_ = std::move(now);
}

ServerGroups::Group ServerGroups::successor(std::vector<std::string> names, Groups& before,
                                            std::uint64_t seed) const {
    const auto likest =
        std::ranges::max_element(before, {}, [&](const Group& each) { return in_common(each.names, names); });
    if (likest != before.end() && in_common(likest->names, names) != 0) {
        Group next{std::move(names), std::move(likest->servers)};
        before.erase(likest);
        return next;
    }
    edge::ChoiceRules rules;
    rules.seed = seed;
    return {std::move(names), std::make_shared<edge::SharedServers>(rules, world_.clock)};
}

void ServerGroups::uphold(const Group& group) const {
    for (const ServerOrder& each : orders()) {
        if (!std::ranges::binary_search(group.names, each.server)) continue;
        group.servers->with(
            [&](edge::ServerChoice& choice, Time now) { CHECK(carry_out(choice, each, now).has_value()); });
    }
}

// ---- what is learned, and time

void ServerGroups::checked(std::string_view server, bool up, std::string_view trouble) {
    for (const Group& group : groups_of(server))
        group.servers->with(
            [&](edge::ServerChoice& choice, Time now) { choice.checked(server, up, trouble, now); });
    tell_changes();
}

void ServerGroups::tick() {
    for (const Group& group : groups()) static_cast<void>(group.servers->mark_moves());
    tell_changes();
    expire();
}

// The servers come back by themselves. What can't be written is dropped when it is read.
void ServerGroups::expire() {
    const std::unique_lock ordering(ordering_, std::try_to_lock);
    if (!ordering) return;  // in a second
    const auto is_over = [now = world_.clock()](const ServerOrder& each) { return each.is_over(now); };
    {
        const std::scoped_lock lock(mutex_);
        if (std::erase_if(orders_, is_over) == 0) return;
    }
    static_cast<void>(keep({}));
}

void ServerGroups::tell_changes() {
    const std::scoped_lock telling(telling_);
    for (const Group& group : groups()) {
        std::vector<edge::StateChange> changes;
        group.servers->with(
            [&](edge::ServerChoice& choice, Time now) { changes = choice.take_changes(now); });
        for (const edge::StateChange& each : changes) {
            const auto [last, is_new] = told_.try_emplace(each.server, each.to);
            if (!is_new && std::exchange(last->second, each.to) == each.to) continue;
            world_.told(each);
        }
    }
}

// ---- orders

Result<ServerAct> ServerGroups::order(const ServerOrder& order, bool force) {
    const std::scoped_lock ordering(ordering_);
    if (!force)
        if (auto said = what_if(order.server, leave_of(order.kind)); !said)
            return std::unexpected(std::move(said.error()));
    std::string text;
    bool is_known = false;
    for (const Group& group : groups_of(order.server))
        group.servers->with([&](edge::ServerChoice& choice, Time now) {
            const auto said = carry_out(choice, order, now);
            CHECK(said.has_value());
            append_once(text, *said);
            is_known = true;
        });
    if (!is_known) return no_server(order.server);
    put(order);
    tell_changes();
    return keep(std::move(text));
}

void ServerGroups::put(const ServerOrder& order) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(orders_, [&](const ServerOrder& each) { return each.server == order.server; });
    orders_.push_back(order);
}

ServerAct ServerGroups::keep(std::string text) const {
    ServerAct act{.text = std::move(text), .unwritten = std::nullopt};
    if (auto kept = world_.keep(server_orders_text(orders())); !kept) act.unwritten = std::move(kept.error());
    return act;
}

Result<ServerAct> ServerGroups::bring_back(std::string_view server, const edge::ByWhom& by) {
    const std::scoped_lock ordering(ordering_);
    std::string text;
    for (const Group& group : groups_of(server))
        group.servers->with([&](edge::ServerChoice& choice, Time now) {
            const auto said = choice.bring_back(server, by, now);
            CHECK(said.has_value());
            append_once(text, *said);
        });
    std::size_t lifted = 0;
    {
        const std::scoped_lock lock(mutex_);
        lifted = std::erase_if(orders_, [&](const ServerOrder& each) { return each.server == server; });
    }
    if (text.empty() && lifted == 0) return no_server(server);
    tell_changes();
    if (text.empty()) text = fmt::format("{} is not configured; the order about it is lifted", server);
    return lifted == 0 ? ServerAct{std::move(text), {}} : keep(std::move(text));
}

Result<std::string> ServerGroups::what_if(std::string_view server, edge::Leave how) const {
    std::string text;
    for (const Group& group : groups_of(server)) {
        Result<std::string> said;
        group.servers->with(
            [&](edge::ServerChoice& choice, Time now) { said = choice.what_if(server, how, now); });
        if (!said) return said;
        append_once(text, *said);
    }
    if (text.empty()) return no_server(server);
    return text;
}

std::unexpected<Error> ServerGroups::no_server(std::string_view server) const {
    std::vector<std::string> names;
    for (const edge::ServerStanding& each : standing()) names.push_back(each.name);
    return std::unexpected(Error{"", 0, fmt::format("there is no server '{}'", server),
                                 names.empty() ? "no servers are configured ([[server]])"
                                               : fmt::format("there are {}", fmt::join(names, ", "))});
}

// ---- how they stand

ServerGroups::Groups ServerGroups::groups() const {
    const std::scoped_lock lock(mutex_);
    return groups_;
}

ServerGroups::Groups ServerGroups::groups_of(std::string_view server) const {
    Groups out = groups();
    std::erase_if(out, [&](const Group& each) { return !std::ranges::binary_search(each.names, server); });
    return out;
}

bool ServerGroups::knows(std::string_view server) const {
    return !groups_of(server).empty();
}

std::vector<ServerOrder> ServerGroups::orders() const {
    const std::scoped_lock lock(mutex_);
    return orders_;
}

std::vector<edge::ServerStanding> ServerGroups::standing() const {
    ServerSum sum;
    for (const Group& group : groups())
        group.servers->with([&](edge::ServerChoice& choice, Time now) { sum.add(choice.standing(now)); });
    for (const ServerOrder& each : orders()) sum.ordered(each);
    return sum.take();
}

}  // namespace tidegate::app
