#include "edge/shared_admission.h"

#include <atomic>
#include <utility>

namespace tidegate::edge {
namespace {

Moment now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

/// What its session looks at once it was called.
struct SharedAdmission::Entry::Waiting {
    net::Waker called;
    ShedReason reason = ShedReason::none;  // written before `ruling`
    std::atomic<Ruling> ruling = Ruling::queued;
};

struct SharedAdmission::State {
    State(const AdmissionSettings& with, Hooks given)
        : settings(with),
          hooks(std::move(given)),
          lines(settings.lines, log),
          places(settings.reception, settings.pressure, log),
          silence(settings.silence, log) {}

    ServerIndex index_of(std::string_view name);
    [[nodiscard]] std::string whose(const LimitChange& change) const;
    [[nodiscard]] Calls collect();

    const AdmissionSettings settings;
    const Hooks hooks;
    std::mutex mutex;  // guards all below
    LimitLog log;
    Admission lines;
    Places places;
    Silence silence;
    std::vector<std::string> servers;
    std::unordered_map<std::uint64_t, std::shared_ptr<Entry::Waiting>> waiting;  // by Applicant::owner
    std::uint64_t next_owner = 1;
    std::vector<Called> called;
};

ServerIndex SharedAdmission::State::index_of(std::string_view name) {
    for (std::size_t i = 0; i < servers.size(); ++i)
        if (servers[i] == name) return static_cast<ServerIndex>(i);
    const ServerIndex index = lines.add_server(settings.limiter);
    servers.resize(index + 1);
    servers[index] = name;
    return index;
}

std::string SharedAdmission::State::whose(const LimitChange& change) const {
    if (!is_of_server(change.what)) return std::string(places.name_of(change));
    return change.server < servers.size() ? servers[change.server] : std::string();
}

// Those whose turn has come, to be woken without the lock.
SharedAdmission::Calls SharedAdmission::State::collect() {
    Calls calls;
    lines.drain(called);
    for (const Called& each : called) {
        const auto found = waiting.find(each.owner);
        if (found == waiting.end()) continue;
        const auto one = std::move(found->second);
        waiting.erase(found);
        one->reason = each.reason;
        one->ruling.store(each.ruling, std::memory_order_release);
        calls.push_back(std::move(one->called));
    }
    return calls;
}

SharedAdmission::SharedAdmission(const AdmissionSettings& settings, Hooks hooks)
    : state_(std::make_unique<State>(settings, std::move(hooks))) {}

SharedAdmission::~SharedAdmission() = default;

void SharedAdmission::call(const Calls& calls) {
    for (const net::Waker& each : calls) each();
}

// ---- sessions

SharedAdmission::Arrival SharedAdmission::arrive(const Address& address, ClientClass which,
                                                 std::string_view listener) {
    Arrival out;
    const std::scoped_lock lock(state_->mutex);
    const Moment at = now();
    out.silent = !state_->silence.answers(at, address, which, state_->places.level(listener));
    if (out.silent) return out;
    const Places::Arrival arrival = state_->places.arrive(at, listener, address, which);
    out.welcome = arrival.welcome;
    if (out.welcome != Welcome::taken) return out;
    out.seat.admission_ = this;
    out.seat.place_ = arrival.place;
    out.seat.address_ = address;
    out.seat.class_ = which;
    return out;
}

SharedAdmission::Seat::Seat(Seat&& other) noexcept
    : admission_(std::exchange(other.admission_, nullptr)),
      place_(other.place_),
      address_(other.address_),
      class_(other.class_),
      ending_(other.ending_) {}

SharedAdmission::Seat& SharedAdmission::Seat::operator=(Seat&& other) noexcept {
    if (this == &other) return *this;
    Seat gone(std::move(*this));
    admission_ = std::exchange(other.admission_, nullptr);
    place_ = other.place_;
    address_ = other.address_;
    class_ = other.class_;
    ending_ = other.ending_;
    return *this;
}

SharedAdmission::Seat::~Seat() {
    if (admission_ == nullptr) return;
    State& state = *admission_->state_;
    const std::scoped_lock lock(state.mutex);
    const Moment at = now();
    const double level = Places::level(place_);
    state.places.gone(at, place_, address_, class_);
    if (ending_ == Ending::in_vain) state.silence.in_vain(at, address_, level);
    if (ending_ == Ending::elsewhere) state.silence.sent_elsewhere(at, address_, class_, level);
}

void SharedAdmission::Seat::move(ClientClass to) {
    if (admission_ == nullptr || to == class_) return;
    const std::scoped_lock lock(admission_->state_->mutex);
    Places::moved(place_, class_, to);
    class_ = to;
}

void SharedAdmission::share_out(std::span<const ListenerPlaces> listeners) {
    const std::scoped_lock lock(state_->mutex);
    state_->places.configure(now(), listeners);
}

// ---- attempts

SharedAdmission::Entry SharedAdmission::enter(std::string_view server, ClientClass which,
                                              const Address& address, net::Waker called) {
    Entry out;
    Calls calls;
    {
        const std::scoped_lock lock(state_->mutex);
        const std::uint64_t owner = state_->next_owner++;
        const Reply reply = state_->lines.ask(
            now(),
            {.server = state_->index_of(server), .client_class = which, .address = address, .owner = owner});
        out.admission_ = this;
        out.ticket_ = reply.ticket;
        out.owner_ = owner;
        out.ruling_ = reply.ruling;
        out.reason_ = reply.reason;
        if (reply.ruling == Ruling::queued) {
            out.waiting_ = std::make_shared<Entry::Waiting>();
            out.waiting_->called = std::move(called);
            state_->waiting.emplace(owner, out.waiting_);
        }
        calls = state_->collect();
    }
    call(calls);
    return out;
}

SharedAdmission::Entry::Entry(Entry&& other) noexcept
    : admission_(std::exchange(other.admission_, nullptr)),
      ticket_(other.ticket_),
      owner_(other.owner_),
      waiting_(std::move(other.waiting_)),
      ruling_(other.ruling_),
      reason_(other.reason_) {}

SharedAdmission::Entry& SharedAdmission::Entry::operator=(Entry&& other) noexcept {
    if (this == &other) return *this;
    give_up();
    admission_ = std::exchange(other.admission_, nullptr);
    ticket_ = other.ticket_;
    owner_ = other.owner_;
    waiting_ = std::move(other.waiting_);
    ruling_ = other.ruling_;
    reason_ = other.reason_;
    return *this;
}

SharedAdmission::Entry::~Entry() {
    give_up();
}

Ruling SharedAdmission::Entry::ruling() const {
    return waiting_ ? waiting_->ruling.load(std::memory_order_acquire) : ruling_;
}

ShedReason SharedAdmission::Entry::reason() const {
    return waiting_ ? waiting_->reason : reason_;
}

void SharedAdmission::Entry::give_up() {
    if (admission_ == nullptr || (!waiting_ && ruling_ == Ruling::shed)) return;
    SharedAdmission& admission = *std::exchange(admission_, nullptr);
    Calls calls;
    {
        const std::scoped_lock lock(admission.state_->mutex);
        admission.state_->waiting.erase(owner_);
        admission.state_->lines.cancel(now(), ticket_);
        calls = admission.state_->collect();
    }
    admission.call(calls);
}

void SharedAdmission::Entry::leave(Span took, Served served) {
    if (admission_ == nullptr || ruling() != Ruling::admitted) return;
    SharedAdmission& admission = *std::exchange(admission_, nullptr);
    Calls calls;
    {
        const std::scoped_lock lock(admission.state_->mutex);
        admission.state_->lines.leave(now(), ticket_, took, served);
        calls = admission.state_->collect();
    }
    admission.call(calls);
}

// ---- all

bool SharedAdmission::is_pressed(std::string_view listener) const {
    constexpr double half = 0.5;
    const std::scoped_lock lock(state_->mutex);
    return state_->places.level(listener) > half;
}

Deadlines SharedAdmission::deadlines(ClientClass which, std::string_view listener) const {
    const std::scoped_lock lock(state_->mutex);
    return state_->places.deadlines(listener, which);
}

void SharedAdmission::familiar(const Address& address) {
    const std::scoped_lock lock(state_->mutex);
    state_->silence.familiar(now(), address);
}

void SharedAdmission::tick() {
    Calls calls;
    std::vector<LimitChange> changes;
    std::vector<SilenceOrder> orders;
    std::vector<std::string> whose;
    const Moment at = now();
    {
        const std::scoped_lock lock(state_->mutex);
        state_->lines.tick(at);
        state_->places.observe(at, state_->lines.fullness());
        calls = state_->collect();
        state_->log.drain(changes);
        state_->silence.drain(orders);
        for (const LimitChange& each : changes) whose.push_back(state_->whose(each));
    }
    call(calls);
    for (std::size_t i = 0; i < changes.size() && state_->hooks.limit; ++i)
        state_->hooks.limit(changes[i], whose[i]);
    for (const SilenceOrder& each : orders)
        if (state_->hooks.silence)
            state_->hooks.silence(
                each.network, each.until <= at ? std::chrono::seconds(0)
                                               : std::chrono::ceil<std::chrono::seconds>(each.until - at));
}

SharedAdmission::Standing SharedAdmission::standing() const {
    Standing out;
    const std::scoped_lock lock(state_->mutex);
    out.pressure = state_->places.level(std::string_view());
    out.sessions = state_->places.held();
    out.most = state_->places.most();
    out.listeners = state_->places.standing();
    for (const ClientClass each : all_classes) out.by_class[each] = state_->places.held(each);
    for (std::size_t i = 0; i < state_->servers.size(); ++i) {
        const auto index = static_cast<ServerIndex>(i);
        const Limiter& limiter = state_->lines.limiter(index);
        out.servers.push_back(
            {state_->servers[i], limiter.limit(), limiter.in_flight(), state_->lines.queued(index)});
    }
    return out;
}

}  // namespace tidegate::edge
