#pragma once
// What people and bots share: networks, names, programs, the clock's wheel, and who has logged in from where.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "drill/dice.h"
#include "drill/scenario.h"
#include "event/event.h"

namespace tidegate::drill {

/// Microseconds since Scenario::start.
using Moment = std::int64_t;
inline constexpr Moment a_second = 1'000'000, a_minute = 60 * a_second, an_hour = 60 * a_minute,
                        a_day = 24 * an_hour, never = INT64_MAX;
inline constexpr std::uint32_t no_account = 0xffff'ffff;

[[nodiscard]] constexpr Moment moment(double seconds) {
    return static_cast<Moment>(seconds * static_cast<double>(a_second));
}

/// An address and the AS that it really belongs to (index).
struct Place {
    Address address;
    std::uint32_t as = 0;
};

/// The internet. IPv4 lies in 240.0.0.0/4 (homes, the wide world) and 10.0.0.0/8 (mobile operators, hosting),
/// IPv6 in 3fff::/20 (RFC 9637); none of them is anybody's.  Thread: any.
class Networks {
public:
    Networks(const Scenario& scenario, std::uint64_t seed);

    /// An AS's block of /24s.
    struct As {
        std::uint32_t first = 0;  // /24
        std::uint32_t count = 0;
    };
    [[nodiscard]] const As& as(std::uint32_t index) const { return all_[index]; }
    [[nodiscard]] std::uint32_t access_count() const { return access_; }
    [[nodiscard]] std::uint32_t mobile(std::uint32_t index) const { return access_ + index; }
    [[nodiscard]] std::uint32_t hosting(std::uint32_t index) const {
        return access_ + mobile_ + index % hosting_count;
    }
    [[nodiscard]] std::uint32_t own() const { return access_ + mobile_ + hosting_count; }
    [[nodiscard]] std::uint32_t world(std::uint32_t index) const { return own() + 1 + index; }
    [[nodiscard]] std::uint32_t world_count() const { return world_; }
    [[nodiscard]] const Weighted& access_shares() const { return access_shares_; }

    /// A host in the n-th /24 of an AS.
    [[nodiscard]] Place v4(std::uint32_t as, std::uint32_t net, std::uint32_t host) const;
    /// A /64 in the `site`-th /48 of an AS.
    [[nodiscard]] Place v6(std::uint32_t as, std::uint32_t site, std::uint32_t subnet,
                           std::uint64_t interface) const;
    /// Somewhere in an access provider's network where homes are, by `key`.
    [[nodiscard]] Place home(std::uint64_t key) const;
    /// Another line of the same provider.
    [[nodiscard]] Place home_in(std::uint32_t as, std::uint64_t key) const;
    /// Somewhere in the wide world.
    [[nodiscard]] Place abroad(std::uint64_t key) const;
    /// One of the addresses that a mobile operator's phones share.
    [[nodiscard]] Place egress(std::uint32_t mobile, std::uint32_t index) const;
    [[nodiscard]] std::uint32_t egress_count() const { return egress_; }
    [[nodiscard]] std::uint32_t mobile_count() const { return mobile_; }

    /// What the AS table says, which may be wrong; 0: nothing.
    [[nodiscard]] std::uint32_t shown_number(const Place& place) const;

private:
    static constexpr std::uint32_t hosting_count = 20;

    const Scenario& scenario_;
    std::uint64_t seed_;
    std::uint32_t access_ = 0, mobile_ = 0, world_ = 0, egress_ = 0;
    std::vector<As> all_;
    Weighted access_shares_, world_shares_;
};

/// A mail program, or what imitates one.
struct Program {
    enum class Greets : std::uint8_t { fixed, literal, computer };  // what its EHLO says
    std::string fingerprint;                                        // JA4 of its TLS hello
    std::string ehlo;                                               // fixed
    Greets greets = Greets::fixed;
    std::string_view method;
    bool tls = true;
};

/// Every text of the events: made once, never moved.
class Texts {
public:
    Texts(const Scenario& scenario, std::uint64_t seed, std::uint32_t accounts);

