#include "tell/status/public_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "base/hash.h"
#include "tell/status/form.h"
#include "tell/status/frame.h"
#include "tell/status/mailing.h"
#include "tell/words.h"

namespace tidegate::tell::status {
namespace {

using namespace std::chrono_literals;

// A person asks a few times; a home behind one address asks several times.
constexpr RateLimit::Rule check_rule{.burst = 10, .every = 6s, .burst_of_all = 200, .every_of_all = 20ms};
constexpr RateLimit::Rule subscribe_rule{.burst = 5, .every = 10min, .burst_of_all = 60, .every_of_all = 1s};
// Links are opened by mail programs of large hosts, many from one network.
constexpr RateLimit::Rule link_rule{.burst = 60, .every = 1s, .burst_of_all = 1000, .every_of_all = 10ms};
// One address gets a link now and then, whoever asks.
constexpr RateLimit::Rule letter_rule{
    .burst = 2, .every = 30min, .burst_of_all = 10'000, .every_of_all = 100ms};

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// "/": of "https://status.example.org/"; "/acme/": of "https://status.example.org/acme/".
std::string prefix_of(std::string_view url) {
    const std::size_t host = url.find("://") == std::string_view::npos ? 0 : url.find("://") + 3;
    const std::size_t slash = url.find('/', host);
    return slash == std::string_view::npos ? "/" : std::string(url.substr(slash));
}

// A page that is made for one reader: nobody keeps it.
void head_of(net::Response& response, const SiteRules& rules, unsigned status) {
    response.status(status);
    response.content_type("text/html; charset=utf-8");
    response.header("Content-Security-Policy", content_policy(rules) + "; frame-ancestors 'none'");
    response.header("Cache-Control", "no-store");
    response.header("X-Content-Type-Options", "nosniff");
    response.header("X-Robots-Tag", "noindex");
    if (status == 429 || status == 503) response.header("Retry-After", "60");
}

Phrase phrase_of(VisitorStanding standing) {
    constexpr std::array<Phrase, 4> phrases{Phrase::check_free, Phrase::check_slowed, Phrase::check_refused,
                                            Phrase::check_banned};
    return phrases[static_cast<std::size_t>(standing)];
}

}  // namespace

const std::array<PublicDesk::Form, 4> PublicDesk::forms{
    {{"subscribe", &PublicDesk::ask_for_address, &PublicDesk::take_address},
     {"confirm", &PublicDesk::ask_to_confirm, &PublicDesk::confirm},
     {"unsubscribe", &PublicDesk::ask_to_leave, &PublicDesk::leave},
     {"check", &PublicDesk::check, nullptr}}};

PublicDesk::PublicDesk(std::vector<PublicPage> pages, PublicDeskWorld world)
    : world_(std::move(world)),
      checks_(check_rule),
      subscriptions_(subscribe_rule),
      links_(link_rule),
      letters_(letter_rule) {
    CHECK(!pages.empty());
    for (PublicPage& page : pages) {
        Place place{.page = std::move(page), .host = {}, .prefix = {}, .shelf = nullptr};
        place.host = lowered(host_of_url(place.page.rules.url));
        place.prefix = prefix_of(place.page.rules.url);
        places_.push_back(std::move(place));
    }
}

void PublicDesk::show(std::string_view partner, std::shared_ptr<const Shelf> shelf) {
    const std::scoped_lock lock(mutex_);
    for (Place& place : places_)
        if (place.page.partner == partner) place.shelf = shelf;
}

// The longest path of those with the reader's host; a host that no page has is taken for the first page's,
// since that may be known by other names.
std::size_t PublicDesk::place_of(const net::Request& request) const {
    const std::string host = lowered(host_of_url(request.header("Host").value_or("")));
    const bool is_known = std::ranges::any_of(places_, [&](const Place& each) { return each.host == host; });
    const std::string_view wanted = is_known ? std::string_view(host) : std::string_view(places_[0].host);
    std::size_t best = 0, length = 0;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        const Place& each = places_[i];
        if (each.host != wanted || !request.path().starts_with(each.prefix) || each.prefix.size() <= length)
            continue;
        best = i;
        length = each.prefix.size();
    }
    return best;
}

bool PublicDesk::has(const Form& form, const PublicPage& page) const {
    if (form.path == "check") return page.rules.tells_visitors && world_.about != nullptr;
    return page.rules.takes_subscribers && world_.seal != nullptr;
}

void PublicDesk::answer(const net::Request& request, net::Response& response) {
    const Place& place = places_[place_of(request)];
    std::string_view path = request.path();
    path.remove_prefix(path.starts_with(place.prefix) ? place.prefix.size()
                                                      : std::min<std::size_t>(1, path.size()));
    for (const Form& form : forms)
        if (form.path == path && has(form, place.page))
            return answer_form(form, {request, response, place.page});
    if (request.method() == "POST") {
        response.say(405, "only GET and HEAD");
        return response.header("Allow", "GET, HEAD");
    }
    std::shared_ptr<const Shelf> shelf;
    {
        const std::scoped_lock lock(mutex_);
        shelf = place.shelf;
    }
    if (shelf) return shelf->answer(path, request, response);
    response.say(503, "the page is being made");
    response.header("Retry-After", "5");
}

void PublicDesk::answer_form(const Form& form, const Visit& visit) {
    const bool post = visit.request.method() == "POST";
    if (post && form.post == nullptr) {
        visit.response.say(405, "only GET and HEAD");
        return visit.response.header("Allow", "GET, HEAD");
    }
    (this->*(post ? form.post : form.get))(visit);
}

std::optional<Address> PublicDesk::visitor(const net::Request& request) const {
    return visitor_of(request.peer(), request.last_header("X-Forwarded-For"), world_.proxies);
}

bool PublicDesk::may(RateLimit& limit, std::uint64_t key) {
    const Time now = world_.clock();
    const std::scoped_lock lock(mutex_);
    return limit.take(key, now);
}

// ---- what is said
void PublicDesk::say(const Visit& visit, unsigned status, Phrase heading, const std::string& content) const {
    PublicRecord record;
    record.made = world_.clock();
    record.provider = visit.page.provider;
    record.zone = visit.page.zone;
    const PageWorld world(record, visit.page.rules);
    const std::string title = world.words.plain(heading);
    head_of(visit.response, visit.page.rules, status);
    visit.response.body() = page_head(world, "", record.provider + ": " + title) +
                            fmt::format("<h1>{}</h1>\n", html(title)) + content + page_foot(world, "");
}

void PublicDesk::say_line(const Visit& visit, unsigned status, Phrase heading, Phrase line) const {
    say(visit, status, heading, fmt::format("<p>{}</p>\n", visit.page.rules.wording.html(line)));
}

// A link that a mail program opened by itself changes nothing: the button does.
void PublicDesk::ask(const Visit& visit, Phrase heading, Phrase lead, Phrase button, const Ticket& ticket,
                     std::string_view sealed) const {
    const Wording& words = visit.page.rules.wording;
    say(visit, 200, heading,
        fmt::format("<form method=\"post\" action=\"{}\">\n<p>{}</p>\n<input type=\"hidden\" name=\"t\" "
                    "value=\"{}\">\n<button type=\"submit\">{}</button>\n</form>\n",
                    ticket.purpose == Purpose::confirm ? "confirm" : "unsubscribe",
                    words.html(lead, {{"address", html(ticket.address)}}), html(sealed), words.html(button)));
}

// ---- the list
void PublicDesk::ask_for_address(const Visit& visit) {
    const Wording& words = visit.page.rules.wording;
    say(visit, 200, Phrase::link_mail,
        fmt::format(
            "<p>{}</p>\n<form method=\"post\" action=\"subscribe\">\n<label for=\"email\">{}</label>\n"
            "<input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"email\" maxlength=\"254\" "
            "required>\n<button type=\"submit\">{}</button>\n</form>\n",
            words.html(Phrase::mail_lead), words.html(Phrase::mail_label), words.html(Phrase::mail_button)));
}

// Whether somebody is on the list is nobody else's business: the answer is the same.
void PublicDesk::take_address(const Visit& visit) {
    const auto address = visitor(visit.request);
    if (!address || !may(subscriptions_, address->network_key()))
        return say_line(visit, 429, Phrase::link_mail, Phrase::mail_too_many);
    const auto mailbox = mailbox_of(form_field(visit.request.body(), "email").value_or(""));
    if (!mailbox) return say_line(visit, 422, Phrase::link_mail, Phrase::mail_bad_address);
    const bool silent = world_.subscribers->has(visit.page.partner, *mailbox) ||
                        !may(letters_, hash_bytes(lowered(*mailbox), 0));
    if (!silent && !world_.confirm(visit.page.partner, *mailbox))
        return say_line(visit, 503, Phrase::link_mail, Phrase::mail_too_many);
    say_line(visit, 200, Phrase::link_mail, Phrase::mail_sent);
}

std::optional<Ticket> PublicDesk::ticket_of(const Visit& visit, Purpose purpose, std::string& sealed) const {
    sealed = visit.request.query("t").value_or("");
    if (sealed.empty()) sealed = form_field(visit.request.body(), "t").value_or("");
    auto ticket = world_.seal->open(sealed, world_.clock());
    const bool fits = ticket && ticket->purpose == purpose && ticket->page == visit.page.partner;
    return fits ? ticket : std::nullopt;
}

void PublicDesk::ask_to_confirm(const Visit& visit) {
    std::string sealed;
    const auto ticket = ticket_of(visit, Purpose::confirm, sealed);
    if (!ticket) return say_line(visit, 400, Phrase::link_mail, Phrase::link_spoilt);
    ask(visit, Phrase::link_mail, Phrase::confirm_lead, Phrase::confirm_button, *ticket, sealed);
}

void PublicDesk::confirm(const Visit& visit) {
    using Outcome = Subscribers::Outcome;
    const auto address = visitor(visit.request);
    if (!address || !may(links_, address->network_key()))
        return say_line(visit, 429, Phrase::link_mail, Phrase::mail_too_many);
    std::string sealed;
    const auto ticket = ticket_of(visit, Purpose::confirm, sealed);
    if (!ticket) return say_line(visit, 400, Phrase::link_mail, Phrase::link_spoilt);
    const Outcome outcome = world_.subscribers->add(ticket->page, ticket->address, world_.clock());
    if (outcome == Outcome::full || outcome == Outcome::unwritten)
        return say_line(visit, 503, Phrase::link_mail, Phrase::mail_full);
    say_line(visit, 200, Phrase::link_mail, Phrase::confirm_done);
}

void PublicDesk::ask_to_leave(const Visit& visit) {
    std::string sealed;
    const auto ticket = ticket_of(visit, Purpose::leave, sealed);
    if (!ticket) return say_line(visit, 400, Phrase::link_mail, Phrase::link_spoilt);
    ask(visit, Phrase::link_mail, Phrase::leave_lead, Phrase::leave_button, *ticket, sealed);
}

// RFC 8058 3.2: a mail program's POST of "List-Unsubscribe=One-Click" needs no other word.
void PublicDesk::leave(const Visit& visit) {
    const auto address = visitor(visit.request);
    if (!address || !may(links_, address->network_key()))
        return say_line(visit, 429, Phrase::link_mail, Phrase::mail_too_many);
    std::string sealed;
    const auto ticket = ticket_of(visit, Purpose::leave, sealed);
    if (!ticket) return say_line(visit, 400, Phrase::link_mail, Phrase::link_spoilt);
    // Where it can't be written it holds until the next start; a mail program tries again on a 503.
    if (world_.subscribers->remove(ticket->page, ticket->address) == Subscribers::Outcome::unwritten)
        return say_line(visit, 503, Phrase::link_mail, Phrase::mail_too_many);
    say_line(visit, 200, Phrase::link_mail, Phrase::leave_done);
}

// ---- a visitor's own address
void PublicDesk::check(const Visit& visit) {
    const auto address = visitor(visit.request);
    if (!address) return say_line(visit, 503, Phrase::link_check, Phrase::check_unknown);
    if (!may(checks_, address->network_key()))
        return say_line(visit, 429, Phrase::link_check, Phrase::check_too_many);
    say(visit, 200, Phrase::link_check, standing_html(visit, *address));
}

std::string PublicDesk::standing_html(const Visit& visit, const Address& address) const {
    const Wording& words = visit.page.rules.wording;
    const auto line = [&](Phrase phrase) { return fmt::format("<p>{}</p>\n", words.html(phrase)); };
    const auto standing = world_.about(address);
    if (!standing) return line(Phrase::check_unknown);
    std::string out = fmt::format("<p><strong>{}</strong></p>\n", words.html(phrase_of(*standing)));
    if (*standing != VisitorStanding::free) out += line(Phrase::check_way_back);
    if (*standing != VisitorStanding::free && !world_.help_url.empty())
        out += fmt::format("<p><a href=\"{}\" rel=\"noreferrer\">{}</a></p>\n", html(world_.help_url),
                           words.html(Phrase::check_help));
    return out + fmt::format("<p class=\"quiet\">{}</p>\n",
                             words.html(Phrase::check_about, {{"address", html(address.text())}}));
}

}  // namespace tidegate::tell::status
