#pragma once
// The one table of what a scenario file may say. Whoever adds a setting adds a row; the reader, its checks
// and the reference in docs/drills.md come from it.

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/tree.h"
#include "drill/scenario.h"

namespace tidegate::drill {

/// Where in T a setting goes.
template <class T>
using Member = std::variant<double T::*, std::uint32_t T::*, bool T::*, std::string T::*, Time T::*,
                            std::array<double, 24> T::*, std::array<double, 7> T::*, std::vector<double> T::*,
                            std::vector<std::pair<double, double>> T::*, std::optional<double> T::*,
                            std::vector<std::string> T::*, std::optional<Sensor> T::*, ListShares T::*,
                            Strategy T::*, Task T::*, Fingerprint T::*, Targets T::*, Reaction T::*,
                            Manners T::*, Retries T::*, ChangeKind T::*>;

/// One setting. `low` and `high` bound a number, and each number of a list.
template <class T>
struct Key {
    std::string_view name;
    Member<T> member;
    double low = 0;
    double high = 1;
    std::string_view unit;  // "seconds", "share"; empty where there is none
    std::string_view meaning;
};

[[nodiscard]] std::span<const Key<Scenario>> scenario_keys();
[[nodiscard]] std::span<const Key<List>> list_keys();
[[nodiscard]] std::span<const Key<Customers>> customer_keys();
[[nodiscard]] std::span<const Key<Botnet>> botnet_keys();
[[nodiscard]] std::span<const Key<Servers>> server_keys();
[[nodiscard]] std::span<const Key<Flood>> flood_keys();
[[nodiscard]] std::span<const Key<MailKind>> mail_keys();
[[nodiscard]] std::span<const Key<Clients>> client_keys();
[[nodiscard]] std::span<const Key<Change>> change_keys();
[[nodiscard]] std::span<const Key<EdgeMachine>> edge_keys();
[[nodiscard]] std::span<const Key<Check>> check_keys();

/// Sets the member from what was written, or says what was expected.
template <class T>
[[nodiscard]] config::Complaint take(const config::Tree& written, const Key<T>& key, T& to);
/// What holds where nobody says, as TOML.
template <class T>
[[nodiscard]] std::string standard_of(const Key<T>& key);
/// "number from 0 to 1", "list of 24 numbers".
template <class T>
[[nodiscard]] std::string type_of(const Key<T>& key);

/// What does not fit together in a scenario about the edge. `part` is the table, "mail.spam"; empty: the
/// whole.
struct CrowdMistake {
    std::string part;
    std::string what, mend;
};
[[nodiscard]] std::vector<CrowdMistake> crowd_mistakes(const Scenario& scenario);

[[nodiscard]] std::string_view name(Task task);
[[nodiscard]] std::string_view name(Fingerprint fingerprint);
[[nodiscard]] std::string_view name(Targets targets);
[[nodiscard]] std::string_view name(Reaction reaction);
[[nodiscard]] std::string_view name(ChangeKind kind);

}  // namespace tidegate::drill
