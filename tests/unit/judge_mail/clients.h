#pragma once
// Clients of port 25, and a judge to try them on.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "judge/mail/mail_judge.h"

namespace tidegate::judge {

/// One client; its texts are its own.
struct Client {
    std::string address = "192.0.2.1", ehlo = "mx.example.org";
    bool early = false;
    std::uint32_t lists = 0;

    [[nodiscard]] Client at(std::string where) const {
        Client out = *this;
        out.address = std::move(where);
        return out;
    }
    [[nodiscard]] Client named(std::string name) const {
        Client out = *this;
        out.ehlo = std::move(name);
        return out;
    }
    [[nodiscard]] Client listed(std::uint32_t bits) const {
        Client out = *this;
        out.lists = bits;
        return out;
    }
    [[nodiscard]] Client too_early() const {
        Client out = *this;
        out.early = true;
        return out;
    }
    /// Its texts point into this Client.
    [[nodiscard]] Event event(std::int64_t seconds, EventKind kind, Outcome outcome = Outcome::none,
                              Reason reason = Reason::none) const {
        Event out;
        out.time = time_of_unix(seconds);
        if (!address.empty()) out.address = Address::parse(address).value();
        out.service = Service::smtp;
        out.kind = kind;
        out.outcome = outcome;
        out.reason = reason;
        out.ehlo = ehlo;
        out.early = early;
        out.lists = lists;
        return out;
    }
};

/// A judge with a clock: `now` is moved by hand.
class Mx {
public:
    static constexpr std::int64_t begin = 1'790'000'000;  // 2026-09-21
    static constexpr std::int64_t minute = 60, hour = 3600, day = 86'400;

    explicit Mx(MailPolicy given = {}) : judge(std::make_shared<const MailPolicy>(std::move(given))) {}

    [[nodiscard]] Verdict ask(const Client& client) const {
        return judge.consider(client.event(now, EventKind::attempt));
    }
    [[nodiscard]] Verdict greet(const Client& client) const {
        return judge.consider(client.event(now, EventKind::connect));
    }
    /// Brings a mail, as far as it is let: asked, and what was answered is remembered.
    Verdict bring(const Client& client) {
        Event event = client.event(now, EventKind::attempt);
        const Verdict verdict = judge.consider(event);
        event.measure = verdict.measure;
        judge.learn(event);
        return verdict;
    }
    void taken(const Client& client, int times = 1) {
        for (int i = 0; i < times; ++i) judge.learn(client.event(now, EventKind::attempt, Outcome::success));
    }
    void refused(const Client& client, int times = 1, Reason reason = Reason::other) {
        for (int i = 0; i < times; ++i)
            judge.learn(client.event(now, EventKind::attempt, Outcome::failure, reason));
    }
    void unknown(const Client& client, int times = 1) {
        for (int i = 0; i < times; ++i)
            judge.learn(client.event(now, EventKind::reject, Outcome::failure, Reason::unknown_recipient));
    }
    void spoke_early(const Client& client) { judge.learn(client.too_early().event(now, EventKind::connect)); }
    [[nodiscard]] bool knows(const Client& client) const {
        return judge.is_known_sender(Address::parse(client.address).value());
    }

    MailJudge judge;
    std::int64_t now = begin;
};

[[nodiscard]] inline Decibans weight_of(const Verdict& verdict, EvidenceKind kind) {
    for (const Evidence& each : verdict.evidence.items())
        if (each.kind == kind) return each.weight;
    return {};
}

/// Listed, with a name that no server has: enough to be asked to come again, not to be refused.
[[nodiscard]] inline Client doubtful() {
    return Client{.address = "203.0.113.9", .ehlo = "pc", .early = false, .lists = 1};
}
/// ... and talks too early, under one of our names: no doubt is left.
[[nodiscard]] inline Client certain() {
    return Client{.address = "203.0.113.66", .ehlo = "192.0.2.200", .early = true, .lists = 1};
}

}  // namespace tidegate::judge
