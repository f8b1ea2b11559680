#pragma once
// Every sentence of the public page, in one table: an operator may replace each, and so translate them all.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/public_record.h"

namespace tidegate::tell::status {

/// Names are part of the interface (the configuration's `texts`): never reuse one.
enum class Phrase : std::uint8_t {
    // The first sentence.
    all_work,
    measured_work,
    nothing_measured,
    nothing_known,
    looking_into,
    works_though,
    works_again,
    services_down,
    services_disturbed,
    services_slow,
    services_maintained,
    rest_works,
    // How a service is, in the order of ServiceState.
    state_working,
    state_unknown,
    state_maintenance,
    state_slow,
    state_disturbed,
    state_down,
    // Where an incident stands, in the order of PublicState.
    step_investigating,
    step_identified,
    step_mending,
    step_watching,
    step_over,
    // Headings.
    page_title,
    heading_now,
    heading_work,
    heading_services,
    heading_past,
    heading_history,
    heading_updates,
    heading_meanwhile,
    heading_steps,
    heading_post_mortem,
    heading_follow,
    // About an incident or work.
    affects,
    since,
    from_until,
    next_update,
    update_late,
    source,
    no_updates,
    no_incidents,
    has_post_mortem,
    plot_of_hours,
    work_announced,
    work_under_way,
    work_done,
    work_called_off,
    // About days.
    days_ago,
    today,
    days_summary,
    days_all_well,
    days_hurt,
    days_unmeasured,
    day_hurt,
    day_down,
    days_list,
    minutes_one,
    minutes_many,
    // Round about.
    last_change,
    times_in,
    link_home,
    link_history,
    link_atom,
    link_rss,
    link_json,
    link_mail,
    link_check,
    months,
    // Forms.
    mail_lead,
    mail_label,
    mail_button,
    mail_sent,
    mail_bad_address,
    mail_too_many,
    mail_full,
    confirm_lead,
    confirm_button,
    confirm_done,
    leave_lead,
    leave_button,
    leave_done,
    link_spoilt,
    check_free,
    check_slowed,
    check_refused,
    check_banned,
    check_way_back,
    check_help,
    check_unknown,
    check_too_many,
    check_about,
    not_found,
    // E-mail.
    confirm_subject,
    confirm_text,
    update_subject,
    mail_footer,
};
inline constexpr std::size_t phrase_count = static_cast<std::size_t>(Phrase::mail_footer) + 1;

struct PhraseRow {
    std::string_view name;  // "all_work"
    std::string_view text;  // as it ships; "{services}" and the like are filled in
};
[[nodiscard]] std::span<const PhraseRow> phrases();

/// What stands for "{name}" in a phrase.
using Blanks = std::vector<std::pair<std::string_view, std::string>>;

/// The texts of one page. A value.
/// Thread: any, once made.  Cost: a look-up is an index.
class Wording {
public:
    Wording() = default;
    /// `language` is for browsers and screen readers (BCP 47); `texts`: phrase name to text. Names that are
    /// not known are ignored: mistakes() tells of them.
    Wording(std::string language, const std::map<std::string, std::string>& texts);

    [[nodiscard]] std::string_view operator[](Phrase phrase) const;
    /// Plain text, each blank filled as it is.
    [[nodiscard]] std::string plain(Phrase phrase, const Blanks& blanks = {}) const;
    /// HTML: the phrase is escaped, the blanks are HTML already.
    [[nodiscard]] std::string html(Phrase phrase, const Blanks& blanks = {}) const;

    [[nodiscard]] Phrase of(ServiceState state) const;
    [[nodiscard]] Phrase of(PublicState state) const;
    /// Of 1 to 12.
    [[nodiscard]] std::string_view month(unsigned number) const;
    [[nodiscard]] const std::string& language() const { return language_; }

    /// What is wrong with such texts, in words: names that are not known, months that are not twelve.
    [[nodiscard]] static std::vector<std::string> mistakes(const std::map<std::string, std::string>& texts);

private:
    std::string language_ = "en";
    std::map<Phrase, std::string> texts_;
};

}  // namespace tidegate::tell::status
