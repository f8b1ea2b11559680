#include "edge/rules.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace tidegate::edge {

Service service_of(Protocol protocol) {
    switch (protocol) {
        case Protocol::imap:
            return Service::imap;
        case Protocol::pop3:
            return Service::pop3;
        case Protocol::managesieve:
            return Service::managesieve;
        case Protocol::submission:
            return Service::submission;
        case Protocol::smtp:
            return Service::smtp;
    }
    return Service::unknown;
}

std::unique_ptr<wire::Front> make_front(Protocol protocol, const wire::FrontOffer& offer,
                                        const wire::FrontLimits& limits) {
    switch (protocol) {
        case Protocol::pop3:
            return wire::make_pop3_front(offer, limits);
        case Protocol::managesieve:
            return wire::make_sieve_front(offer, limits);
        case Protocol::submission:
            return wire::make_submission_front(offer, limits);
        case Protocol::imap:
            return wire::make_imap_front(offer, limits);
        case Protocol::smtp:
            break;
    }
    CHECK(false);
}

std::unique_ptr<wire::Back> make_back(Protocol protocol, const wire::BackRules& rules,
                                      wire::ForwardedClient client, wire::Login login) {
    switch (protocol) {
        case Protocol::pop3:
            return wire::make_pop3_back(rules, std::move(client), std::move(login));
        case Protocol::managesieve:
            return wire::make_sieve_back(rules, std::move(client), std::move(login));
        case Protocol::submission:
            return wire::make_submission_back(rules, std::move(client), std::move(login));
        case Protocol::imap:
            return wire::make_imap_back(rules, std::move(client), std::move(login));
        case Protocol::smtp:
            break;
    }
    CHECK(false);
}

bool is_balancer(const EntranceRules& rules, const Address& address) {
    return std::ranges::any_of(rules.balancers, [&](const Prefix& each) { return each.contains(address); });
}

}  // namespace tidegate::edge
