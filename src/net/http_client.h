#pragma once
// Asking a daemon over HTTP, and waiting for it: for the commands.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "net/endpoint.h"

namespace tidegate::net {

/// What was answered.
struct HttpReply {
    unsigned status = 0;
    std::string content_type;
    std::string body;
};

/// One connection, opened when it is needed and kept between requests; opened anew once if the server closed
/// it. Thread: one at a time; blocks.  Fails: nobody listens, no permission, no answer in time, a reply that
/// is no HTTP or larger than 64 MiB. Any status is a reply, not an error.
class HttpClient {
public:
    using Fields = std::vector<std::pair<std::string, std::string>>;

    /// `deadline`: for a whole request, from connecting to the last byte.
    HttpClient(Endpoint to, std::chrono::milliseconds deadline);
    ~HttpClient();
    HttpClient(HttpClient&&) noexcept;
    HttpClient& operator=(HttpClient&&) noexcept;

    [[nodiscard]] Result<HttpReply> request(std::string_view method, std::string_view target,
                                            std::string_view body = {}, const Fields& fields = {});
    /// GETs a stream and gives each line, without its end, as it comes; until the end, or `take` returns
    /// false. The deadline is for the head, then for the time between two reads; `patience` 0: none. A status
    /// other than 200 is a reply with its body, and nothing was taken.
    [[nodiscard]] Result<HttpReply> follow(std::string_view target,
                                           const std::function<bool(std::string_view line)>& take,
                                           std::chrono::milliseconds patience = {});

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tidegate::net
