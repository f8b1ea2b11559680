#include "console/body.h"

#include <fmt/format.h>

#include "event/json.h"

namespace tidegate::console {
namespace {

namespace json = boost::json;

constexpr std::string_view json_type = "application/json";

}  // namespace

std::optional<Body> Body::read(std::string_view text) {
    boost::system::error_code error;
    json::value value = json::parse(text, error);
    if (error || !value.is_object()) return std::nullopt;
    return Body(std::move(value.as_object()));
}

std::string Body::text(std::string_view name, std::size_t most) const {
    const json::value* found = object_.if_contains(name);
    const json::string* text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr || text->size() > most ? std::string() : std::string(std::string_view(*text));
}

std::optional<std::vector<std::string>> Body::texts(std::string_view name) const {
    std::vector<std::string> out;
    const json::value* found = object_.if_contains(name);
    if (found == nullptr) return out;
    if (!found->is_array()) return std::nullopt;
    for (const json::value& each : found->get_array()) {
        if (!each.is_string()) return std::nullopt;
        out.emplace_back(std::string_view(each.get_string()));
    }
    return out;
}

void reply(net::Response& response, std::string body) {
    response.content_type(json_type);
    response.body() = std::move(body) + '\n';
}

void reply_done(net::Response& response) {
    response.status(204);
    response.body().clear();
}

void refuse(net::Response& response, unsigned status, std::string_view what, std::string_view mend) {
    response.status(status);
    reply(response, fmt::format(R"({{"error":{},"mend":{}}})", json_string(what), json_string(mend)));
}

void refuse(net::Response& response, unsigned status, const Error& error) {
    refuse(response, status, error.file.empty() ? error.what : error.file + ": " + error.what, error.mend);
}

void refuse_for(net::Response& response, unsigned status, std::chrono::seconds wait, std::string_view what,
                std::string_view mend) {
    response.header("Retry-After", std::to_string(wait.count()));
    refuse(response, status, what, mend);
}

void refuse_role(net::Response& response, Role needed) {
    response.status(403);
    reply(
        response,
        fmt::format(
            R"({{"error":"this takes the role '{}' or more","mend":"ask who may administer","needs":"{}"}})",
            name(needed), name(needed)));
}

}  // namespace tidegate::console
