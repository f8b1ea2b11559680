#pragma once
// Who opens connections to port 25 for their own sake.

#include <string>
#include <string_view>
#include <vector>

#include "drill/crowd/shore.h"

namespace tidegate::drill {

class Senders;

/// Every flood of a scenario.  Thread: one at a time.  Cost: some events for each connection.
class Floods {
public:
    /// `senders`: in whose networks some of them are.
    Floods(Shore& shore, const Senders& senders, std::uint64_t seed);

    void start();
    void next(Moment at, std::uint32_t flood);
    void redial(Moment at, CallId call);
    void speak(Moment at, CallId call);
    void hang_up(Moment at, CallId call);
    void hear(const Reply& reply);

private:
    enum class Manner : std::uint8_t { silent, slow, handshake, smtp };
    struct Bot {
        Guest guest;
        std::uint32_t later = 0;  // lists that name it from `listed_at` on
        Moment listed_at = never;
        bool early = false, leaves = false, follows = false, gone = false;
        std::uint8_t unheard = 0;  // connections in a row of which nothing was heard
    };
    struct Force {
        Weighted manners;
        std::vector<Bot> bots;
        double a_second = 0;
        std::uint64_t ehlo = 0;
    };

    void make(const Flood& flood, const Senders& senders, Force& force);
    [[nodiscard]] std::string_view recipient_of(const Flood& flood);
    void dial(Moment at, CallId call);
    void end(CallId call);

    Shore& shore_;
    Dice dice_, to_whom_;  // each for itself, so that neither changes what the other draws
    std::vector<Force> forces_;
    std::vector<std::string> ehlo_;
    struct Live {
        Manner manner = Manner::silent;
        std::uint8_t syns = 0;
        std::string_view recipient{};
    };
    std::vector<Live> live_;  // by call
};

}  // namespace tidegate::drill
