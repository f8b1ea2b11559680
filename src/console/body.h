#pragma once
// What a call says, and how it is answered: JSON.

#include <boost/json.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "console/role.h"
#include "net/http_message.h"

namespace tidegate::console {

/// The object in a request's body.
class Body {
public:
    /// Nothing: it is none.
    [[nodiscard]] static std::optional<Body> read(std::string_view text);
    /// Empty where there is none; no longer than `most` bytes (what is longer counts as none).
    [[nodiscard]] std::string text(std::string_view name, std::size_t most = 1000) const;
    /// Of a list of texts. Nothing: it is there and is something else.
    [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view name) const;

private:
    explicit Body(boost::json::object object) : object_(std::move(object)) {}
    boost::json::object object_;
};

/// `body` is JSON.
void reply(net::Response& response, std::string body);
/// Done, and there is nothing to say.
void reply_done(net::Response& response);
/// {"error":...,"mend":...}
void refuse(net::Response& response, unsigned status, std::string_view what, std::string_view mend);
void refuse(net::Response& response, unsigned status, const Error& error);
/// The same with `Retry-After`.
void refuse_for(net::Response& response, unsigned status, std::chrono::seconds wait, std::string_view what,
                std::string_view mend);
/// 403, and what would be needed.
void refuse_role(net::Response& response, Role needed);

}  // namespace tidegate::console
