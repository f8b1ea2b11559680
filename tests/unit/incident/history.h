#pragma once
// Hand-made histories of customers and bots, told to Incidents as the program would.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "event/event.h"
#include "event/notice.h"
#include "event/verdict.h"
#include "tell/incident/incidents.h"

namespace tidegate::tell {

/// 2024-03-11, a Monday, midnight UTC.
inline constexpr std::int64_t monday = 1'710'115'200;
inline constexpr std::int64_t minute = 60, hour = 3600, day = 86'400;

[[nodiscard]] constexpr Time at(std::int64_t seconds) {
    return time_of_unix(monday + seconds);
}

/// What one second brings. Rates are a minute; fractions add up.
struct Rates {
    double customers = 60;   // log-ins of people who are at home
    double slips = 0;        // their typing errors
    double bots = 0;         // guesses from everywhere
    double stopped = 0;      // share of these that is stopped
    double faults = 0;       // of customers' log-ins, the share that our servers fail
    std::string_view aim{};  // the account or the domain ("@example.net") that bots want; empty: any
    double aimed = 1;        // share of them that does
    double database_ms = 3;
};

/// Plays seconds. Everything is at IMAP, every third at POP3.
class History {
public:
    explicit History(IncidentSettings settings = {}) : incidents(settings) {}

    void play(std::int64_t from, std::int64_t until, const Rates& rates) {
        for (std::int64_t second = from; second < until; ++second) {
            now_ = at(second);
            people(rates);
            bots(rates);
            incidents.tell(HopNotice{.time = now_,
                                     .hop = Hop::database,
                                     .latency = Duration(static_cast<int>(rates.database_ms * 1000)),
                                     .times = 2});
        }
        incidents.tick(at(until));
    }
    /// An alarm of failures; told once more with `closed` to end it.
    void alarm(std::uint64_t id, std::int64_t opened, std::string_view volume = "failures",
               Service service = Service::imap, bool upwards = true, std::int64_t since_before = 40) {
        alarm_ = {.id = id,
                  .series = {std::string(volume), service},
                  .upwards = upwards,
                  .since = at(opened - since_before),
                  .opened = at(opened),
                  .score = 3.5,
                  .observed = 812,
                  .expected = 41,
                  .standard_error = 5};
        incidents.tell(alarm_);
    }
    void alarm_over(std::uint64_t id, std::int64_t closed) {
        alarm_.id = id;
        alarm_.closed = at(closed);
        incidents.tell(alarm_);
        alarm_.closed = {};
    }
    void hours_table(std::int64_t start, double percent, double normal = 3600) {
        incidents.tell(HourNotice{.start = at(start),
                                  .series = {"attempts", Service::unknown},
                                  .observed = normal * (1 + percent / 100),
                                  .expected = normal,
                                  .standard_error = normal / 100,
                                  .customers = normal,
                                  .customers_error = normal / 200});
    }

    Event& attempt(std::int64_t second, Address from, std::string_view account, Outcome outcome,
                   const Verdict& verdict = {}, Reason reason = Reason::bad_password) {
        event_ = {};
        event_.time = at(second);
        event_.address = from;
        event_.service = Service::imap;
        event_.account = account;
        event_.outcome = outcome;
        event_.reason = outcome == Outcome::success ? Reason::none : reason;
        incidents.see(event_, verdict);
        return event_;
    }

    Incidents incidents;

private:
    void send(Address from, std::string_view account, Outcome outcome, Reason reason,
              const Verdict& verdict) {
        event_ = {};
        event_.time = now_;
        event_.address = from;
        event_.service = ++sent_ % 3 == 0 ? Service::pop3 : Service::imap;
        event_.account = account;
        event_.outcome = outcome;
        event_.reason = reason;
        event_.node = "mx1";
        incidents.see(event_, verdict);
    }
    void people(const Rates& rates) {
        Verdict home;
        home.familiar = true;
        for (due_customers_ += rates.customers / 60; due_customers_ >= 1; due_customers_ -= 1) {
            const std::uint32_t who = ++customers_ % 500;
            const std::string name = "customer" + std::to_string(who) + "@example.org";
            const Address from = Address::v4(0x0a00'0007 + who * 256);
            due_faults_ += rates.faults;
            due_slips_ += rates.slips / rates.customers;
            const bool fault = due_faults_ >= 1, slip = due_slips_ >= 1;
            if (fault) due_faults_ -= 1;
            if (slip) due_slips_ -= 1;
            if (slip) send(from, name, Outcome::failure, Reason::bad_password, home);
            send(from, name, fault ? Outcome::failure : Outcome::success,
                 fault ? Reason::internal : Reason::none, home);
        }
    }
    void bots(const Rates& rates) {
        for (due_bots_ += rates.bots / 60; due_bots_ >= 1; due_bots_ -= 1) {
            const std::uint32_t who = ++bots_;
            due_stopped_ += rates.stopped;
            due_aimed_ += rates.aimed;
            Verdict verdict;
            if (due_stopped_ >= 1) {
                due_stopped_ -= 1;
                verdict.measure = Measure::refuse;
            }
            const bool aimed = !rates.aim.empty() && due_aimed_ >= 1;
            if (due_aimed_ >= 1) due_aimed_ -= 1;
            // The sources are many: each comes once.
            send(Address::v4(0xf000'0000U + who * 77), aimed ? aimed_at(rates, who) : anybody(who),
                 Outcome::failure, Reason::bad_password, verdict);
        }
    }
    static std::string anybody(std::uint32_t who) {
        // Every domain gets as much guessing as it has customers.
        return "customer" + std::to_string(who * 7919 % 500) + "@example.org";
    }
    static std::string aimed_at(const Rates& rates, std::uint32_t who) {
        if (!rates.aim.starts_with('@')) return std::string(rates.aim);
        return "user" + std::to_string(who % 400) + std::string(rates.aim);
    }

    AlarmNotice alarm_;
    Event event_;
    Time now_{};
    double due_customers_ = 0, due_slips_ = 0, due_faults_ = 0, due_bots_ = 0, due_stopped_ = 0,
           due_aimed_ = 0;
    std::uint32_t customers_ = 0, bots_ = 0, sent_ = 0;
};

}  // namespace tidegate::tell
