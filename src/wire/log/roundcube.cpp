// Roundcube's userlogins and errors logs (program/include/rcmail.php, program/lib/Roundcube/rcube_imap.php,
// rcube_utils::remote_ip).
//
// SECURITY: the account stands before the address, and behind it what X-Real-IP and X-Forwarded-For claimed,
// which any browser can send. Only the address that the web server saw counts ("from ADDRESS"); a line with
// several such places has no address (OneReading tells why).

#include "wire/log/client.h"
#include "wire/log/line.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

constexpr std::string_view from = " from ";

/// The address at the front of `text`, where Roundcube's words follow it: the end, ". ", "(", " (" or " in
/// session".
std::optional<Bracketed> read_remote(std::string_view text) {
    static constexpr std::size_t longest = 64;
    auto token = text.substr(0, longest);
    token = token.substr(0, token.find_first_of(" ("));
    const auto rest = text.substr(token.size());
    const bool dot = token.ends_with('.');
    if (dot) token.remove_suffix(1);
    const auto address = client_address(token);
    if (!address) return std::nullopt;
    const bool ends = rest.empty() || dot || rest.starts_with("(X-") || rest.starts_with(" (X-") ||
                      rest.starts_with(" in session ") || rest.starts_with(" in /");
    if (!ends) return std::nullopt;
    return Bracketed{.address = *address};
}

/// Where the account ends and who the client is.
struct Place {
    Bracketed client;
    std::string_view before;  // the first place's " from "
    std::string_view behind;  // the address
    bool sure = false;
};

Place find_place(std::string_view text) {
    Place place;
    OneReading readings;
    for (auto at = find(text, from); at != npos; at = find(text, from, at + 1)) {
        const auto client = read_remote(text.substr(at + from.size()));
        if (!client) continue;
        if (readings.count() == 0) {
            place.before = text.substr(0, at);
            place.behind = text.substr(at + from.size());
        }
        readings.saw(*client);
    }
    place.client = readings.client();
    place.sure = readings.count() == 1;
    return place;
}

/// What the IMAP server or the network answered: behind the address and what the headers claimed.
std::string_view answer_of(const Place& place) {
    if (!place.sure) return {};
    const auto bracket = place.behind.rfind("). ");
    if (bracket != npos) return place.behind.substr(bracket + 3);
    // Headers that do not end as Roundcube ends them could say anything.
    return contains(place.behind, "(X-") ? std::string_view{} : place.behind;
}

bool is_our_fault(std::string_view answer) {
    for (const std::string_view words :
         {"Could not connect", "Connection refused", "Connection timed out", "Empty startup greeting",
          "[UNAVAILABLE]", "emporary authentication failure", "nternal error", "[SERVERBUG]",
          "Server shutting down"}) {
        if (contains(answer, words)) return true;
    }
    return false;
}

Event& begin(const LogLine& line, EventBatch& out, const Bracketed& client, Outcome outcome,
             std::string_view session) {
    Event& event = begin_event(line, out, EventKind::attempt, Service::webmail, Layer::webmail);
    event.address = client.address;
    event.outcome = outcome;
    event.session = session;
    return event;
}

/// "USER against HOST from ADDRESS. ANSWER in FILE on line N (POST URI)".
Recognised imap_error(const LogLine& line, EventBatch& out, std::string_view text, std::string_view session) {
    const Place place = find_place(text);
    if (place.before.empty()) return Recognised::unknown;
    Event& event = begin(line, out, place.client, Outcome::failure, session);
    const auto against = place.before.rfind(" against ");
    event.account = place.before.substr(0, against);
    event.reason = is_our_fault(answer_of(place)) ? Reason::internal : Reason::bad_password;
    return Recognised::event;
}

/// Roundcube's own codes (rcmail::ERROR_*): "(error: N)" ends the line.
void judge_code(std::string_view text, Event& event) {
    event.reason = Reason::bad_password;
    if (text.ends_with("(error: -2)")) event.reason = Reason::internal;  // no mail server
    if (text.ends_with("(error: 4)")) event.reason = Reason::rate;
    for (const std::string_view code : {"(error: 1)", "(error: 2)", "(error: 3)"}) {
        if (!text.ends_with(code)) continue;
        event.outcome = Outcome::abort;  // a broken request, a wrong host, no cookies
        event.reason = Reason::protocol;
    }
}

/// The session's name behind the address, where there is one reading.
std::string_view session_of(const Place& place, std::string_view otherwise) {
    static constexpr std::string_view mark = " in session ";
    const auto at = place.behind.rfind(mark);
    if (!place.sure || at == npos) return otherwise;
    const auto text = place.behind.substr(at + mark.size());
    return text.substr(0, find(text, ' '));
}

/// "USER from ADDRESS in session S (error: N)", of old "USER from ADDRESS".
Recognised failed(const LogLine& line, EventBatch& out, std::string_view text, std::string_view session) {
    const Place place = find_place(text);
    if (place.before.empty()) return Recognised::unknown;
    Event& event = begin(line, out, place.client, Outcome::failure, session_of(place, session));
    event.account = place.before;
    judge_code(text, event);
    return Recognised::event;
}

/// "USER (ID: N) from ADDRESS in session S": the account is one that exists.
Recognised succeeded(const LogLine& line, EventBatch& out, std::string_view text, std::string_view session) {
    const Place place = find_place(text);
    if (place.before.empty()) return Recognised::unknown;
    Event& event = begin(line, out, place.client, Outcome::success, session_of(place, session));
    event.account = place.before.substr(0, place.before.rfind(" (ID: "));
    return Recognised::event;
}

/// "<5b3a8f21> " in front: the beginning of the session's name.
std::string_view skip_session(Scan& scan) {
    Scan walk = scan;
    if (!walk.skip('<')) return {};
    const auto session = walk.until("> ");
    if (!session || session->size() > 40 || contains(*session, " ")) return {};
    scan = walk;
    return *session;
}

}  // namespace

Recognised parse_roundcube(const LogLine& line, EventBatch& out) {
    Scan scan(line.message);
    const auto session = skip_session(scan);
    if (scan.skip("Successful login for ")) return succeeded(line, out, scan.rest(), session);
    if (scan.skip("Failed login for ") || scan.skip("FAILED login for ")) {
        return failed(line, out, scan.rest(), session);
    }
    const bool error = scan.skip("IMAP Error: ");
    if (scan.skip("Login failed for ")) return imap_error(line, out, scan.rest(), session);
    if (error) return Recognised::nothing;
    for (const std::string_view word :
         {"PHP Error", "DB Error", "SMTP Error", "PHP Warning", "PHP Deprecated"}) {
        if (scan.skip(word)) return Recognised::nothing;
    }
    return Recognised::unknown;
}

}  // namespace tidegate::wire
