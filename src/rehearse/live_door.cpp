#include "rehearse/live_door.h"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "net/child.h"

namespace tidegate::rehearse {

namespace asio = net::asio;
using namespace std::chrono_literals;
using drill::Answer;
using drill::CallerKind;
using drill::CallId;
using drill::Moment;
using drill::Port;

/// Kept by its coroutines; `over` as soon as its caller knows how it ended.
struct LiveDoor::Session {
    enum class Wish : std::uint8_t { none, speak, begin_tls };

    explicit Session(asio::io_context& context) : line(context) {}

    ClientLine line;
    CallId call = 0;
    drill::Caller caller;
    drill::Guest guest;
    drill::Words words;
    Wish wish = Wish::none;
    bool over = false;
    bool logged_in = false;
};

LiveDoor::Session* LiveDoor::session(CallId call) {
    return call < sessions_.size() ? sessions_[call].get() : nullptr;
}

void LiveDoor::call(Moment, CallId call, std::uint32_t, const drill::Guest& guest) {
    if (call >= sessions_.size()) sessions_.resize(call + std::size_t{1});
    CHECK(!sessions_[call]);
    auto its = std::make_shared<Session>(world_.context);
    its->call = call;
    its->caller = world_.calls.caller(call);
    its->guest = guest;
    sessions_[call] = its;
    ++traffic_.connections;
    asio::co_spawn(world_.context, run(std::move(its)), asio::detached);
}

void LiveDoor::speak(Moment, CallId call, const drill::Words& words) {
    Session* const its = session(call);
    if (its == nullptr) return;
    its->words = words;
    its->wish = Session::Wish::speak;
    its->line.poke();
}

void LiveDoor::begin_tls(Moment, CallId call) {
    Session* const its = session(call);
    if (its == nullptr) return;
    its->wish = Session::Wish::begin_tls;
    its->line.poke();
}

void LiveDoor::trickle(Moment, CallId call) {
    if (session(call) != nullptr) asio::co_spawn(world_.context, drip(sessions_[call]), asio::detached);
}

void LiveDoor::hang_up(Moment, CallId call) {
    Session* const its = session(call);
    if (its == nullptr) return;
    its->over = true;
    its->line.close();
    sessions_[call].reset();
    std::erase_if(replies_, [&](const drill::Reply& each) { return each.call == call; });  // nobody listens
}

void LiveDoor::take_replies(std::vector<drill::Reply>& out) {
    out.clear();
    std::swap(out, replies_);
}

void LiveDoor::end() {
    for (CallId call = 0; call < sessions_.size(); ++call) hang_up(0, call);
}

// ---- one connection

// Whoever only waits for something to say also hears the end.
asio::awaitable<void> LiveDoor::run(Shared its) {
    if (!co_await greeted(its)) co_return;
    while (!its->over) {
        if (co_await its->line.stir()) {
            if (its->line.drain()) continue;
            ended(*its);
            break;
        }
        co_await talk(its);
    }
}

asio::awaitable<bool> LiveDoor::greeted(Shared its) {
    const bool mail = its->guest.port == Port::smtp;
    const int failed = co_await its->line.connect(its->guest.address, mail ? smtp_ : imap_);
    if (its->over) co_return false;
    if (failed != 0) {
        if (failed != ECONNREFUSED && failed != ECONNRESET && failed != ETIMEDOUT &&
            traffic_.failed_here++ == 0)
            traffic_.why_here = net::reason_of(failed);
        answer(*its, Answer::nothing);
        co_return false;
    }
    const bool welcome =
        mail ? co_await its->line.reply() == 220 : (co_await its->line.line()).starts_with("* OK");
    if (its->over) co_return false;
    if (!welcome && !its->line.was_spoken_to()) unheard(*its);
    answer(*its, welcome ? Answer::greeted : Answer::closed);
    co_return welcome;
}

asio::awaitable<void> LiveDoor::talk(Shared its) {
    const auto wish = std::exchange(its->wish, Session::Wish::none);
    if (wish == Session::Wish::none) co_return;
    if (wish == Session::Wish::begin_tls) {
        co_await rehearse::begin_tls(its->line, "host.example.net");
        co_return;
    }
    if (its->guest.port == Port::imap) {
        ++traffic_.log_ins;
        const Answer said =
            co_await log_in(its->line, world_.accounts[its->caller.who % world_.accounts.size()]);
        if (its->over) co_return;
        traffic_.wrong_passwords += said == Answer::rejected;
        its->logged_in = said == Answer::taken;
        answer(*its, said);
        co_return;
    }
    const std::uint64_t number = traffic_.mails++;
    const Answer said =
        co_await bring(its->line, letter(world_.post, number, its->words, its->caller.deserves));
    traffic_.mails_taken += said == Answer::taken;
    if (its->over) co_return;
    if (said == Answer::refused && traffic_.refused_words.empty()) traffic_.refused_words = its->line.heard();
    answer(*its, said);
}

// A byte now and then, of a command that never ends.
asio::awaitable<void> LiveDoor::drip(Shared its) {
    constexpr auto between = 2s;
    asio::steady_timer pause(world_.context);
    constexpr std::string_view begin = "EHLO ";
    for (std::size_t n = 0; !its->over; ++n) {
        its->line.drip(n < begin.size() ? begin[n] : 'a');
        pause.expires_after(between);
        co_await pause.async_wait(net::as_values);
    }
}

void LiveDoor::ended(Session& its) {
    if (its.over) return;
    if (!its.logged_in) return answer(its, Answer::closed);
    const bool asked = its.line.heard().contains("* BYE [UNAVAILABLE] Your mailbox is served elsewhere");
    answer(its, asked && !world_.leaving() ? Answer::moved : Answer::cut);
}

// Greeted, or there: it goes on. Anything else is the end of it.
void LiveDoor::answer(Session& its, Answer answer) {
    const bool goes_on =
        answer == Answer::greeted || (answer == Answer::taken && its.guest.port == Port::imap);
    replies_.push_back({its.call, answer, world_.now()});
    if (!goes_on) {
        its.over = true;
        its.line.close();
        sessions_[its.call].reset();
    }
    world_.replied();
}

// No firewall drops anything here: who is in silence, or whom there is no place for, is closed without a
// word. Which of them it is the daemon's log says.
void LiveDoor::unheard(const Session& its) {
    if (its.caller.kind == CallerKind::flood) ++world_.counts.floods[its.caller.group].silenced;
    if (its.caller.kind == CallerKind::sender && !world_.scenario.mail[its.caller.group].spam)
        unheard_senders_.push_back(its.guest.address);
}

}  // namespace tidegate::rehearse
