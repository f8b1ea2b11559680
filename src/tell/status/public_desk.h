#pragma once
// Who answers readers of the public page: its files, the list of subscribers, and whether a visitor's own
// address is the trouble.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "net/http_message.h"
#include "tell/status/rate_limit.h"
#include "tell/status/seal.h"
#include "tell/status/shelf.h"
#include "tell/status/site.h"
#include "tell/status/subscribers.h"

namespace tidegate::tell::status {

/// What a log-in from an address would be answered now.
enum class VisitorStanding : std::uint8_t { free, slowed, refused, banned };

/// One page under one name: our own, or a partner's.
struct PublicPage {
    std::string partner;   // empty: our own
    std::string provider;  // under whose name
    std::string zone;
    SiteRules rules;
};

/// What the desk asks others. Functions are called on the thread that answers; all of it outlives the desk.
struct PublicDeskWorld {
    std::function<Time()> clock;
    /// Null: nobody is told.  Nothing: it cannot be told now.
    std::function<std::optional<VisitorStanding>(const Address&)> about = {};
    /// Sends a link to an address that asked for it. False: there are too many.
    std::function<bool(std::string_view partner, std::string address)> confirm = {};
    Subscribers* subscribers = nullptr;  // with `seal` and `confirm`, or none of them
    const Seal* seal = nullptr;
    std::vector<Prefix> proxies = {};  // that say for whom they ask
    std::string help_url = {};         // for those who were refused; empty: none
};

/// Answers GET and HEAD for files; the forms by POST. Which page is meant is seen by Host and path.
/// Thread: any.  Cost: a file is copied into the reply; forms are limited for each network.
/// Fails: never; until a page is shown it answers 503.
class PublicDesk {
public:
    /// At least one page; the first is for names that no page has.
    PublicDesk(std::vector<PublicPage> pages, PublicDeskWorld world);

    void show(std::string_view partner, std::shared_ptr<const Shelf> shelf);
    void answer(const net::Request& request, net::Response& response);

private:
    struct Place {
        PublicPage page;
        std::string host, prefix;  // of its URL; the prefix begins and ends with '/'
        std::shared_ptr<const Shelf> shelf;
    };
    /// One request, and the page that it is about.
    struct Visit {
        const net::Request& request;
        net::Response& response;
        const PublicPage& page;
    };

    using Answer = void (PublicDesk::*)(const Visit& visit);
    struct Form {
        std::string_view path;
        Answer get, post;  // null: not that way
    };
    static const std::array<Form, 4> forms;

    [[nodiscard]] std::size_t place_of(const net::Request& request) const;
    [[nodiscard]] bool has(const Form& form, const PublicPage& page) const;
    void answer_form(const Form& form, const Visit& visit);

    void ask_for_address(const Visit& visit);
    void take_address(const Visit& visit);
    void ask_to_confirm(const Visit& visit);
    void confirm(const Visit& visit);
    void ask_to_leave(const Visit& visit);
    void leave(const Visit& visit);
    void check(const Visit& visit);

    void say(const Visit& visit, unsigned status, Phrase heading, const std::string& content) const;
    void say_line(const Visit& visit, unsigned status, Phrase heading, Phrase line) const;
    void ask(const Visit& visit, Phrase heading, Phrase lead, Phrase button, const Ticket& ticket,
             std::string_view sealed) const;
    [[nodiscard]] std::optional<Ticket> ticket_of(const Visit& visit, Purpose purpose,
                                                  std::string& sealed) const;
    [[nodiscard]] bool may(RateLimit& limit, std::uint64_t key);
    [[nodiscard]] std::optional<Address> visitor(const net::Request& request) const;
    [[nodiscard]] std::string standing_html(const Visit& visit, const Address& address) const;

    PublicDeskWorld world_;
    mutable std::mutex mutex_;
    std::vector<Place> places_;                           // the lock guards their shelves
    RateLimit checks_, subscriptions_, links_, letters_;  // the lock guards them
};

}  // namespace tidegate::tell::status
