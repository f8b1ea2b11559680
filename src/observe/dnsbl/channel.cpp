#include "observe/dnsbl/channel.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <span>
#include <utility>

#include "base/check.h"
#include "net/descriptor.h"

// Debian 12 has c-ares 1.18, Debian 13 has 1.34, where what 1.18 knows for asking is deprecated.
#define TIDEGATE_ARES_HAS_RECORDS (ARES_VERSION >= 0x011c00)

namespace tidegate::observe {
namespace {

using Packet = wire::ListPacket;

struct Asked {
    DnsChannel::Answered answered;
};

Packet of_kind(Packet::Kind kind) {
    Packet packet;
    packet.kind = kind;
    return packet;
}

Packet packet_of(int status, std::span<const unsigned char> bytes) {
    switch (status) {
        case ARES_SUCCESS:
        case ARES_ENODATA:
        case ARES_ENOTFOUND:
            return wire::read_list_packet(bytes);
        case ARES_ESERVFAIL:
            return of_kind(Packet::Kind::failed);
        case ARES_EREFUSED:
            return of_kind(Packet::Kind::refused);
        case ARES_EFORMERR:
        case ARES_ENOTIMP:
        case ARES_EBADRESP:
            return of_kind(Packet::Kind::unreadable);
        default:
            return of_kind(Packet::Kind::silent);
    }
}

void finish(void* argument, int status, std::span<const unsigned char> bytes) {
    const std::unique_ptr<Asked> asked(static_cast<Asked*>(argument));
    if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) return;
    asked->answered(packet_of(status, bytes));
}

#if TIDEGATE_ARES_HAS_RECORDS
void take_answer(void* argument, ares_status_t status, size_t /*timeouts*/, const ares_dns_record_t* record) {
    unsigned char* bytes = nullptr;
    size_t size = 0;
    // Back to bytes, so that both versions' answers are read by the same function.
    if (record != nullptr && ares_dns_write(record, &bytes, &size) != ARES_SUCCESS) size = 0;
    finish(argument, static_cast<int>(status), {bytes, size});
    ares_free_string(bytes);
}

void send(ares_channel_t* channel, const char* name, Asked* asked) {
    ares_query_dnsrec(channel, name, ARES_CLASS_IN, ARES_REC_TYPE_A, take_answer, asked, nullptr);
}
#else
// NOLINTNEXTLINE(readability-identifier-naming): 1.34's name
using ares_channel_t = std::remove_pointer_t<ares_channel>;

void take_answer(void* argument, int status, int /*timeouts*/, unsigned char* bytes, int size) {
    finish(argument, status, {bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(size)});
}

void send(ares_channel_t* channel, const char* name, Asked* asked) {
    ares_query(channel, name, ns_c_in, ns_t_a, take_answer, asked);
}
#endif

Error trouble(int status) {
    return Error{"", 0, std::string("no name server can be asked: ") + ares_strerror(status),
                 "see `servers` under [dns], or /etc/resolv.conf"};
}

std::string joined(const std::vector<std::string>& servers) {
    std::string all;
    for (const std::string& server : servers) all.append(all.empty() ? "" : ",").append(server);
    return all;
}

// c-ares wants this once, before there are threads that use it.
void start_library() {
    static const int started = ares_library_init(ARES_LIB_INIT_ALL);
    CHECK(started == ARES_SUCCESS);
}

}  // namespace

struct ChannelState {
    net::Descriptor epoll{::epoll_create1(EPOLL_CLOEXEC)};
    net::Descriptor bell{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    ares_channel_t* channel = nullptr;

    // Of c-ares: what it wants to know of this socket from now on.
    static void watch(void* argument, ares_socket_t socket, int readable, int writable) {
        const int epoll = static_cast<ChannelState*>(argument)->epoll.number();
        epoll_event event{};
        event.events = (readable != 0 ? EPOLLIN : 0U) | (writable != 0 ? EPOLLOUT : 0U);
        event.data.fd = socket;
        if (event.events == 0)
            ::epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nullptr);
        else if (::epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) != 0)
            ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
    }

    void take(const epoll_event& event) {
        if (event.data.fd == bell.number()) {
            std::uint64_t rings = 0;
            (void)!::read(bell.number(), &rings, sizeof rings);
            return;
        }
        if (channel == nullptr) return;
        const bool in = (event.events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
        const bool out = (event.events & EPOLLOUT) != 0;
        ares_process_fd(channel, in ? event.data.fd : ARES_SOCKET_BAD, out ? event.data.fd : ARES_SOCKET_BAD);
    }
};

DnsChannel::DnsChannel(std::vector<std::string> servers, std::chrono::milliseconds patience)
    : servers_(std::move(servers)), patience_(patience), state_(std::make_unique<ChannelState>()) {
    CHECK(state_->epoll && state_->bell);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = state_->bell.number();
    CHECK(::epoll_ctl(state_->epoll.number(), EPOLL_CTL_ADD, event.data.fd, &event) == 0);
}

DnsChannel::~DnsChannel() {
    if (state_->channel != nullptr) ares_destroy(state_->channel);
}

Result<void> DnsChannel::open() {
    if (state_->channel != nullptr) return {};
    start_library();
    constexpr int tries = 2;
    ares_options options{};
    // Without the last, c-ares 1.18 makes "nobody listens" of SERVFAIL and REFUSED.
    options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP;
    // The second try waits twice as long as the first.
    options.timeout = std::max(1, static_cast<int>(patience_.count() / 3));
    options.tries = tries;
    options.sock_state_cb = ChannelState::watch;
    options.sock_state_cb_data = state_.get();
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
#if TIDEGATE_ARES_HAS_RECORDS
    // What is remembered, and for how long, is DnsMemory's; and many ports are harder to forge answers for.
    options.qcache_max_ttl = 0;
    options.udp_max_queries = 128;
    mask |= ARES_OPT_QUERY_CACHE | ARES_OPT_UDP_MAX_QUERIES;
#endif
    int status = ares_init_options(&state_->channel, &options, mask);
    if (status == ARES_SUCCESS && !servers_.empty()) {
        status = ares_set_servers_ports_csv(state_->channel, joined(servers_).c_str());
        if (status != ARES_SUCCESS) ares_destroy(std::exchange(state_->channel, nullptr));
    }
    if (status == ARES_SUCCESS) return {};
    state_->channel = nullptr;
    return std::unexpected(trouble(status));
}

void DnsChannel::ask(const std::string& name, Answered answered) {
    if (state_->channel == nullptr) return answered(of_kind(Packet::Kind::silent));
    send(state_->channel, name.c_str(), std::make_unique<Asked>(std::move(answered)).release());
}

void DnsChannel::wait(std::chrono::milliseconds most) {
    std::array<epoll_event, 64> events;
    timeval longest{most.count() / 1000, most.count() % 1000 * 1000}, buffer{};
    const timeval* until =
        state_->channel != nullptr ? ares_timeout(state_->channel, &longest, &buffer) : &longest;
    const auto milliseconds = static_cast<int>(until->tv_sec * 1000 + (until->tv_usec + 999) / 1000);
    const int count =
        ::epoll_wait(state_->epoll.number(), events.data(), static_cast<int>(events.size()), milliseconds);
    for (int i = 0; i < count; ++i) state_->take(events.at(static_cast<std::size_t>(i)));
    if (state_->channel != nullptr) ares_process_fd(state_->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void DnsChannel::interrupt() {
    const std::uint64_t one = 1;
    (void)!::write(state_->bell.number(), &one, sizeof one);
}

}  // namespace tidegate::observe
