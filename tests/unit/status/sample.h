#pragma once
// Records for tests: a bad day, and one whose every text is hostile.

#include <chrono>
#include <string>

#include "event/public_record.h"
#include "tell/status/site.h"

namespace tidegate::tell::status {

inline constexpr Time noon = time_of_unix(1'764'504'000);  // 2025-11-30 12:00 UTC, 13:00 in Vienna

inline SiteRules rules_of_sample() {
    SiteRules rules;
    rules.url = rules.forms_url = "https://status.example.org/";
    rules.takes_subscribers = rules.tells_visitors = true;
    rules.contact = "Telephone: 0800 123, or https://help.example.org/";
    return rules;
}

// 90 days until `time`: nine that nobody measured, one disturbed, one partly down.
inline PublicService service_of(std::string name, std::string label, ServiceState now, Time time = noon) {
    PublicService out;
    out.name = std::move(name);
    out.label = std::move(label);
    out.now = now;
    const auto today = std::chrono::floor<std::chrono::days>(time);
    for (int back = 89; back >= 0; --back) {
        ServiceDay day;
        day.day = std::chrono::year_month_day(today - std::chrono::days(back));
        day.worst = back > 80 ? ServiceState::unknown : ServiceState::working;
        if (back == 40) {
            day.worst = ServiceState::disturbed;
            day.minutes_hurt = 45;
        }
        if (back == 12) {
            day.worst = ServiceState::down;
            day.minutes_hurt = 61;
            day.minutes_down = 12;
        }
        if (back == 0 && now != ServiceState::working) {
            day.worst = now;
            day.minutes_hurt = 1;
        }
        out.days.push_back(day);
    }
    return out;
}

inline PublicRecord sample() {
    using namespace std::chrono_literals;
    PublicRecord record;
    record.made = noon;
    record.provider = "Example Mail";
    record.zone = "Europe/Vienna";
    record.services = {service_of("imap", "Reading mail with a mail program (IMAP)", ServiceState::slow),
                       service_of("submission", "Sending mail", ServiceState::working),
                       service_of("webmail", "Webmail", ServiceState::working)};
    PublicIncident open;
    open.id = "2025-11-30-1";
    open.title = "Reading mail is slow";
    open.state = PublicState::mending;
    open.services = {"imap"};
    open.worst = ServiceState::slow;
    open.began = noon - 50min;
    open.next_update_by = noon + 30min;
    open.updates = {
        {.time = noon - 40min,
         .state = PublicState::investigating,
         .text = "Log-ins over IMAP take 4 s instead of 0.3 s.\n\nMail is queued and none is lost."},
        {.time = noon - 5min,
         .state = PublicState::mending,
         .text = "A disk is being replaced.",
         .source = "https://supplier.example.net/notice/7"}};
    open.meanwhile = {"Use webmail: https://webmail.example.org/."};
    open.steps = {"You need not change anything."};
    PublicIncident over;
    over.id = "2025-11-18-1";
    over.title = "Mail could not be read";
    over.state = PublicState::over;
    over.services = {"imap", "webmail"};
    over.worst = ServiceState::down;
    over.began = noon - std::chrono::days(12);
    over.over = over.began + 61min;
    over.updates = {{.time = over.began + 61min, .state = PublicState::over, .text = "It works again."}};
    over.post_mortem = "## What happened\n\nA **disk** failed. The `raid` did not notice.\n\n* one\n* two\n";
    over.reported = over.began + std::chrono::days(1);
    over.plot = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    record.incidents = {open, over};
    PublicWork work;
    work.id = "work-1";
    work.title = "New disks";
    work.text = "Short interruptions.";
    work.services = {"imap"};
    work.changed = over.began;
    work.from = noon + 30h;
    work.until = noon + 31h;
    record.work = {work};
    return record;
}

// Every text is one that would be markup, a header, or an end of something.
inline PublicRecord hostile(const std::string& text) {
    PublicRecord record = sample();
    record.provider = text;
    record.services[0].name = record.services[0].label = text;
    PublicIncident& one = record.incidents[0];
    one.id = one.title = text;
    one.services = {text};
    one.meanwhile = one.steps = {text};
    one.updates[0].text = one.updates[0].source = text;
    one.post_mortem = text + "\n\n# " + text + "\n\n* " + text + "\n\n| " + text + " |\n|---|\n| " + text +
                      " |\n\n[" + text + "](" + text + ")\n\n```\n" + text + "\n";
    record.incidents[1].plot.clear();  // so that no <img is ours
    record.work[0].id = record.work[0].title = record.work[0].text = text;
    return record;
}

inline const SiteFile& file_of(const std::vector<SiteFile>& files, std::string_view path) {
    for (const SiteFile& each : files)
        if (each.path == path) return each;
    static const SiteFile none;
    return none;
}

}  // namespace tidegate::tell::status
