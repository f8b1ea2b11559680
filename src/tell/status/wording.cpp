#include "tell/status/wording.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "tell/words.h"

namespace tidegate::tell::status {
namespace {

constexpr std::array<PhraseRow, phrase_count> table{{
    {"all_work", "Everything works."},
    {"measured_work", "Everything that we measure works."},
    {"nothing_measured", "At the moment we cannot see whether everything works."},
    {"nothing_known", "We know of no disturbance."},
    {"looking_into", "We are dealing with a disturbance."},
    {"works_though", "Everything works, though something is out of the ordinary."},
    {"works_again", "Everything works again. We are still watching."},
    {"services_down", "Not working at the moment: {services}."},
    {"services_disturbed", "Disturbed at the moment: {services}."},
    {"services_slow", "Slow at the moment: {services}."},
    {"services_maintained", "Announced work is under way: {services}."},
    {"rest_works", "Everything else works."},
    {"state_working", "works"},
    {"state_unknown", "not measured"},
    {"state_maintenance", "announced work"},
    {"state_slow", "slow"},
    {"state_disturbed", "disturbed"},
    {"state_down", "down"},
    {"step_investigating", "We are looking for the cause"},
    {"step_identified", "The cause is found"},
    {"step_mending", "We are mending it"},
    {"step_watching", "It works again, and we are watching"},
    {"step_over", "Over"},
    {"page_title", "{provider}: status of our services"},
    {"heading_now", "Happening now"},
    {"heading_work", "Announced work"},
    {"heading_services", "Services"},
    {"heading_past", "The last two weeks"},
    {"heading_history", "History"},
    {"heading_updates", "Updates"},
    {"heading_meanwhile", "What works meanwhile"},
    {"heading_steps", "What you can do"},
    {"heading_post_mortem", "What happened, and what we learn from it"},
    {"heading_follow", "Keep up to date"},
    {"affects", "Affects: {services}"},
    {"since", "Since {time}"},
    {"from_until", "{from} to {until}"},
    {"next_update", "Next update by {time}"},
    {"update_late", "The update that we promised by {time} is late. The work goes on."},
    {"source", "Source: {source}"},
    {"no_updates", "There are no words about it yet."},
    {"no_incidents", "No disturbances."},
    {"has_post_mortem", "with a report of what happened"},
    {"plot_of_hours", "Log-ins and failed ones by the hour"},
    {"work_announced", "Announced"},
    {"work_under_way", "Under way"},
    {"work_done", "Done"},
    {"work_called_off", "Called off"},
    {"days_ago", "{days} days ago"},
    {"today", "Today"},
    {"days_summary", "The last {days} days: {summary}."},
    {"days_all_well", "no disturbance"},
    {"days_hurt", "{state} on {count}"},
    {"days_unmeasured", "{count} not measured"},
    {"day_hurt", "{day}: {state}, {minutes}"},
    {"day_down", "{day}: {state}, {minutes}, of these down {down}"},
    {"days_list", "Days with disturbances: {count}"},
    {"minutes_one", "{count} minute"},
    {"minutes_many", "{count} minutes"},
    {"last_change", "Last change of this page: {time}."},
    {"times_in", "All times are those of {zone}."},
    {"link_home", "Status"},
    {"link_history", "History"},
    {"link_atom", "Atom feed"},
    {"link_rss", "RSS feed"},
    {"link_json", "JSON"},
    {"link_mail", "Updates by e-mail"},
    {"link_check", "Is my connection affected?"},
    {"months", "January February March April May June July August September October November December"},
    {"mail_lead",
     "You get an e-mail with each update about a disturbance, and nothing else. Choose an address that does "
     "not lie with us, so that it reaches you when our servers do not work. We first send you a link to "
     "confirm it."},
    {"mail_label", "E-mail address"},
    {"mail_button", "Send me the link"},
    {"mail_sent",
     "If the address is not on the list yet, an e-mail with a link is on its way to it. Open the link within "
     "two days."},
    {"mail_bad_address", "This does not look like an e-mail address that we can write to."},
    {"mail_too_many", "Too many requests came from your network. Please try again later."},
    {"mail_full", "The list takes no more addresses at the moment. The feeds are always open."},
    {"confirm_lead", "Send updates about disturbances to {address}?"},
    {"confirm_button", "Yes, send them"},
    {"confirm_done", "Done. Every e-mail has a link by which you can leave the list."},
    {"leave_lead", "Send no more updates to {address}?"},
    {"leave_button", "Send no more"},
    {"leave_done", "Done. No more e-mails go to this address."},
    {"link_spoilt", "This link is not whole, or it is too old. Please begin anew."},
    {"check_free", "Nothing speaks against log-ins from your address."},
    {"check_slowed", "Log-ins from your address are answered with a delay at the moment."},
    {"check_refused",
     "A log-in from your address would be refused at the moment: there were too many failed attempts from it "
     "or its surroundings."},
    {"check_banned",
     "Your address is blocked at the moment: there were too many failed attempts from it. The block ends by "
     "itself."},
    {"check_way_back",
     "The way back: if your mail program showed a code of seven letters and digits, tell it to our support "
     "and you are let in. Check that no device of yours still uses an old password. Over another network, "
     "such as your phone's, you can log in as always."},
    {"check_help", "Help for those who were refused"},
    {"check_unknown", "We cannot tell at the moment. Please try again in a minute."},
    {"check_too_many",
     "So many people ask at the moment that we cannot answer. Please try again in a minute."},
    {"check_about", "This is about {address}, the address from which your device reaches us now."},
    {"not_found", "There is no such page."},
    {"confirm_subject", "[{provider}] Please confirm: updates about disturbances"},
    {"confirm_text",
     "Somebody, probably you, asked for updates about disturbances at {provider} to be sent to this "
     "address.\n\nIf it was you, open this link within two days:\n\n{link}\n\nIf it was not you, do nothing, "
     "and nothing more will come."},
    {"update_subject", "[{provider}] {title}: {state}"},
    {"mail_footer", "The status page: {url}\nNo more of these e-mails: {leave}"},
}};

// Text with its blanks filled; `shown` makes the rest fit.
template <class Shown>
std::string filled(std::string_view text, const Blanks& blanks, Shown shown) {
    std::string out;
    while (!text.empty()) {
        const std::size_t open = std::min(text.find('{'), text.size());
        out += shown(text.substr(0, open));
        text.remove_prefix(open);
        if (text.empty()) break;
        const std::size_t close = text.find('}');
        const std::string_view name =
            close == std::string_view::npos ? std::string_view() : text.substr(1, close - 1);
        const auto blank = std::ranges::find(blanks, name, &Blanks::value_type::first);
        const bool known = close != std::string_view::npos && blank != blanks.end();
        out += known ? blank->second : shown(text.substr(0, 1));
        text.remove_prefix(known ? close + 1 : 1);
    }
    return out;
}

// A phrase's line ends are the operator's own.
std::string shown_html(std::string_view text) {
    std::string out;
    while (true) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        out += tell::html(text.substr(0, end));
        if (end == text.size()) return out;
        out += '\n';
        text.remove_prefix(end + 1);
    }
}

}  // namespace

