// Fills a journal as the daemon would have, for run_restart.
//   restart_fill FOLDER EVENTS TAIL
// EVENTS attempts through a real desk, and its checkpoint before the last TAIL of them.

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <string>

#include "app/ground.h"
#include "app/output.h"
#include "app/serve/checkpoint.h"
#include "app/serve/recorder.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t customers = 50'000, attackers = 2'000'000, targets = 100'000;
constexpr std::uint64_t flushed_every = 50'000;  // or the journal drops what waits

/// Attempts of customers at home and of guessers from everywhere, three guesses a log-in.
class Crowd {
public:
    Event next(Time time) {
        Event event;
        event.time = event.received = time;
        event.service = Service::imap;
        event.layer = Layer::auth;
        event.method = "PLAIN";
        const bool customer = pick(4) == 0;
        const std::uint64_t who = pick(customer ? customers : targets);
        account_ = fmt::format("{}{}@example.org", customer || who < customers ? "user" : "info", who);
        session_ = fmt::format("{:016x}", dice_());
        event.account = account_;
        event.session = session_;
        event.outcome = customer ? Outcome::success : Outcome::failure;
        event.reason = customer ? Reason::none : Reason::bad_password;
        const auto place = static_cast<std::uint32_t>(customer ? who : pick(attackers) * 61);
        event.address = Address::v4((customer ? 0x0a00'0000U : 0xf000'0000U) + place);
        return event;
    }

private:
    std::uint64_t pick(std::uint64_t below) { return dice_() % below; }

    std::mt19937_64 dice_{7};
    std::string account_, session_;
};

void say_if(const Result<void>& done) {
    if (done) return;
    say(done.error());
    std::exit(2);
}

void save(const guard::Desk& desk, const Recorder& recorder, Time time) {
    CheckpointBytes gathered;
    std::string detection;
    std::uint64_t sequence = 0;
    std::vector<Incident> incidents;
    desk.save({gathered.judge(), detection, incidents}, [&] { sequence = recorder.last(); });
    say_if(recorder.save(sequence, std::move(gathered).finish(
                                       time, detection, {.positions = {}, .sequence = sequence}, incidents)));
}

void fill(const std::string& folder, std::uint64_t events, std::uint64_t tail) {
    const auto ground = lay_ground({});
    const Time end = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    const Duration step = Duration(24h) / static_cast<std::int64_t>(events);
    tell::Telling telling([](std::string_view line) { return say(line), true; }, [] { return 0; });
    Recorder recorder(folder, [&] { return end; }, telling);
    if (!recorder.open({})) std::exit(2);
    guard::Desk desk(judge::Judge(ground->policy), ground->policy, guard::Mode::act,
                     {.record = [&](const guard::Folded& each) { recorder.record(each); }, .tell = {}});
    Crowd crowd;
    Time time = end - 24h;
    for (std::uint64_t i = 0; i < events; ++i, time += step) {
        desk.learn(crowd.next(time));
        if (i % flushed_every == 0) say_if(recorder.flush());
        if (i + tail == events) save(desk, recorder, time);
    }
    say_if(recorder.flush());
    const auto standing = recorder.standing();
    if (!standing) std::exit(2);
    fmt::print("{} entries, {} lost, {} MiB; memory {} MiB, {} addresses\n", standing->last, standing->lost,
               standing->size_bytes >> 20U, desk.memory().bytes >> 20U, desk.memory().addresses);
}

}  // namespace
}  // namespace tidegate::app

int main(int argc, char** argv) {
    if (argc != 4) {
        tidegate::app::say("restart_fill FOLDER EVENTS TAIL");
        return 2;
    }
    tidegate::app::fill(argv[1], std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10));
}
