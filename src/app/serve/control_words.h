#pragma once
// What the calls of the control socket share: the words of a request, and how it is answered.

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "net/http_message.h"

namespace tidegate::app {

/// The texts of a request's object. Each is cut after a thousand bytes; what is missing, or none, is empty.
class Words {
public:
    Words() = default;  // says nothing
    /// Nothing: it is no JSON object.
    [[nodiscard]] static std::optional<Words> read(std::string_view body);
    [[nodiscard]] std::string operator[](std::string_view name) const;
    /// One that may be longer: cut after `most` bytes.
    [[nodiscard]] std::string text(std::string_view name, std::size_t most) const;
    /// Whether it says `true`.
    [[nodiscard]] bool is_true(std::string_view name) const;
    /// Whether a text of this name is there, also an empty one.
    [[nodiscard]] bool has_text(std::string_view name) const;
    /// The texts of a list, as the operator above has them; nothing where there is no list.
    [[nodiscard]] std::optional<std::vector<std::string>> list(std::string_view name) const;
    /// Nothing: there is none of this name.
    [[nodiscard]] std::optional<double> number(std::string_view name) const;

private:
    explicit Words(boost::json::object object) : object_(std::move(object)) {}
    boost::json::object object_;
};

/// Who is at the other end of the socket.
[[nodiscard]] std::string user_of(const net::Request& request);
/// The same, where he does not say it himself (`author`). Who has signed in is that and nobody else, whatever
/// he says.
[[nodiscard]] std::string author_of(const Words& words, const net::Request& request);
[[nodiscard]] std::string author_of(std::string said, const net::Request& request);

/// {"error":...,"mend":...}
void refuse(net::Response& response, unsigned status, const Error& error);
void refuse(net::Response& response, unsigned status, std::string what, std::string mend);
/// `body` is JSON.
void reply(net::Response& response, std::string body);
/// It was done, and whoever ordered it must know that it does not last.
[[nodiscard]] Error unwritten(Error why);

}  // namespace tidegate::app
