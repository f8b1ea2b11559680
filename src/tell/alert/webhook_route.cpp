#include "tell/alert/webhook_route.h"

#include <chrono>
#include <string>
#include <utility>

#include "tell/alert/forms.h"
#include "tell/alert/secret.h"
#include "tell/alert/signature.h"
#include "tell/alert/transfer.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

// Scheme and host, without a user's name and password.
std::string place_of(std::string_view url) {
    const auto begin = url.find("://") + 3;
    const auto end = url.find_first_of("/?#", begin);
    std::string_view host = url.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
    return harmless(std::string(url.substr(0, begin)).append(host));
}

bool is_worth_another_try(long code) {
    return code < 300 || code >= 500 || code == 408 || code == 425 || code == 429;
}

void sign(std::string_view key, Transfer& transfer) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const std::int64_t seconds = now.time_since_epoch().count();
    transfer.headers.push_back(std::string(timestamp_header) + ": " + std::to_string(seconds));
    transfer.headers.push_back(std::string(signature_header) + ": " + signature(key, seconds, transfer.body));
}

}  // namespace

WebhookRoute::WebhookRoute(WebhookTarget target)
    : target_(std::move(target)), name_("webhook at " + place_of(target_.url)) {}

Sent WebhookRoute::send(const Message& message, const GivenUp& given_up) {
    Transfer transfer{.url = target_.url, .time_out = target_.time_out};
    transfer.ca_file = target_.ca_file;
    transfer.proxy = target_.proxy;
    transfer.body = in_form(target_.form, message);
    transfer.headers = {"Content-Type: application/json"};
    if (!target_.token_file.empty()) {
        const auto token = read_secret(target_.token_file);
        if (!token) return {.said = harmless(token.error().text())};
        transfer.headers.push_back("Authorization: Bearer " + *token);
    }
    if (!target_.signing_key_file.empty()) {
        const auto key = read_secret(target_.signing_key_file);
        if (!key) return {.said = harmless(key.error().text())};
        sign(*key, transfer);
    }
    const Carried carried = carry(transfer, given_up);
    if (!carried.whole) return {.said = carried.trouble};
    const bool arrived = carried.code >= 200 && carried.code < 300;
    return {.arrived = arrived,
            .is_final = !arrived && !is_worth_another_try(carried.code),
            .said = carried.reply,
            .wait = arrived ? std::nullopt : carried.retry_after};
}

}  // namespace tidegate::tell
