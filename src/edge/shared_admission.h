#pragma once
// Admission as the live edge's threads share it: who is taken in, who waits for which server, who is not
// answered.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "edge/admission/admission.h"
#include "edge/admission/places.h"
#include "edge/admission/pressure.h"
#include "edge/admission/reception.h"
#include "edge/admission/silence.h"
#include "net/conversation.h"

namespace tidegate::edge {

/// How much is admitted.
struct AdmissionSettings {
    AdmissionRules lines;
    LimiterRules limiter;  // of every server
    ReceptionRules reception;
    PressureRules pressure;
    SilenceRules silence;
};

/// Places, Admission and Silence behind one lock, with the clock, and places that give
/// themselves back. Thread: any.  Cost: a microsecond or so under the lock for each connection, each attempt
/// and their ends. Owner: outlives its places.
class SharedAdmission {
public:
    /// Called with no lock held. `limit`: a limit changed; `whose` is for text(). `silence`: the kernel is to
    /// drop what comes from there for so long; 0: no longer.
    struct Hooks {
        std::function<void(const LimitChange& change, std::string_view whose)> limit;
        std::function<void(const Prefix& network, std::chrono::seconds time)> silence;
    };

    /// One session's place, until it is destroyed.  Thread: its session's.
    class Seat {
    public:
        Seat() = default;
        Seat(Seat&& other) noexcept;
        Seat& operator=(Seat&& other) noexcept;
        ~Seat();

        [[nodiscard]] explicit operator bool() const { return admission_ != nullptr; }
        [[nodiscard]] ClientClass client_class() const { return class_; }
        /// More is known.
        void move(ClientClass to);
        /// The session will not have been in vain (Silence): somebody logged in, mail was taken, or that it
        /// was not is no fault of the client's.
        void excuse() { ending_ = Ending::excused; }
        /// All that its client heard was that its mail is taken elsewhere (Silence::sent_elsewhere()).
        void send_elsewhere() {
            if (ending_ == Ending::in_vain) ending_ = Ending::elsewhere;
        }
        [[nodiscard]] bool is_excused() const { return ending_ == Ending::excused; }

    private:
        friend class SharedAdmission;
        enum class Ending : std::uint8_t { in_vain, elsewhere, excused };
        SharedAdmission* admission_ = nullptr;
        Places::Place place_;
        Address address_;
        ClientClass class_ = ClientClass::fresh;
        Ending ending_ = Ending::in_vain;
    };

    /// One attempt's place at a server, or in its waiting room; given up when it is destroyed.
    /// Thread: its session's.
    class Entry {
    public:
        Entry() = default;
        Entry(Entry&& other) noexcept;
        Entry& operator=(Entry&& other) noexcept;
        ~Entry();

        /// `queued` until it is called.
        [[nodiscard]] Ruling ruling() const;
        [[nodiscard]] ShedReason reason() const;
        /// Admitted, and done: `took` is the server's own time.
        void leave(Span took, Served served);

    private:
        friend class SharedAdmission;
        struct Waiting;
        void give_up();
        SharedAdmission* admission_ = nullptr;
        Ticket ticket_ = 0;
        std::uint64_t owner_ = 0;
        std::shared_ptr<Waiting> waiting_;
        Ruling ruling_ = Ruling::shed;
        ShedReason reason_ = ShedReason::none;
    };

    SharedAdmission(const AdmissionSettings& settings, Hooks hooks);
    ~SharedAdmission();
    SharedAdmission(const SharedAdmission&) = delete;
    SharedAdmission& operator=(const SharedAdmission&) = delete;

    struct Arrival {
        Welcome welcome = Welcome::refused;
        bool silent = false;  // closed without a word
        Seat seat;            // where taken
    };
    /// `listener`: the name of where it came in.
    [[nodiscard]] Arrival arrive(const Address& address, ClientClass which, std::string_view listener = {});
    /// How the places are shared out from now on (Places::configure()).
    void share_out(std::span<const ListenerPlaces> listeners);

    /// `called` in any thread, once, if it was queued and is so no longer; perhaps before this returns.
    [[nodiscard]] Entry enter(std::string_view server, ClientClass which, const Address& address,
                              net::Waker called);

    /// Of who came in at that listener.
    [[nodiscard]] Deadlines deadlines(ClientClass which, std::string_view listener = {}) const;
    /// Its sessions or the queues fill up: more than half of the way.
    [[nodiscard]] bool is_pressed(std::string_view listener = {}) const;
    /// Silence::familiar().
    void familiar(const Address& address);
    /// Every 100 ms.
    void tick();

    struct Standing {
        struct Server {
            std::string name;
            unsigned limit = 0, in_flight = 0;
            std::size_t queued = 0;
        };
        double pressure = 0;  // of the places that all share who have none of their own
        std::size_t sessions = 0, most = 0;
        ByClass<std::size_t> by_class;
        std::vector<Server> servers;
        std::vector<Places::Standing> listeners;
    };
    [[nodiscard]] Standing standing() const;

private:
    struct State;
    using Calls = std::vector<net::Waker>;
    void call(const Calls& calls);

    std::unique_ptr<State> state_;
};

}  // namespace tidegate::edge
