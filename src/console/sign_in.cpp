#include "console/sign_in.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/check.h"
#include "console/secrets.h"
#include "console/totp.h"
#include "event/json.h"

namespace tidegate::console {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view call = "POST /v1/session";
constexpr std::size_t longest_name = 64;
/// A flood of guesses must not fill the journal with entries; the judge has each of them anyway.
constexpr unsigned most_audited_an_hour = 200;

Event event_of(std::string_view account, const Caller& caller, Time now) {
    Event event;
    event.time = event.received = now;
    event.address = caller.address;
    event.kind = EventKind::attempt;
    event.service = Service::webmail;
    event.layer = Layer::webmail;
    event.tls = caller.is_secure;
    event.account = account;
    event.program = "tidegate/console";
    return event;
}

std::string checked_hash() {
    auto hash = hash_password(random_word());
    CHECK(hash.has_value());
    return *hash;
}

}  // namespace

struct SignIn::Try {
    std::string name, password, code;
    User user;  // its hash and secret are nobody's where there is no such user
    bool is_known = false;
    bool knows_place = false;
    bool fits = false;
    std::atomic<bool> is_checked = false;

    [[nodiscard]] std::string account() const { return "console:" + name; }
};

SignIn::SignIn(UserBook& book, Sessions& sessions, const ConsoleWorld& world)
    : book_(book),
      sessions_(sessions),
      world_(world),
      nobodys_hash_(checked_hash()),
      nobodys_secret_(random_bytes(totp_secret_bytes)) {}

void SignIn::answer(const net::Request& request, const Caller& caller, net::Response& response) {
    if (!request.was_put_off()) return begin(request, caller, response);
    const auto attempt = std::static_pointer_cast<Try>(request.left());
    // Woken before its time: too much is under way, and nobody waits then.
    if (!attempt || !attempt->is_checked.load(std::memory_order_acquire))
        return refuse_for(response, 503, 5s, "too much is under way", "try again in some seconds");
    finish(*attempt, request, caller, response);
}

void SignIn::begin(const net::Request& request, const Caller& caller, net::Response& response) {
    const auto body = Body::read(request.body());
    if (!body) return refuse(response, 400, "the body is no JSON object", "send name, password and code");
    const auto book = book_.read();
    if (!book) {
        world_.complain(book.error());
        return refuse_for(response, 503, 60s, "the users can't be read",
                          "the log says why; nobody can sign in until it is mended");
    }
    const auto attempt = try_of(**book, *body, caller);
    if (!may_go_on(*attempt, caller, response)) return audit(*attempt, caller, 429);
    const bool begun = worker_.start(
        [attempt, wake = request.waker()] {
            attempt->fits = password_fits(attempt->user.password, attempt->password);
            attempt->is_checked.store(true, std::memory_order_release);
            if (wake) wake();
        },
        attempt->knows_place);
    if (begun) return response.put_off(attempt);
    bound_.give_back(caller.address, attempt->name);
    refuse_for(response, 503, 5s, "too many log-ins at once", "try again in some seconds");
}

std::shared_ptr<SignIn::Try> SignIn::try_of(const Book& book, const Body& body, const Caller& caller) const {
    auto out = std::make_shared<Try>();
    out->name = body.text("name", longest_name);
    out->password = body.text("password", longest_password);
    out->code = body.text("code");
    out->user.password = nobodys_hash_;
    out->user.totp = nobodys_secret_;
    if (const User* user = book.user(out->name)) {
        out->user = *user;
        out->is_known = true;
        out->knows_place = std::ranges::any_of(
            user->places, [&](const Prefix& each) { return each.contains(caller.address); });
    }
    return out;
}

bool SignIn::may_go_on(const Try& attempt, const Caller& caller, net::Response& response) {
    if (const auto wait =
            bound_.take(caller.address, attempt.name, attempt.knows_place, world_.monotonic())) {
        refuse_for(response, 429, *wait, "too many wrong tries",
                   "wait, or sign in from where you did before");
        return false;
    }
    const std::string account = attempt.account();
    if (world_.may_try(event_of(account, caller, world_.now()))) return true;
    refuse_for(response, 429, 300s, "Tidegate's own judge stops log-ins from there",
               "wait some minutes; `tidegate why ADDRESS` on the machine says why");
    return false;
}

