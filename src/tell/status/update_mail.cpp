#include "tell/status/update_mail.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "tell/alert/mail_text.h"
#include "tell/status/frame.h"
#include "tell/status/text_html.h"
#include "tell/words.h"

namespace tidegate::tell::status {
namespace {

std::string random_id() {
    CHECK(sodium_init() >= 0);
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::string out;
    for (const unsigned char byte : bytes) out += fmt::format("{:02x}", byte);
    return out;
}

// RFC 5322 3.2.5: a phrase; what is plain stands in quotation marks.
std::string phrase_of(std::string_view text) {
    const std::string safe = harmless(text);
    std::string encoded = encoded_words(safe);
    if (encoded != safe) return encoded;
    std::string out = "\"";
    for (const char c : safe) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

std::string lines_of(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& each : lines)
        for (const std::string& part : paragraphs_of(each)) out += "* " + harmless(part) + "\n";
    return out;
}

std::string text_of(const PageWorld& world, const PublicIncident& incident, const PublicUpdate& update) {
    const Wording& words = world.words;
    std::string out =
        fmt::format("{}\n{}, {} ({})\n\n", harmless(incident.title), words[words.of(update.state)],
                    world.clock.spoken(update.time), world.clock.zone());
    for (const std::string& each : paragraphs_of(update.text)) out += harmless(each) + "\n\n";
    if (!update.source.empty())
        out += words.plain(Phrase::source, {{"source", harmless(update.source)}}) + "\n\n";
    if (incident.state == PublicState::over) return out;
    if (incident.next_update_by)
        out += words.plain(Phrase::next_update, {{"time", world.clock.spoken(*incident.next_update_by)}}) +
               "\n\n";
    if (!incident.meanwhile.empty())
        out += fmt::format("{}:\n{}\n", words[Phrase::heading_meanwhile], lines_of(incident.meanwhile));
    if (!incident.steps.empty())
        out += fmt::format("{}:\n{}\n", words[Phrase::heading_steps], lines_of(incident.steps));
    return out;
}

// The report itself is for the page: it has a picture, and may be long.
std::string report_text(const PageWorld& world, const PublicIncident& incident) {
    return fmt::format("{}\n{}:\n\n{}incident/{}.html#report\n\n", harmless(incident.title),
                       world.words[Phrase::heading_post_mortem], world.rules.url, file_name_of(incident.id));
}

std::string text_of(const PageWorld& world, const PublicWork& work) {
    const Wording& words = world.words;
    const std::string times = words.plain(Phrase::from_until, {{"from", world.clock.spoken(work.from)},
                                                               {"until", world.clock.spoken(work.until)}});
    std::string out = fmt::format("{}\n{}: {} ({})\n\n", harmless(work.title), words[state_of(work)], times,
                                  world.clock.zone());
    if (!work.services.empty())
        out +=
            words.plain(Phrase::affects, {{"services", harmless(labels_of(world.record, work.services))}}) +
            "\n\n";
    for (const std::string& each : paragraphs_of(work.text)) out += harmless(each) + "\n\n";
    return out;
}

std::string subject_of(const PageWorld& world, const std::string& title, Phrase state) {
    return world.words.plain(
        Phrase::update_subject,
        {{"provider", world.record.provider}, {"title", title}, {"state", std::string(world.words[state])}});
}

}  // namespace

std::vector<News> news_of(const PublicRecord& record, const SiteRules& rules) {
    const PageWorld world(record, rules);
    std::vector<News> out;
    for (const PublicIncident& incident : record.incidents) {
        for (const PublicUpdate& update : incident.updates)
            out.push_back({.time = update.time,
                           .subject = subject_of(world, incident.title, world.words.of(update.state)),
                           .text = text_of(world, incident, update)});
        if (incident.reported)
            out.push_back({.time = *incident.reported,
                           .subject = subject_of(world, incident.title, Phrase::heading_post_mortem),
                           .text = report_text(world, incident)});
    }
    for (const PublicWork& work : record.work)
        out.push_back({.time = work.changed,
                       .subject = subject_of(world, work.title, state_of(work)),
                       .text = text_of(world, work)});
    std::ranges::sort(out, {}, [](const News& each) { return std::pair(each.time, each.subject); });
    return out;
}

std::string status_mail_text(const StatusMail& mail) {
    std::string out = fmt::format(
        "Date: {}\r\nFrom: {} <{}>\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}@{}>\r\n"
        "Auto-Submitted: auto-generated\r\n",  // RFC 3834 5: no vacation notice answers
        mail_date(mail.time), phrase_of(mail.name), mail.from, mail.to, encoded_words(harmless(mail.subject)),
        random_id(), mail.host);
    if (!mail.leave.empty())
        out += fmt::format(
            "List-Id: <status.{}>\r\nList-Unsubscribe:\r\n <{}>\r\n"
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            mail.host, mail.leave);
    out +=
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
    return out + quoted_printable(valid_utf8(mail.text));
}

}  // namespace tidegate::tell::status
