#pragma once
// The one table of settings. Whoever adds a setting adds a row; parser, check and documentation follow.

#include <span>
#include <string_view>
#include <vector>

#include "config/settings.h"
#include "config/value.h"

namespace tidegate::config {

/// One setting of a section. All texts are for people; `type` and `standard` end up in the reference.
struct Setting {
    std::string_view name;
    std::string_view type;      // "text", "whole number"
    std::string_view standard;  // what holds where it is not set
    std::string_view meaning;   // sentences
    Complaint (*set)(const Value& value, Settings& to);
    bool required = false;
    bool is_secret = false;  // never shown
};

/// `[name]`, or `[[name]]` where `begin` is there, which makes room for another one.
struct Section {
    std::string_view name;
    std::string_view meaning;
    std::string_view example;  // TOML
    std::span<const Setting> settings;
    void (*begin)(Settings& to, std::uint64_t line) = nullptr;
    /// What is wrong with the section as a whole, once all its settings are read; {what, mend}.
    std::optional<std::pair<std::string, std::string>> (*check)(const Settings& all) = nullptr;

    [[nodiscard]] bool repeats() const { return begin != nullptr; }
};

/// Those of the daemon alone.
[[nodiscard]] std::span<const Section> serving_sections();

/// The edge: where clients come in, and the servers behind it.
[[nodiscard]] std::span<const Section> edge_sections();
/// What is wrong between them, once everything is read; without the file.
[[nodiscard]] std::vector<Error> check_edge(const Settings& all);

/// The kernel's part.
[[nodiscard]] std::span<const Section> firewall_sections();

/// Block lists that are asked over DNS.
[[nodiscard]] std::span<const Section> dns_list_sections();

/// How people are told.
[[nodiscard]] std::span<const Section> alert_sections();
[[nodiscard]] std::span<const Section> on_call_sections();
/// What refers to what, once everything is read; without the file.
[[nodiscard]] std::vector<Error> check_alerts(const Settings& all);

/// Where people and programs reach the daemon over HTTP.
[[nodiscard]] std::span<const Section> console_sections();

/// The weekly report.
[[nodiscard]] std::span<const Section> report_sections();
/// Whether there is a server that takes it, once everything is read; without the file.
[[nodiscard]] std::vector<Error> check_report(const Settings& all);

/// The public status page.
[[nodiscard]] std::span<const Section> status_sections();

/// What customers are told.
[[nodiscard]] std::span<const Section> case_sections();

/// The mail servers' queues.
[[nodiscard]] std::span<const Section> queue_sections();
/// Whether those that are named are there, once everything is read; without the file.
[[nodiscard]] std::vector<Error> check_queues(const Settings& all);

/// In the order of the documentation.
[[nodiscard]] std::span<const Section> sections();

}  // namespace tidegate::config
