#pragma once
// Where clients come in, and the domains that operators moved to a listener of their own.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/serve/domain_moves.h"
#include "app/serve/edge_plan.h"
#include "base/error.h"
#include "base/time.h"
#include "edge/admission/moved_domains.h"
#include "edge/admission/places.h"

namespace tidegate::app {

struct ListenerStanding {
    std::string name;
    edge::Protocol protocol = edge::Protocol::smtp;
    std::vector<std::string> places;  // where it listens
    edge::Places::Standing sessions;
    std::vector<DomainMove> domains;  // moved to it, by name
};

/// What an order comes to. It holds in any case; where it could not be written, until a restart.
struct MoveAct {
    DomainMove move;
    std::string text;
    std::optional<Error> unwritten;
};

/// Orders outlive a restart and a reload. One whose listener is not configured, or takes no mail, waits for
/// that: until then its domain's mail is taken everywhere, or it would be taken nowhere.
///
/// Thread: any.  Cost: an order waits for the disk, and everybody who orders with it.
class Listeners {
public:
    struct World {
        std::function<Time()> clock;
        /// An order's time is over, or its listener is not there. May not call back.
        std::function<void(const DomainMove& move, std::string_view why)> told;
        /// Writes what read_domain_moves() reads at the next start.
        std::function<Result<void>(std::string_view text)> keep;
    };

    /// `moves`: those of before.
    Listeners(World world, std::vector<DomainMove> moves);

    /// The plan's entrances from now on; of two with one name the first.
    void give(const EdgePlan& plan);
    /// Once a second.
    void tick();

    /// Fails: no such listener, one that takes no mail, one without sessions of its own where nobody forces
    /// it, too many moves. `move`.domain is as domain_named() has it.
    [[nodiscard]] Result<MoveAct> move(const DomainMove& move, bool force);
    /// Fails: it is not moved.
    [[nodiscard]] Result<MoveAct> back(std::string_view domain);

    [[nodiscard]] bool knows(std::string_view listener) const;
    /// In the configuration's order. `sessions`: of SharedAdmission::standing().
    [[nodiscard]] std::vector<ListenerStanding> standing(
        std::span<const edge::Places::Standing> sessions) const;
    /// Orders that wait for their listener.
    [[nodiscard]] std::vector<DomainMove> waiting() const;
    /// For the sessions.
    [[nodiscard]] std::shared_ptr<const edge::MovedDomainsNow> moved() const { return moved_; }

private:
    struct Known {
        std::string name;
        edge::Protocol protocol = edge::Protocol::smtp;
        std::vector<std::string> places;
        std::size_t own = 0;
    };

    [[nodiscard]] const Known* find(std::string_view listener) const;
    [[nodiscard]] bool holds(const DomainMove& move) const;
    [[nodiscard]] std::vector<DomainMove> those_that(bool hold) const;
    [[nodiscard]] std::optional<Error> objection(const DomainMove& move, bool force) const;
    void publish() const;
    [[nodiscard]] MoveAct keep(DomainMove move, std::string text);
    [[nodiscard]] Error no_listener(std::string_view listener) const;

    World world_;
    std::shared_ptr<edge::MovedDomainsNow> moved_ = std::make_shared<edge::MovedDomainsNow>();
    std::mutex ordering_;       // one act at a time, with its writing
    mutable std::mutex mutex_;  // guards the rest; never held while something is waited for
    std::vector<Known> known_;
    std::map<std::string, DomainMove, std::less<>> moves_;  // by domain
};

}  // namespace tidegate::app
