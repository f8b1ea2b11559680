#include "drill/scenario_keys.h"

namespace tidegate::drill {
namespace {

constexpr std::string_view share = "share";
constexpr double many = 20e6, accounts_most = 1e6;

const std::array scenario_table = std::to_array<Key<Scenario>>({
    {"about", &Scenario::about, 0, 0, "", "What happens, in a sentence."},
    {"start", &Scenario::start, 0, 0, "", "The first day played; a date, from midnight UTC."},
    {"days_before", &Scenario::days_before, 0, 60, "days", "Ordinary days before the attack."},
    {"attack_hours", &Scenario::attack_hours, 0.1, 1440, "hours",
     "How long is played from the attack's begin on."},
    {"restarts", &Scenario::restarts, -1440, 1440, "hours",
     "When Tidegate itself is killed, after the attack's begin: it comes back with a checkpoint five minutes "
     "old and "
     "what its journal has since."},
    {"seeds", &Scenario::seeds, 1, 1000, "", "How many seeds to run where the command line does not say."},
    {"quiet_minutes", &Scenario::quiet_minutes, 1, 1440, "minutes",
     "How long is played before the attack, where the scenario is about the edge: `connections`, `mail`, "
     "`clients`."},
    {"domain", &Scenario::domain, 0, 0, "", "Of the accounts' names."},
    {"tag", &Scenario::tag, 0, 1, "",
     "Sensors that see passwords (`edge`, `policy`) also show the tag of the right password."},
    {"auth_verbose", &Scenario::auth_verbose, 0, 1, "",
     "The servers say whether the account does not exist or the password is wrong (Dovecot's "
     "`auth_verbose`)."},
    {"as_table", &Scenario::as_table, 0, 1, "", "Events carry AS numbers from a table."},
    {"as_wrong", &Scenario::as_wrong, 0, 1, share, "Of networks (/22) that the table puts into a wrong AS."},
    {"as_missing", &Scenario::as_missing, 0, 1, share, "Of networks that the table does not have."},
});

const std::array list_table = std::to_array<Key<List>>({
    {"weight", &List::weight, -30, 30, "decibans", "What the judge is told about the list beforehand."},
});

const std::array customer_table = std::to_array<Key<Customers>>({
    {"accounts", &Customers::accounts, 1, accounts_most, "", "How many of this kind."},
    {"desktops", &Customers::desktops, 0, 4, "for an account",
     "Mail programs on computers. Each asks for mail all the time that the computer is on."},
    {"phones", &Customers::phones, 0, 4, "for an account", "Mail programs on phones."},
    {"web", &Customers::web, 0, 1, share, "Of accounts whose owner also uses webmail, typing the password."},
    {"poll_minutes", &Customers::poll_minutes, 1, 240, "minutes",
     "Between a computer's questions for mail, in the mean; a program has a third of it to twice as much."},
    {"desktop_hours", &Customers::desktop_hours, 0.1, 14, "hours",
     "A computer is on, on a working day, at one stretch."},
    {"phone_logins", &Customers::phone_logins, 0, 500, "a day",
     "Connections that a phone makes on a working day."},
    {"web_logins", &Customers::web_logins, 0, 100, "a day", "Log-ins to webmail on a working day."},
    {"pop3", &Customers::pop3, 0, 1, share, "Of computers whose mail program uses POP3 instead of IMAP."},
    {"sends", &Customers::sends, 0, 1, share,
     "Of a mail program's log-ins that are for sending (submission)."},
    {"app_passwords", &Customers::app_passwords, 0, 1, share,
     "Of accounts with a right password of its own for each device."},
    {"client_kinds", &Customers::client_kinds, 4, 1000, "",
     "Different mail programs and versions (fingerprints) among them; popular ones are frequent."},
    {"retry_within_seconds", &Customers::retry_within_seconds, 2, 600, "seconds",
     "A mail program tries again, once, within this time after a temporary failure."},
    {"hours", &Customers::hours, 0, 1000, "weights", "Of the day's hours, from midnight UTC."},
    {"days", &Customers::days, 0, 10, "factors", "Of the week's days, Monday first; 1 is a working day."},
    {"day_noise", &Customers::day_noise, 0, 1, share, "Standard deviation of a day's volume."},
    {"hour_noise", &Customers::hour_noise, 0, 1, share,
     "Standard deviation of an hour's volume, beside chance."},
    {"mistypes", &Customers::mistypes, 0, 1, share, "Of passwords that people type."},
    {"mistyped_names", &Customers::mistyped_names, 0, 1, share, "Of account names that people type."},
    {"repeats", &Customers::repeats, 0, 1, share, "Of mistypes that are typed again at once."},
    {"repeat_seconds", &Customers::repeat_seconds, 1, 600, "seconds", "Until then, in the mean."},
    {"password_changes", &Customers::password_changes, 0, 1, "a day", "An account gets another password."},
    {"stale_phones", &Customers::stale_phones, 0, 1, share,
     "Of password changes after which a phone goes on with the old one."},
    {"stale_days", &Customers::stale_days, 0.01, 60, "days", "How long it does, in the mean."},
    {"stale_minutes", &Customers::stale_minutes, 0.5, 240, "minutes", "Between its tries."},
    {"popular_passwords", &Customers::popular_passwords, 0, 1, share,
     "Of accounts with one of the thousand most popular passwords."},
    {"networks", &Customers::networks, 1, 500, "", "ASes of access providers; the largest are frequent."},
    {"households", &Customers::households, 0, 1, share,
     "Of accounts that live with the one before, behind one address."},
    {"offices", &Customers::offices, 0, 1, share, "Of accounts that also read mail at work."},
    {"office_accounts", &Customers::office_accounts, 1, 10'000, "",
     "Customers of ours in one office, in the mean."},
    {"churn", &Customers::churn, 0, 1, "a day", "Share of home lines that get another address."},
    {"churn_network", &Customers::churn_network, 0, 1, share, "Of these: in another /24 of the same AS."},
    {"cgnat", &Customers::cgnat, 0, 1, share, "Of homes behind carrier-grade NAT."},
    {"cgnat_clients", &Customers::cgnat_clients, 1, 1e6, "", "Customers of ours behind one such address."},
    {"mobile", &Customers::mobile, 0, 1, share, "Of a phone's connections over a mobile network."},
    {"mobile_networks", &Customers::mobile_networks, 1, 100, "", "Mobile operators (an AS each)."},
    {"mobile_addresses", &Customers::mobile_addresses, 1, 4096, "",
     "Public addresses of a mobile operator, which all its phones share."},
    {"ipv6", &Customers::ipv6, 0, 1, share, "Of homes that use IPv6."},
    {"trips", &Customers::trips, 0, 1, "a day", "Share that sets out on a journey."},
    {"trip_days", &Customers::trip_days, 0.1, 60, "days", "How long it lasts, in the mean."},
    {"trip_abroad", &Customers::trip_abroad, 0, 1, share, "Of journeys into networks of the wide world."},
    {"visits", &Customers::visits, 0, 1, "a day",
     "Share that reads mail in somebody else's network for some hours."},
    {"vpn", &Customers::vpn, 0, 1, share, "Of accounts whose owner uses a VPN at times."},
    {"vpn_days", &Customers::vpn_days, 0, 1, share, "Of such a person's days."},
    {"new_devices", &Customers::new_devices, 0, 1, "a day",
     "Share of phones that are replaced; the new one's mail program is set up by typing."},
    {"dormant", &Customers::dormant, 0, 1, share, "Of accounts used about once a month only."},
    {"abroad", &Customers::abroad, 0, 1, share, "Of accounts that somebody in another country uses as well."},
    {"listed", &Customers::listed, 0, 1, share, "Of accounts whose home's address is on a list."},
    {"listed_on", &Customers::listed_on, 0, 0, "", "On which list; empty: the first."},
    {"mobile_listed", &Customers::mobile_listed, 0, 1, share,
     "Of mobile operators' addresses that this list names."},
    {"webmail_host", &Customers::webmail_host, 0, 1, "",
     "Webmail logs in from one host of the provider's own; else each from where its user is."},
    {"list_hosts", &Customers::list_hosts, 0, 100'000, "",
     "Hosts that send for an account: mailing lists, shops, printers."},
    {"list_host_logins", &Customers::list_host_logins, 0, 100'000, "a day", "Of each."},
    {"monitors", &Customers::monitors, 0, 1000, "", "Hosts that try an account every minute."},
});

const std::array botnet_table = std::to_array<Key<Botnet>>({
    {"task", &Botnet::task, 0, 0, "",
     "`guess` at the accounts; `victim`: at a few accounts, from where their owners are and with their "
     "programs; `whiten`: log in with stolen accounts from another botnet's networks, to give these a good "
     "name."},
    {"addresses", &Botnet::addresses, 1, many, "",
     "In all; of one that is there throughout: new ones each day."},
    {"attempts", &Botnet::attempts, 0, 1e6, "weights", "Of one, two, three ... guesses by one address."},
    {"throughout", &Botnet::throughout, 0, 1, "", "There on every day: the background."},
    {"starts_hours", &Botnet::starts_hours, -1440, 1440, "hours", "From the attack's begin."},
    {"lasts_hours", &Botnet::lasts_hours, 0.01, 2880, "hours", "For how long new addresses come."},
    {"pace", &Botnet::pace, -1440, 1e6, "hour, per cent",
     "Pairs: from this hour after the attack's begin on, so many per cent of the customers' own log-ins; "
     "until the next pair. Empty: evenly over `lasts_hours`. With a pace there are as many addresses as it "
     "takes, and "
     "`addresses` is how many different ones."},
    {"pause_seconds", &Botnet::pause_seconds, 1, 1e6, "seconds",
     "Between two guesses of one address, in the mean."},
    {"networks", &Botnet::networks, 1, 20'000, "", "ASes of the wide world that it spreads over."},
    {"own_networks", &Botnet::own_networks, 0, 1, share,
     "Of addresses in the customers' access providers' ASes."},
    {"mobile", &Botnet::mobile, 0, 1, share,
     "Of addresses that are the customers' mobile operators' shared ones."},
    {"homes", &Botnet::homes, 0, 1, share,
     "Of addresses that are customers' own homes' (an infected computer)."},
    {"addresses_in_network", &Botnet::addresses_in_network, 1, 254, "",
     "Of it in a /24 where it is at all, in the mean."},
    {"ipv6", &Botnet::ipv6, 0, 1, share, "Of addresses."},
    {"webmail", &Botnet::webmail, 0, 1, share, "Of addresses that guess by way of the webmail host."},
    {"networks_of", &Botnet::networks_of, 0, 0, "", "With `whiten`: the botnet whose networks it uses."},
    {"listed", &Botnet::listed, 0, 1, "share for each list",
     "Of addresses that a list names when they come, such as `{ xbl = 0.6, css = 0.25 }`."},
    {"listed_later", &Botnet::listed_later, 0, 1, "share for each list",
     "Of addresses that a list names some time after their first guess."},
    {"listing_hours", &Botnet::listing_hours, 0.01, 1000, "hours", "How long after, in the mean."},
    {"existing", &Botnet::existing, 0, 1, share, "Of guesses that are at accounts that exist."},
    {"names", &Botnet::names, 1, 1e6, "", "Different names that it tries and that don't exist."},
    {"targets", &Botnet::targets, 0, 0, "",
     "How guesses spread over accounts: `even`, or `popular`: some names are in every list."},
    {"strategy", &Botnet::strategy, 0, 1, "weights",
     "What is guessed: `{ spray = 1, stuffing = 0, tweaking = 0, dictionary = 0 }`: a list of popular "
     "passwords over all accounts, stolen pairs, variations of a stolen password, a long list at one "
     "account."},
    {"passwords", &Botnet::passwords, 1, 1e6, "", "In the list that is sprayed."},
    {"right", &Botnet::right, 0, 1, share, "Of stolen pairs that are right; of variations a third of it."},
    {"matched", &Botnet::matched, 0, 1, share,
     "Of addresses that guess first at an account whose owner is in the same AS, with his program."},
    {"accounts", &Botnet::accounts, 0, accounts_most, "", "With `victim` and `whiten`: how many."},
    {"guesses", &Botnet::guesses, 0, 1e7, "",
     "With `victim`: at each account; with `whiten`: log-ins a day in all."},
    {"imap", &Botnet::imap, 0, 1, share, "Of guesses over IMAP; what is left is submission."},
    {"pop3", &Botnet::pop3, 0, 1, share, "Of guesses over POP3."},
    {"fingerprint", &Botnet::fingerprint, 0, 0, "",
     "`tools` of its own; `clients`: imitates customers' mail programs; `owner`: that of the account's "
     "owner."},
    {"tools", &Botnet::tools, 1, 10'000, "", "Different tools."},
    {"rare_client", &Botnet::rare_client, 0, 1, share,
     "Of a tool's addresses that look like a rare mail program."},
    {"reaction", &Botnet::reaction, 0, 0, "",
     "To being refused: `carry_on`, `go_away`, `change_address` (the same guess from another), `slow_down` "
     "(ten times "
     "the pause), `retry` (once more within seconds), `come_again` (the same guess after 10 to 20 minutes, "
     "up to three "
     "times). Whoever imitates clients retries as they do in any case."},
});

const std::array check_table = std::to_array<Key<Check>>({
    {"name", &Check::name, 0, 0, "", "For people; empty: the measure."},
    {"measure", &Check::measure, 0, 0, "", "The figure, such as `attack.stopped_before_database`."},
    {"at_least", &Check::at_least, -1e12, 1e12, "", "Lower bound."},
    {"at_most", &Check::at_most, -1e12, 1e12, "", "Upper bound."},
    {"variants", &Check::variants, 0, 0, "", "That it is about; empty: all."},
    {"sensor", &Check::sensor, 0, 0, "", "That it is about: `logs`, `policy` or `edge`."},
    {"needs", &Check::needs, 0, 0, "", "A part that is not built yet: prints 'not yet' and never holds."},
});

}  // namespace

std::span<const Key<Scenario>> scenario_keys() {
    return scenario_table;
}
std::span<const Key<List>> list_keys() {
    return list_table;
}
std::span<const Key<Customers>> customer_keys() {
    return customer_table;
}
std::span<const Key<Botnet>> botnet_keys() {
    return botnet_table;
}
std::span<const Key<Check>> check_keys() {
    return check_table;
}

}  // namespace tidegate::drill
