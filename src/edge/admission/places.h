#pragma once
// The places that there are, shared out: a listener may have some that are its alone.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "edge/admission/client_class.h"
#include "edge/admission/limit_log.h"
#include "edge/admission/pressure.h"
#include "edge/admission/reception.h"

namespace tidegate::edge {

struct ListenerPlaces {
    std::string name;
    std::size_t own = 0;  // places that are its alone; 0: it shares what is left with the others
};

/// A Reception and a Pressure for all listeners together, and one of its own for each that asked for places
/// of its own: a flood at one takes no place of another, shortens nobody's deadlines there and refuses no
/// class. What all share (servers, their lines) presses on all.
///
/// Sessions keep the places that they have when it is shared out anew: what a listener gave up, or has too
/// many of, is given to the others as these sessions end.
///
/// Thread: one at a time, the log's too.  Cost: O(listeners) to find one, else as Reception.  Fails: never.
/// Owner: `log` outlives it.
class Places {
    struct Part;
    struct Listener;

public:
    /// Of one session.
    class Place {
    public:
        [[nodiscard]] explicit operator bool() const { return part_ != nullptr; }

    private:
        friend class Places;
        Listener* listener_ = nullptr;
        Part* part_ = nullptr;
    };
    struct Arrival {
        Welcome welcome = Welcome::refused;
        Place place;  // where taken; gone() must follow, with the same address
    };

    /// `all`.most: all places together.
    Places(const ReceptionRules& all, const PressureRules& pressure, LimitLog& log);
    ~Places();
    Places(const Places&) = delete;
    Places& operator=(const Places&) = delete;

    /// Listeners of one name are one. Who is not named, now or later, shares what is left, which is at least
    /// one place whatever was asked for.
    void configure(Moment now, std::span<const ListenerPlaces> listeners);

    [[nodiscard]] Arrival arrive(Moment now, std::string_view listener, const Address& address,
                                 ClientClass which);
    void gone(Moment now, const Place& place, const Address& address, ClientClass which);
    /// More is known about a session that was taken in. It stays.
    static void moved(const Place& place, ClientClass from, ClientClass to);

    /// Pressure::level() where a listener's sessions are taken in, or where a place is.
    [[nodiscard]] double level(std::string_view listener) const;
    [[nodiscard]] static double level(const Place& place);
    [[nodiscard]] Deadlines deadlines(std::string_view listener, ClientClass which) const;
    /// Every second or so; `queue` is Admission::fullness(). True: somewhere there is more pressure than
    /// before.
    bool observe(Moment now, double queue);

    [[nodiscard]] std::size_t most() const { return all_.most; }
    [[nodiscard]] std::size_t held() const;
    [[nodiscard]] std::size_t held(ClientClass which) const;
    /// Whose limit it was, with places of its own; empty: of all others together.
    [[nodiscard]] std::string_view name_of(const LimitChange& change) const;

    struct Standing {
        std::string name;
        std::size_t sessions = 0;
        std::size_t own = 0;   // as ListenerPlaces
        std::size_t most = 0;  // own ones, or what those that share have together
        double pressure = 0;
    };
    /// Of each listener that is configured, or has sessions.
    [[nodiscard]] std::vector<Standing> standing() const;

private:
    [[nodiscard]] Part& shared() const { return *parts_.front(); }
    [[nodiscard]] Listener* find(std::string_view name) const;
    [[nodiscard]] Listener& listener(std::string_view name);
    [[nodiscard]] const Part& part_of(std::string_view listener) const;
    [[nodiscard]] Part& part_for(Moment now, const Listener& listener, std::size_t own);
    void share_out(Moment now);

    ReceptionRules all_;
    PressureRules pressure_;
    LimitLog& log_;
    std::uint32_t next_number_ = 0;
    std::vector<std::unique_ptr<Part>> parts_;  // the first: of all that have none of their own
    std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace tidegate::edge
