#include "net/http_server.h"

#include <algorithm>
#include <utility>

#include "net/http_conversation.h"

namespace tidegate::net {
namespace {

constexpr std::string_view full_reply =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 1\r\n"
    "Connection: close\r\nContent-Length: 27\r\n\r\nenough connections for now\n";

// What a whole head needs; bodies are taken as they come.
ServerRules fitted(ServerRules rules, const HttpLimits& limits) {
    rules.max_unused_bytes = std::max<std::size_t>(limits.header_bytes + 1024, 8192);
    rules.full_reply = full_reply;
    return rules;
}

std::shared_ptr<HttpCommons> commons_of(HttpOptions& options, HttpHandler handler) {
    auto out = std::make_shared<HttpCommons>();
    out->limits = std::move(options.limits);
    out->keys = std::move(options.keys);
    out->handler = std::move(handler);
    return out;
}

}  // namespace

HttpServer::HttpServer(Threads& threads, HttpOptions options, HttpHandler handler)
    : commons_(commons_of(options, std::move(handler))),
      server_(threads, fitted(options.rules, commons_->limits),
              [commons = commons_](const Peer& peer, Loop& loop) {
                  return make_http_conversation(commons, peer, &loop);
              }) {}

HttpServer::~HttpServer() = default;

void HttpServer::adopt(const ServerRules& rules) {
    server_.adopt(fitted(rules, commons_->limits));
}

HttpCounts HttpServer::http_counts() const {
    return {.requests = commons_->requests.sum(),
            .thrown = commons_->thrown.sum(),
            .unauthorised = commons_->unauthorised.sum(),
            .bad = commons_->bad.sum()};
}

}  // namespace tidegate::net
