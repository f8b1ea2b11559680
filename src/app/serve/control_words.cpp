#include "app/serve/control_words.h"

#include <fmt/format.h>

#include "event/json.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

constexpr std::string_view json_type = "application/json";
constexpr std::size_t most_text = 1000;

}  // namespace

std::optional<Words> Words::read(std::string_view body) {
    boost::system::error_code error;
    json::value value = json::parse(body, error);
    if (error || !value.is_object()) return std::nullopt;
    return Words(std::move(value.as_object()));
}

std::string Words::operator[](std::string_view name) const {
    return text(name, most_text);
}

std::string Words::text(std::string_view name, std::size_t most) const {
    const auto* found = object_.if_contains(name);
    const auto* text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? std::string() : std::string(std::string_view(*text).substr(0, most));
}

bool Words::is_true(std::string_view name) const {
    const auto* found = object_.if_contains(name);
    const auto* truth = found == nullptr ? nullptr : found->if_bool();
    return truth != nullptr && *truth;
}

bool Words::has_text(std::string_view name) const {
    const auto* found = object_.if_contains(name);
    return found != nullptr && found->is_string();
}

std::optional<std::vector<std::string>> Words::list(std::string_view name) const {
    constexpr std::size_t most = 100;
    const auto* found = object_.if_contains(name);
    const auto* all = found == nullptr ? nullptr : found->if_array();
    if (all == nullptr) return std::nullopt;
    std::vector<std::string> out;
    for (const auto& each : *all)
        if (const auto* text = each.if_string(); text != nullptr && out.size() < most)
            out.emplace_back(std::string_view(*text).substr(0, most_text));
    return out;
}

std::optional<double> Words::number(std::string_view name) const {
    const auto* found = object_.if_contains(name);
    if (found == nullptr || !found->is_number()) return std::nullopt;
    return found->to_number<double>();
}

std::string user_of(const net::Request& request) {
    const auto& process = request.peer().process;
    return process ? fmt::format("uid {}", process->user) : std::string();
}

std::string author_of(const Words& words, const net::Request& request) {
    return author_of(words["author"], request);
}

std::string author_of(std::string said, const net::Request& request) {
    if (!request.signer().empty()) return request.signer();
    return said.empty() ? user_of(request) : said;
}

void refuse(net::Response& response, unsigned status, const Error& error) {
    response.status(status);
    response.content_type(json_type);
    response.body() =
        fmt::format(R"({{"error":{},"mend":{}}})",
                    json_string(error.file.empty() ? error.what : error.file + ": " + error.what),
                    json_string(error.mend)) +
        '\n';
}

void refuse(net::Response& response, unsigned status, std::string what, std::string mend) {
    refuse(response, status, Error{"", 0, std::move(what), std::move(mend)});
}

void reply(net::Response& response, std::string body) {
    response.content_type(json_type);
    response.body() = std::move(body) + '\n';
}

Error unwritten(Error why) {
    why.what = fmt::format("done, but not written down, so it holds only until a restart: {}", why.text());
    return why;
}

}  // namespace tidegate::app
