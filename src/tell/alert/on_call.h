#pragma once
// Who is called about what nobody has acknowledged, after how long, and by which ways.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tell/alert/alert.h"
#include "tell/alert/rota.h"

namespace tidegate::tell {

struct Person {
    std::string name;
    std::vector<std::string> ways;  // names of ways; all of them at once
};

/// Whom a step calls: a person, a way as it is, or who has the turn of a rota (`ahead` turns on from now).
struct CallTarget {
    enum class Kind : std::uint8_t { way, person, rota };
    Kind kind = Kind::way;
    std::string name;
    unsigned ahead = 0;
};

struct EscalationStep {
    Duration after{};  // the first
    CallTarget target;
};

struct Escalation {
    std::string name;
    std::array<bool, alert_kinds.size()> wants{};
    Severity least = Severity::critical;
    std::vector<EscalationStep> steps;  // in the order of `after`; at least one
    Duration repeat{};                  // after the last, all of them again; zero: never

    [[nodiscard]] bool is_for(AlertKind kind, Severity severity) const {
        return wants[static_cast<std::size_t>(kind)] && severity >= least;
    }
};

/// A value.  Thread: any.  Fails: never; names that nobody has call nobody.
class OnCall {
public:
    OnCall() = default;
    OnCall(std::vector<Person> people, std::vector<Rota> rotas, std::vector<Escalation> escalations)
        : people_(std::move(people)), rotas_(std::move(rotas)), escalations_(std::move(escalations)) {}

    /// The first that takes it, nullptr: none.
    [[nodiscard]] const Escalation* escalation_for(AlertKind kind, Severity severity) const;
    [[nodiscard]] const Escalation* escalation_named(std::string_view name) const;
    [[nodiscard]] std::span<const Rota> rotas() const { return rotas_; }

    [[nodiscard]] std::vector<std::string> ways_of(const CallTarget& target, Time now) const;
    /// "eve", "eve, whose turn it is", "the way sms": for people.
    [[nodiscard]] std::string words_of(const CallTarget& target, Time now) const;

private:
    [[nodiscard]] const Rota* rota_named(std::string_view name) const;

    std::vector<Person> people_;
    std::vector<Rota> rotas_;
    std::vector<Escalation> escalations_;
};

}  // namespace tidegate::tell
