#include "edge/admission/places.h"

#include <algorithm>
#include <ranges>

#include "base/check.h"

namespace tidegate::edge {

struct Places::Part {
    Part(std::string whose, const ReceptionRules& rules, const PressureRules& patience, LimitLog& log)
        : name(std::move(whose)), number(rules.listener), reception(rules, log), pressure(patience, log) {}

    // What it keeps from the others.
    [[nodiscard]] std::size_t kept() const {
        return is_wanted ? std::max(reception.most(), reception.held()) : reception.held();
    }

    std::string name;
    std::uint32_t number;
    Reception reception;
    Pressure pressure;
    bool is_wanted = true;
};

struct Places::Listener {
    std::string name;
    Part* part;  // where its next session is taken in
    std::size_t held = 0;
    bool is_configured = false;
};

Places::Places(const ReceptionRules& all, const PressureRules& pressure, LimitLog& log)
    : all_(all), pressure_(pressure), log_(log) {
    ReceptionRules rules = all_;
    rules.listener = next_number_++;
    parts_.push_back(std::make_unique<Part>(std::string(), rules, pressure_, log_));
}

Places::~Places() = default;

// ---- the configuration

Places::Listener* Places::find(std::string_view name) const {
    const auto found = std::ranges::find(listeners_, name, [](const auto& each) { return each->name; });
    return found == listeners_.end() ? nullptr : found->get();
}

Places::Listener& Places::listener(std::string_view name) {
    if (Listener* known = find(name)) return *known;
    listeners_.push_back(std::make_unique<Listener>(Listener{.name = std::string(name), .part = &shared()}));
    return *listeners_.back();
}

Places::Part& Places::part_for(Moment now, const Listener& listener, std::size_t own) {
    if (own == 0) return shared();
    if (listener.part != &shared()) {
        listener.part->reception.resize(now, own);
        listener.part->is_wanted = true;
        return *listener.part;
    }
    ReceptionRules rules = all_;
    PressureRules pressure = pressure_;
    rules.most = own;
    rules.listener = pressure.listener = next_number_++;
    parts_.push_back(std::make_unique<Part>(listener.name, rules, pressure, log_));
    return *parts_.back();
}

void Places::configure(Moment now, std::span<const ListenerPlaces> listeners) {
    for (const auto& each : listeners_) each->is_configured = false;
    for (const auto& part : parts_ | std::views::drop(1)) part->is_wanted = false;
    for (const ListenerPlaces& each : listeners) {
        Listener& its = listener(each.name);
        its.is_configured = true;
        its.part = &part_for(now, its, each.own);
    }
    for (const auto& each : listeners_)
        if (!each->is_configured) each->part = &shared();
    share_out(now);
}

// What is left, and who is gone.
void Places::share_out(Moment now) {
    const auto is_over = [](const auto& part) { return !part->is_wanted && part->reception.held() == 0; };
    std::erase_if(parts_, is_over);
    std::erase_if(listeners_, [](const auto& each) { return !each->is_configured && each->held == 0; });
    std::size_t kept = 0;
    for (const auto& part : parts_ | std::views::drop(1)) kept += part->kept();
    const std::size_t left = all_.most > kept ? all_.most - kept : 1;
    if (left != shared().reception.most()) shared().reception.resize(now, left);
}

// ---- sessions

Places::Arrival Places::arrive(Moment now, std::string_view listener, const Address& address,
                               ClientClass which) {
    Listener& its = this->listener(listener);
    Arrival out;
    out.welcome = its.part->reception.arrive(now, address, which, its.part->pressure.level());
    if (out.welcome != Welcome::taken) return out;
    ++its.held;
    out.place.listener_ = &its;
    out.place.part_ = its.part;
    return out;
}

void Places::gone(Moment now, const Place& place, const Address& address, ClientClass which) {
    CHECK(place && place.listener_->held > 0);
    --place.listener_->held;
    place.part_->reception.gone(now, address, which);
}

void Places::moved(const Place& place, ClientClass from, ClientClass to) {
    place.part_->reception.moved(from, to);
}

// ---- pressure

const Places::Part& Places::part_of(std::string_view listener) const {
    const Listener* its = find(listener);
    return its == nullptr ? shared() : *its->part;
}

double Places::level(std::string_view listener) const {
    return part_of(listener).pressure.level();
}

double Places::level(const Place& place) {
    return place.part_->pressure.level();
}

Deadlines Places::deadlines(std::string_view listener, ClientClass which) const {
    return part_of(listener).pressure.deadlines(which);
}

bool Places::observe(Moment now, double queue) {
    share_out(now);
    bool is_more = false;
    for (const auto& part : parts_) {
        const double before = part->pressure.level();
        const Reception& reception = part->reception;
        part->pressure.observe(
            now, {.sessions = reception.held(), .sessions_most = reception.most(), .queue = queue});
        is_more |= part->pressure.level() > before;
    }
    return is_more;
}

// ---- how they stand

std::size_t Places::held() const {
    std::size_t sum = 0;
    for (const auto& part : parts_) sum += part->reception.held();
    return sum;
}

std::size_t Places::held(ClientClass which) const {
    std::size_t sum = 0;
    for (const auto& part : parts_) sum += part->reception.held(which);
    return sum;
}

std::string_view Places::name_of(const LimitChange& change) const {
    const auto found =
        std::ranges::find(parts_, change.listener, [](const auto& part) { return part->number; });
    return found == parts_.end() ? std::string_view() : (*found)->name;
}

std::vector<Places::Standing> Places::standing() const {
    std::vector<Standing> out;
    for (const auto& each : listeners_) {
        const Part& part = *each->part;
        const std::size_t most = part.reception.most();
        out.push_back({each->name, each->held, &part == &shared() ? 0 : most, most, part.pressure.level()});
    }
    return out;
}

}  // namespace tidegate::edge
