#pragma once
// Streams of clients of several classes who want to enter one server through Admission.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "base/check.h"
#include "edge/admission/admission.h"
#include "server_model.h"

namespace tidegate::edge {

/// So many attempts a second of one class, from so many networks.
struct Stream {
    ClientClass client_class = ClientClass::fresh;
    double rate = 0;
    std::uint32_t networks = 1000;
    double dawdle = 0;  // seconds for which each holds its place beside the server's own time
    std::uint32_t first_network = 0;
};

struct Tally {
    std::uint64_t asked = 0, admitted = 0, shed = 0;
    std::map<ShedReason, std::uint64_t> reasons;
    std::vector<double> waits;  // of those admitted, seconds

    [[nodiscard]] double share() const { return asked == 0 ? 1 : double(admitted) / double(asked); }
    [[nodiscard]] double wait(double quantile) const {
        if (waits.empty()) return 0;
        std::vector<double> sorted = waits;
        std::ranges::sort(sorted);
        return sorted[static_cast<std::size_t>(quantile * double(sorted.size() - 1))];
    }
};

class TownOfClients {
public:
    TownOfClients(const AdmissionRules& rules, const LimiterRules& limiter, unsigned workers, double mean,
                  std::uint64_t seed)
        : admission(rules, log), server(workers, mean, false, seed), chance_(seed + 7) {
        index_ = admission.add_server(limiter);
    }

    /// One tally a stream.
    std::vector<Tally> run(double seconds, const std::vector<Stream>& streams) {
        std::vector<Tally> tallies(streams.size());
        tallies_ = &tallies;
        next_.assign(streams.size(), 0);
        for (std::size_t i = 0; i < streams.size(); ++i) next_[i] = arrival(streams[i]);
        const double end = now_ + seconds;
        served = 0;
        most_held = 0;
        while (step(end, streams)) most_held = std::max(most_held, server.held());
        now_ = end;
        tallies_ = nullptr;
        return tallies;
    }

    LimitLog log;
    Admission admission;
    struct Job {
        Ticket ticket = 0;
        double dawdle = 0;
    };
    ServerModel<Job> server;
    std::uint64_t served = 0;
    std::size_t most_held = 0;
    [[nodiscard]] double now() const { return now_; }
    [[nodiscard]] ServerIndex index() const { return index_; }

private:
    struct Leaving {
        double when = 0, took = 0;
        Ticket ticket = 0;
        friend bool operator<(const Leaving& a, const Leaving& b) { return a.when > b.when; }
    };
    // What owner says: which stream, and when it asked.
    struct Asked {
        std::size_t stream = 0;
        double when = 0;
        double dawdle = 0;
    };

    double arrival(const Stream& stream) {
        if (stream.rate <= 0) return std::numeric_limits<double>::infinity();
        return now_ + chance_.exponential(1 / stream.rate);
    }

    bool step(double end, const std::vector<Stream>& streams) {
        const auto arrives = static_cast<std::size_t>(std::ranges::min_element(next_) - next_.begin());
        const double leaves =
            leaving_.empty() ? std::numeric_limits<double>::infinity() : leaving_.top().when;
        const double next = std::min({next_[arrives], server.next(), leaves, tick_});
        if (next >= end) return false;
        now_ = next;
        if (next == tick_) {
            admission.tick(at(now_));
            tick_ += 0.1;
        } else if (next == leaves) {
            leave();
        } else if (next == server.next()) {
            finish();
        } else {
            ask(arrives, streams[arrives]);
        }
        hear();
        return true;
    }

    void ask(std::size_t which, const Stream& stream) {
        next_[which] = arrival(stream);
        const auto network =
            static_cast<std::uint32_t>(stream.first_network + chance_.below(stream.networks));
        const std::uint64_t owner = asked_.size();
        asked_.push_back({which, now_, stream.dawdle});
        ++(*tallies_)[which].asked;
        const Reply reply = admission.ask(
            at(now_), {index_, stream.client_class, Address::v4(10U << 24 | network << 8 | 1), owner});
        if (reply.ruling == Ruling::admitted) enter(reply.ticket, owner);
        if (reply.ruling == Ruling::shed) refuse(owner, reply.reason);
    }
    void enter(Ticket ticket, std::uint64_t owner) {
        const Asked& asked = asked_[owner];
        if (asked.stream < tallies_->size()) {
            Tally& tally = (*tallies_)[asked.stream];
            ++tally.admitted;
            tally.waits.push_back(now_ - asked.when);
        }
        server.take(now_, {ticket, asked.dawdle});
    }
    void refuse(std::uint64_t owner, ShedReason reason) {
        Tally& tally = (*tallies_)[asked_[owner].stream];
        ++tally.shed;
        ++tally.reasons[reason];
    }
    void finish() {
        const auto done = server.finish();
        leaving_.push({now_ + done.what.dawdle, now_ - done.since, done.what.ticket});
    }
    void leave() {
        const Leaving leaving = leaving_.top();
        leaving_.pop();
        ++served;
        admission.leave(at(now_), leaving.ticket, span_of(leaving.took), Served::answered);
    }
    void hear() {
        admission.drain(called_);
        for (const Called& each : called_) {
            if (each.ruling == Ruling::admitted)
                enter(each.ticket, each.owner);
            else
                refuse(each.owner, each.reason);
        }
    }

    ServerIndex index_ = 0;
    double now_ = 0, tick_ = 0;
    Chance chance_;
    std::vector<Tally>* tallies_ = nullptr;
    std::vector<double> next_;
    std::vector<Asked> asked_;
    std::vector<Called> called_;
    std::priority_queue<Leaving> leaving_;
};

}  // namespace tidegate::edge