void SignIn::finish(const Try& attempt, const net::Request& request, const Caller& caller,
                    net::Response& response) {
    // Both are looked at, whichever is wrong: the time that it takes shall not say which.
    const Time now = world_.now();
    const auto step = matching_step(attempt.user.totp, attempt.code, now, attempt.user.used_step);
    const bool is_right = attempt.is_known && attempt.fits && step && take_step(attempt, *step);
    const std::string account = attempt.account();
    Event event = event_of(account, caller, now);
    event.outcome = is_right ? Outcome::success : Outcome::failure;
    if (!is_right) event.reason = attempt.is_known ? Reason::bad_password : Reason::unknown_account;
    world_.report(event);
    if (!is_right) return turn_away(attempt, caller, response);
    remember(attempt, caller, *step);
    welcome(attempt, request, caller, response);
}

bool SignIn::take_step(const Try& attempt, std::uint64_t step) {
    const std::scoped_lock lock(mutex_);
    std::uint64_t& used = used_steps_[attempt.name];
    if (step <= used) return false;
    used = step;
    return true;
}

void SignIn::remember(const Try& attempt, const Caller& caller, std::uint64_t step) {
    const Prefix place = network_of(caller.address);
    const auto done = book_.change([&](Book& book) -> Result<void> {
        User* user = book.user(attempt.name);
        if (user == nullptr) return {};  // removed meanwhile: his session is over at its first call
        user->used_step = std::max(user->used_step, step);
        std::erase(user->places, place);
        user->places.insert(user->places.begin(), place);
        if (user->places.size() > most_places) user->places.pop_back();
        return {};
    });
    if (!done) world_.complain(done.error());
}

void SignIn::welcome(const Try& attempt, const net::Request& request, const Caller& caller,
                     net::Response& response) {
    bound_.give_back(caller.address, attempt.name);
    const std::string_view cookie = cookie_name(caller);
    sessions_.end(cookie_in(request.header("Cookie").value_or(""), cookie));
    const auto opened = sessions_.open(attempt.name, stamp_of(attempt.user), world_.monotonic());
    const Time now = world_.now();
    {
        const std::scoped_lock lock(mutex_);
        seen_[attempt.name] = now;
    }
    audit(attempt, caller, 200);
    response.header("Set-Cookie", fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}", cookie,
                                              opened.word, caller.is_secure ? "; Secure" : ""));
    reply(response, fmt::format(R"({{"name":{},"role":"{}","csrf":"{}","expires":"{}"}})",
                                json_string(attempt.name), name(attempt.user.role), opened.csrf,
                                rfc3339(std::chrono::floor<std::chrono::seconds>(now + opened.lasts))));
}

void SignIn::turn_away(const Try& attempt, const Caller& caller, net::Response& response) {
    audit(attempt, caller, 401);
    refuse(response, 401, "name, password or code is wrong", "a code counts once: wait for the next one");
}

bool SignIn::may_audit(unsigned result) {
    if (result == 200) return true;
    const Moment now = world_.monotonic();
    const std::scoped_lock lock(mutex_);
    if (now >= hour_ + 1h) {
        hour_ = now;
        audited_wrong_ = 0;
    }
    return ++audited_wrong_ <= most_audited_an_hour;
}

void SignIn::audit(const Try& attempt, const Caller& caller, unsigned result) {
    if (!may_audit(result)) return;
    world_.audit({.who = attempt.name,
                  .by = result == 200 ? "session" : "none",
                  .from = caller.address,
                  .call = std::string(call),
                  .result = result});
}

std::optional<Time> SignIn::last_seen(const std::string& user) const {
    const std::scoped_lock lock(mutex_);
    const auto found = seen_.find(user);
    return found == seen_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace tidegate::console