std::span<const PhraseRow> phrases() {
    return table;
}

Wording::Wording(std::string language, const std::map<std::string, std::string>& texts)
    : language_(std::move(language)) {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (const auto found = texts.find(std::string(table[i].name)); found != texts.end())
            texts_.emplace(static_cast<Phrase>(i), found->second);
}

std::vector<std::string> Wording::mistakes(const std::map<std::string, std::string>& texts) {
    std::vector<std::string> out;
    for (const auto& [name, text] : texts) {
        if (std::ranges::find(table, name, &PhraseRow::name) == table.end())
            out.push_back("there is no text '" + name + "'");
        else if (name == "months" && std::ranges::count(text, ' ') != 11)
            out.push_back("'months' needs twelve names with one blank between them");
    }
    return out;
}

std::string_view Wording::operator[](Phrase phrase) const {
    const auto own = texts_.find(phrase);
    return own == texts_.end() ? table[static_cast<std::size_t>(phrase)].text : std::string_view(own->second);
}

std::string Wording::plain(Phrase phrase, const Blanks& blanks) const {
    return filled((*this)[phrase], blanks, [](std::string_view text) { return std::string(text); });
}

std::string Wording::html(Phrase phrase, const Blanks& blanks) const {
    return filled((*this)[phrase], blanks, shown_html);
}

Phrase Wording::of(ServiceState state) const {
    return static_cast<Phrase>(static_cast<std::size_t>(Phrase::state_working) +
                               static_cast<std::size_t>(state));
}

Phrase Wording::of(PublicState state) const {
    return static_cast<Phrase>(static_cast<std::size_t>(Phrase::step_investigating) +
                               static_cast<std::size_t>(state));
}

std::string_view Wording::month(unsigned number) const {
    CHECK(number >= 1 && number <= 12);
    std::string_view names = (*this)[Phrase::months];
    CHECK(std::ranges::count(names, ' ') == 11);
    for (unsigned skipped = 1; skipped < number; ++skipped)
        names.remove_prefix(std::min(names.find(' '), names.size() - 1) + 1);
    return names.substr(0, names.find(' '));
}

}  // namespace tidegate::tell::status
