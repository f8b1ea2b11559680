#pragma once
// A netlink socket: requests and their answers.

#include <libmnl/libmnl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "act/enforcer.h"
#include "act/nft/batch.h"

namespace tidegate::act::nft {

/// What the kernel's number means for us; `doing` says what we were at.
[[nodiscard]] Refusal refusal_of(int error_number, const char* doing);

/// Thread: one.  Cost: a system call to send, one or more to receive; the kernel has answered a batch when
/// the first returns.  Fails: with what the kernel said.
class Netlink {
public:
    using Take = std::function<void(const nlmsghdr&)>;

    /// Of the namespace that the calling thread is in. `bus` is NETLINK_NETFILTER or another.
    [[nodiscard]] static std::expected<Netlink, Refusal> open(int bus);

    /// All of it or nothing.
    [[nodiscard]] Outcome commit(Batch& batch, const char* doing);
    /// Sends one request and hands each message of the answer to `take`. Dumps that others' changes
    /// interrupted are asked for again: `begin` comes first, each time. (NLM_F_ACK or NLM_F_DUMP must be
    /// set.)
    [[nodiscard]] Outcome ask(nlmsghdr* request, const char* doing, const Take& take,
                              const std::function<void()>& begin = {});
    /// The same, once; true if it was interrupted, so that something may be missing. Where `stop` becomes
    /// true it ends early, and this socket is good for nothing more.
    [[nodiscard]] std::expected<bool, Refusal> ask_once(nlmsghdr* request, const char* doing,
                                                        const Take& take, const bool& stop = never);

private:
    static constexpr bool never = false;
    struct Close {
        void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
    };
    explicit Netlink(mnl_socket* socket) : socket_(socket), answer_(answer_bytes) {}
    [[nodiscard]] bool make_room(std::size_t bytes);
    [[nodiscard]] Outcome read_answers(std::uint32_t last, const char* doing);

    static constexpr std::size_t answer_bytes = 64 * 1024;
    std::unique_ptr<mnl_socket, Close> socket_;
    std::vector<char> answer_;
    std::uint32_t sequence_ = 1;
    int send_room_ = 0;
};

/// The messages of a datagram, whatever its bytes.
void for_each_message(std::span<const char> datagram, const Netlink::Take& take);
/// An error's number as the kernel wrote it; 0: an acknowledgement, or the message is cut short.
[[nodiscard]] int error_of(const nlmsghdr& message);

}  // namespace tidegate::act::nft
