// Asks a policy server as Postfix does: connections that stay, on each one question after the other.
//
// usage: policy_load PORT CONNECTIONS SECONDS RATE KIND
//
// RATE is questions a second over all connections, evenly apart; 0 asks as fast as answers come. KIND is
// `connect` (before AUTH, from a million addresses in turn) or `rcpt` (20,000 customers, logged in). Prints
// one JSON object: questions answered, seconds, and microseconds from the moment at which each question was
// due (not when it could be sent) to its answer.

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

[[noreturn]] void fail(std::string_view what) {
    std::perror(std::string(what).c_str());
    std::exit(2);
}

struct Connection {
    int socket = -1;
    bool waits = false;  // for an answer
    Clock::time_point due;
    std::size_t have = 0;
    char answer[512];
};

std::string address(std::uint32_t number) {
    // Odd steps visit all of them before one comes twice.
    const std::uint32_t host = number * 2'654'435'761u % (1u << 20);
    return fmt::format("10.{}.{}.{}", host >> 16, host >> 8 & 255, host & 255);
}

/// The attributes that Postfix 3.7 sends, in its order.
void question(bool connect, std::uint32_t number, std::string& out) {
    out.clear();
    const std::uint32_t account = number % 20'000;
    const auto from = address(connect ? number : account);
    fmt::format_to(std::back_inserter(out),
                   "request=smtpd_access_policy\nprotocol_state={}\nprotocol_name={}\n"
                   "client_address={}\nclient_name=unknown\nclient_port={}\nreverse_client_name=unknown\n"
                   "server_address=192.0.2.1\nserver_port=587\nhelo_name={}\n",
                   connect ? "CONNECT" : "RCPT", connect ? "SMTP" : "ESMTP", from, 1024 + number % 60'000,
                   connect ? "" : "laptop.example.org");
    if (connect)
        out +=
            "queue_id=\ninstance=1a2b.6553f2a1.1b2c3.0\nsender=\nrecipient=\nrecipient_count=0\n"
            "sasl_method=\nsasl_username=\nsasl_sender=\n";
    else
        fmt::format_to(std::back_inserter(out),
                       "queue_id=4F2B21A3C\ninstance=1a2b.6553f2a1.1b2c3.0\nsender=user{0}@example.org\n"
                       "recipient=friend@example.org\nrecipient_count=0\nsasl_method=PLAIN\n"
                       "sasl_username=user{0}@example.org\nsasl_sender=\n",
                       account);
    out +=
        "etrn_domain=\nstress=\nsize=0\nccert_subject=\nccert_issuer=\nccert_fingerprint=\n"
        "ccert_pubkey_fingerprint=\nencryption_protocol=\nencryption_cipher=\nencryption_keysize=0\n"
        "policy_context=\ncompatibility_level=3.6\nmail_version=3.7.11\n\n";
}

class Load {
public:
    Load(unsigned short port, std::size_t connections, double rate, bool connect)
        : connect_(connect), poll_(::epoll_create1(0)), all_(connections) {
        if (rate > 0)
            apart_ = nanoseconds(static_cast<std::int64_t>(1e9 * static_cast<double>(connections) / rate));
        for (std::size_t i = 0; i < connections; ++i) open(i, port);
    }

    void run(std::chrono::seconds length) {
        const auto began = Clock::now(), end = began + length;
        for (std::size_t i = 0; i < all_.size(); ++i)
            all_[i].due = began + apart_ * static_cast<int>(i) / static_cast<int>(all_.size());
        next_ = began;
        epoll_event events[256];
        while (true) {
            const auto now = Clock::now();
            if (now >= end) break;
            if (now >= next_) send_due(now);
            const timespec rest = until(std::min(next_, end));
            const int ready = ::epoll_pwait2(poll_, events, 256, &rest, nullptr);
            if (ready < 0) fail("epoll_pwait2");
            for (int i = 0; i < ready; ++i) answered(all_[events[i].data.u64]);
        }
        report(std::chrono::duration<double>(Clock::now() - began).count());
    }

private:
    void open(std::size_t i, unsigned short port) {
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0), on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_port = htons(port);
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) fail("connect");
        ::fcntl(socket, F_SETFL, O_NONBLOCK);
        epoll_event event{EPOLLIN, {.u64 = i}};
        ::epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event);
        all_[i].socket = socket;
    }

    [[nodiscard]] static timespec until(Clock::time_point when) {
        const auto rest = std::max(nanoseconds(0), nanoseconds(when - Clock::now()));
        return {.tv_sec = rest.count() / 1'000'000'000, .tv_nsec = rest.count() % 1'000'000'000};
    }

    void send_due(Clock::time_point now) {
        next_ = Clock::time_point::max();
        for (Connection& each : all_) {
            if (!each.waits && each.due <= now) ask(each);
            if (!each.waits) next_ = std::min(next_, each.due);
        }
    }

    void ask(Connection& each) {
        question(connect_, number_++, text_);
        if (::send(each.socket, text_.data(), text_.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(text_.size()))
            fail("send");
        each.waits = true;
        each.have = 0;
    }

    void answered(Connection& each) {
        const auto got = ::recv(each.socket, each.answer + each.have, sizeof each.answer - each.have, 0);
        if (got <= 0) fail("the server hung up");
        each.have += static_cast<std::size_t>(got);
        const std::string_view text(each.answer, each.have);
        if (!text.ends_with("\n\n")) return;
        if (!text.starts_with("action=")) fail("no answer: " + std::string(text));
        other_ += text != "action=DUNNO\n\n";
        const auto now = Clock::now();
        took_.push_back(
            static_cast<float>(std::chrono::duration<double, std::micro>(now - each.due).count()));
        each.waits = false;
        each.due = apart_ == nanoseconds(0) ? now : each.due + apart_;
        if (each.due <= now)
            ask(each);
        else
            next_ = std::min(next_, each.due);
    }

    void report(double seconds) {
        if (took_.empty()) fail("nothing was answered");
        std::ranges::sort(took_);
        const auto at = [&](std::size_t share) {
            return took_[std::min(took_.size() * share / 1000, took_.size() - 1)];
        };
        std::puts(fmt::format("{{\"questions\": {}, \"seconds\": {:.3f}, \"p50\": {:.1f}, \"p99\": {:.1f}, "
                              "\"p999\": {:.1f}, \"most\": {:.1f}, \"other_than_dunno\": {}}}",
                              took_.size(), seconds, at(500), at(990), at(999), took_.back(), other_)
                      .c_str());
    }

    bool connect_;
    int poll_;
    std::vector<Connection> all_;
    nanoseconds apart_{0};  // the questions of one connection
    Clock::time_point next_;
    std::uint32_t number_ = 0;
    std::uint64_t other_ = 0;
    std::vector<float> took_;
    std::string text_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) return 2;
    ::prctl(PR_SET_TIMERSLACK, 1'000UL);
    Load load(static_cast<unsigned short>(std::atoi(argv[1])), static_cast<std::size_t>(std::atoi(argv[2])),
              std::atof(argv[4]), std::string_view(argv[5]) == "connect");
    load.run(std::chrono::seconds(std::atoi(argv[3])));
}