    /// Of an account, or with `index` beyond these, of one that does not exist.
    [[nodiscard]] std::string_view account(std::uint64_t index) const {
        return names_[index % names_.size()];
    }
    [[nodiscard]] std::uint32_t invented_count() const {
        return static_cast<std::uint32_t>(names_.size()) - accounts_;
    }
    [[nodiscard]] std::string_view invented(std::uint64_t index) const {
        return names_[accounts_ + index % invented_count()];
    }
    [[nodiscard]] std::uint16_t add(Program program);
    [[nodiscard]] const Program& program(std::uint16_t index) const { return programs_[index]; }
    [[nodiscard]] std::string_view ehlo(std::uint16_t program, std::uint64_t who) const;
    /// A fingerprint that no other has.
    [[nodiscard]] static std::string fingerprint(std::uint64_t key);

private:
    std::uint32_t accounts_;
    std::string arena_;
    std::vector<std::string_view> names_;
    std::vector<Program> programs_;
    std::vector<std::string> greetings_;  // literals, then computers' names
};

/// Who comes next. A list for each second of the scenario.  Cost: no allocation once it has grown.
class Wheel {
public:
    struct Due {
        Moment at;
        std::uint32_t who;
        bool is_bot;
    };
    explicit Wheel(Moment end) : heads_(static_cast<std::size_t>(end / a_second + 1), none) {}
    /// Nothing happens for a moment beyond the end.
    void add(Moment at, std::uint32_t who, bool is_bot);
    /// Moves all of one second to `out`, in order of time.
    void take(std::size_t second, std::vector<Due>& out);

private:
    static constexpr std::uint32_t none = 0xffff'ffff;
    struct Node {
        Due due;
        std::uint32_t next;
    };
    std::vector<std::uint32_t> heads_;
    std::vector<Node> nodes_;
    std::uint32_t free_ = none;
};

/// A set of pairs of account and network.
class Familiar {
public:
    Familiar() : slots_(1 << 16) {}
    [[nodiscard]] static std::uint64_t key(std::uint32_t account, const Address& address) {
        return mix(address.network_key() ^ mix(account + 1ULL)) | 1;
    }
    [[nodiscard]] bool has(std::uint64_t key) const;
    void add(std::uint64_t key);

private:
    std::vector<std::uint64_t> slots_;
    std::size_t used_ = 0;
};

/// The simulated passwords: numbers that stand for texts.
namespace password {
[[nodiscard]] constexpr std::uint64_t popular(std::uint64_t rank) {
    return draw(0x706f'7075'6c61'72ULL, rank);
}
[[nodiscard]] constexpr std::uint64_t unique(std::uint64_t key) {
    return draw(0x756e'6971'7565ULL, key);
}
}  // namespace password

/// One try as it is, before a sensor looks at it.
struct Move {
    Moment at = 0;
    Place place;
    std::string_view account;
    std::uint64_t password = 0;
    std::uint64_t who = 0;  // for the EHLO name
    std::uint32_t account_index = no_account;
    std::uint32_t lists = 0;
    std::uint16_t program = 0;
    Service service = Service::imap;
    bool right = false;
    bool hostile = false;
    std::uint16_t group = 0;
    std::uint32_t actor = 0;
    std::uint64_t login = 0;
};

/// What all share.
struct World {
    World(const Scenario& s, std::uint64_t seed, std::uint32_t accounts)
        : scenario(s),
          networks(s, draw(seed, 1)),
          texts(s, draw(seed, 2), accounts),
          end(std::chrono::duration_cast<Duration>(s.end() - s.start).count()),
          wheel(end) {}

    const Scenario& scenario;
    Networks networks;
    Texts texts;
    Moment end;
    Wheel wheel;
    std::uint64_t logins = 0;  // numbers given out
};

}  // namespace tidegate::drill
