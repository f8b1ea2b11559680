// A name server that is slow, or silent: names nobody, but passes the test of RFC 5782.
//
// usage: slow_dns PORT MILLISECONDS
//
// Each question is answered so much later; 0 milliseconds: at once; a negative number: never, but for the
// test.

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>

namespace {

using Clock = std::chrono::steady_clock;

struct Reply {
    Clock::time_point due;
    sockaddr_in to{};
    std::string bytes;
};

// The question's end; 0 where it is cut short.
std::size_t end_of_question(std::string_view packet) {
    constexpr std::size_t head = 12, type_and_class = 4;
    std::size_t at = head;
    while (at < packet.size() && packet[at] != 0) at += 1 + static_cast<unsigned char>(packet[at]);
    at += 1 + type_and_class;
    return at <= packet.size() ? at : 0;
}

// "2.0.0.127.": the entry that every list has.
bool is_test(std::string_view packet) {
    constexpr std::string_view name("\x01\x32\x01\x30\x01\x30\x03\x31\x32\x37", 10);
    return packet.substr(12).starts_with(name);
}

std::string reply_to(std::string_view packet, std::size_t end) {
    const bool listed = is_test(packet);
    std::string out(packet.substr(0, 2));
    out += listed ? std::string_view("\x81\x80\0\x01\0\x01\0\0\0\0", 10)
                  : std::string_view("\x81\x83\0\x01\0\0\0\0\0\0", 10);
    out += packet.substr(12, end - 12);
    if (listed) out += std::string_view("\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x7f\0\0\x02", 16);
    return out;
}

int wait_until(const std::deque<Reply>& waiting) {
    if (waiting.empty()) return 1000;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(waiting.front().due - Clock::now());
    return static_cast<int>(std::max<long long>(0, left.count()));
}

void take_all(int wire, long delay, std::deque<Reply>& waiting) {
    char buffer[1500];
    for (;;) {
        Reply reply;
        socklen_t size = sizeof reply.to;
        const auto got = ::recvfrom(wire, buffer, sizeof buffer, MSG_DONTWAIT,
                                    reinterpret_cast<sockaddr*>(&reply.to), &size);
        if (got <= 0) return;
        const std::string_view packet(buffer, static_cast<std::size_t>(got));
        const std::size_t end = end_of_question(packet);
        if (end == 0) continue;
        const bool test = packet.find(std::string_view("\x03\x31\x32\x37", 4), 12) < end;
        if (delay < 0 && !test) continue;
        reply.due = Clock::now() + std::chrono::milliseconds(test ? 0 : delay);
        reply.bytes = reply_to(packet, end);
        if (test)
            waiting.push_front(std::move(reply));
        else
            waiting.push_back(std::move(reply));
    }
}

}  // namespace

int main(int count, char** words) {
    if (count != 3) {
        std::fputs("usage: slow_dns PORT MILLISECONDS\n", stderr);
        return 2;
    }
    const int wire = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[1])));
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(wire, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
        std::perror("slow_dns");
        return 2;
    }
    const long delay = std::strtol(words[2], nullptr, 10);
    std::deque<Reply> waiting;
    for (pollfd one{.fd = wire, .events = POLLIN, .revents = 0};;) {
        ::poll(&one, 1, wait_until(waiting));
        take_all(wire, delay, waiting);
        for (; !waiting.empty() && waiting.front().due <= Clock::now(); waiting.pop_front())
            ::sendto(wire, waiting.front().bytes.data(), waiting.front().bytes.size(), 0,
                     reinterpret_cast<const sockaddr*>(&waiting.front().to), sizeof waiting.front().to);
    }
}
