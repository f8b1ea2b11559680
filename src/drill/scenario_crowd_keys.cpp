// The rows of the tables that are about the edge.

#include "drill/scenario_keys.h"

namespace tidegate::drill {
namespace {

constexpr std::string_view share = "share";
constexpr double many = 1e6, day = 1440, most_domains = 10'000;

const std::array flood_table = std::to_array<Key<Flood>>({
    {"addresses", &Flood::addresses, 1, many, "", "In all."},
    {"times_capacity", &Flood::times_capacity, 0.001, 1000, "times",
     "Connections a second, in units of the messages a second that all mail servers bear."},
    {"starts_minutes", &Flood::starts_minutes, -day, day, "minutes", "From the attack's begin."},
    {"lasts_minutes", &Flood::lasts_minutes, 0.1, day, "minutes", "For how long it comes."},
    {"networks", &Flood::networks, 1, 20'000, "", "ASes of the wide world that it spreads over."},
    {"addresses_in_network", &Flood::addresses_in_network, 1, 254, "",
     "Of it in a /24 where it is at all, in the mean."},
    {"own_networks", &Flood::own_networks, 0, 1, share,
     "Of addresses in /24s in which hosts are that send us mail."},
    {"manners", &Flood::manners, 0, 1, "weights",
     "What connections do: `{ silent = 1, slow = 0, handshake = 0, smtp = 0 }`: say nothing; a byte now and "
     "then; begin TLS and stop; speak SMTP and offer mail to whom does not exist."},
    {"holds_seconds", &Flood::holds_seconds, 1, 86'400, "seconds",
     "How long one holds on to a connection that the edge does not end, in the mean."},
    {"gives_up", &Flood::gives_up, 0, 1, share,
     "Of addresses that go away for good once nothing answers them."},
    {"early", &Flood::early, 0, 1, share,
     "Of addresses that, if they speak SMTP, do so before they are greeted."},
    {"listed", &Flood::listed, 0, 1, "share for each list", "Of addresses that a list names when they come."},
    {"listed_later", &Flood::listed_later, 0, 1, "share for each list",
     "Of addresses that a list names some time after the begin."},
    {"listing_minutes", &Flood::listing_minutes, 0.1, 10'000, "minutes", "How long after, in the mean."},
    {"domain", &Flood::domain, 0, most_domains, "",
     "Of the domains of [edge] the one that it aims at where it speaks SMTP, from 1, which gets most mail; "
     "0: "
     "at each as mail is sent there."},
    {"domain_share", &Flood::domain_share, 0, 1, share, "Of its connections that aim at that domain."},
    {"follows", &Flood::follows, 0, 1, share,
     "Of its addresses that look up where a domain is taken after it was moved; the others stay at the old "
     "address."},
});

const std::array mail_table = std::to_array<Key<MailKind>>({
    {"spam", &MailKind::spam, 0, 1, "", "Nobody wants it; else it is legitimate."},
    {"hosts", &MailKind::hosts, 1, many, "", "That send it."},
    {"a_minute", &MailKind::a_minute, 0.01, many, "messages", "Of all hosts together."},
    {"known", &MailKind::known, 0, 1, share, "Of hosts that sent mail here in the week before."},
    {"throughout", &MailKind::throughout, 0, 1, "", "All the time; else it begins and ends."},
    {"starts_minutes", &MailKind::starts_minutes, -day, day, "minutes",
     "From the attack's begin, where it is not there throughout."},
    {"lasts_minutes", &MailKind::lasts_minutes, 0.1, day, "minutes", "For how long, then."},
    {"networks", &MailKind::networks, 1, 20'000, "", "ASes that the hosts spread over."},
    {"popular", &MailKind::popular, 0, 1, "exponent",
     "How unevenly the hosts send: 0 all the same, 0.5, or 1: the n-th an n-th of the first."},
    {"retries", &MailKind::retries, 0, 0, "",
     "What was put off comes again: `never`, or as from an `mta`: after one to fifteen minutes, then more "
     "and "
     "more rarely."},
    {"filtered", &MailKind::filtered, 0, 1, share,
     "Of spam that reaches a server: refused there by its own content filter."},
    {"unknown_recipients", &MailKind::unknown_recipients, 0, 1, share, "Of messages to whom does not exist."},
    {"early", &MailKind::early, 0, 1, share, "Of hosts that speak before they are greeted."},
    {"listed", &MailKind::listed, 0, 1, "share for each list", "Of hosts that a list names."},
});

const std::array client_table = std::to_array<Key<Clients>>({
    {"accounts", &Clients::accounts, 1, many, "", "How many customers of this kind."},
    {"sessions", &Clients::sessions, 1, 10, "for an account",
     "That a customer's mail programs hold, in the mean."},
    {"known", &Clients::known, 0, 1, share,
     "Of customers who logged in from where they are in the week before."},
    {"session_minutes", &Clients::session_minutes, 1, 10'000, "minutes",
     "Until a session ends by itself and its program connects anew, in the mean."},
    {"reconnect_seconds", &Clients::reconnect_seconds, 0.1, 3600, "seconds",
     "After a session was cut, in the mean."},
    {"back_off_seconds", &Clients::back_off_seconds, 1, 3600, "seconds",
     "After a log-in that failed; twice as long each time."},
    {"most_back_off_seconds", &Clients::most_back_off_seconds, 1, 7200, "seconds",
     "But no longer than that."},
    {"patience_seconds", &Clients::patience_seconds, 1, 3600, "seconds",
     "For which a program waits for an answer."},
    {"networks", &Clients::networks, 1, 20'000, "", "ASes that the customers spread over."},
});

const std::array server_table = std::to_array<Key<Servers>>({
    {"count", &Servers::count, 1, 1000, "", "How many there are."},
    {"logins_per_second", &Servers::logins_per_second, 0.1, 1e6, "a second",
     "That one can bear; of mail servers: messages."},
    {"latency_ms", &Servers::latency_ms, 0.01, 60'000, "milliseconds",
     "Of one log-in (or message) while it is idle."},
    {"at_once", &Servers::at_once, 1, 1e6, "",
     "Log-ins (or messages) under way that one bears at most; beyond that it refuses and works ever more "
     "slowly. Only where the scenario is about the edge."},
    {"sessions", &Servers::sessions, 1, 1e7, "", "That one can hold at most. Only there."},
    {"changes", &Servers::changes, -1440, 1440, "hour, servers",
     "Pairs: at this hour after the attack's begin so many come (or go, if negative). Only where the "
     "scenario "
     "is about log-ins."},
});

const std::array change_table = std::to_array<Key<Change>>({
    {"minutes", &Change::minutes, -day, 10 * day, "minutes", "When, from the attack's begin."},
    {"what", &Change::what, 0, 0, "",
     "`die`: they answer nobody and their sessions are cut; `restore`: those that died longest ago come "
     "back; `quarantine`: the operator takes them out, and their sessions are cut; `lift`: he takes the "
     "oldest back; `add`: others come that were not there before; `move`: he moves a domain to the second "
     "listener for mail."},
    {"servers", &Change::servers, 1, 1000, "", "How many of them."},
    {"mail", &Change::mail, 0, 1, "", "Of the mail servers."},
    {"domain", &Change::domain, 1, most_domains, "", "Of `move`: which of the domains of [edge]."},
});

const std::array edge_table = std::to_array<Key<EdgeMachine>>({
    {"sessions", &EdgeMachine::sessions, 10, 1e7, "", "That it can hold: its descriptors."},
    {"backlog", &EdgeMachine::backlog, 1, 1e6, "",
     "Connections that wait in the kernel until they are accepted."},
    {"cores", &EdgeMachine::cores, 0.1, 1000, "", "Of its processor."},
    {"accept_us", &EdgeMachine::accept_us, 1, 1e6, "microseconds", "Of a core, for one connection."},
    {"handshake_us", &EdgeMachine::handshake_us, 1, 1e6, "microseconds", "Of a core, for one TLS handshake."},
    {"mail_domains", &EdgeMachine::mail_domains, 1, most_domains, "domains",
     "Of ours that mail goes to; the n-th gets an n-th of what the first gets."},
    {"second_listener", &EdgeMachine::second_listener, 0, 1e7, "sessions",
     "That a second listener for mail has for itself, out of all; 0: there is none."},
    {"dns_lifetime_minutes", &EdgeMachine::dns_lifetime_minutes, 0, day, "minutes",
     "For which hosts that send mail go on as they knew after a domain was moved."},
    {"admission", &EdgeMachine::admission, 0, 1, "",
     "false: nobody chooses who may enter, waits or goes: to see what that is worth."},
});

}  // namespace

std::span<const Key<Flood>> flood_keys() {
    return flood_table;
}
std::span<const Key<MailKind>> mail_keys() {
    return mail_table;
}
std::span<const Key<Clients>> client_keys() {
    return client_table;
}
std::span<const Key<Servers>> server_keys() {
    return server_table;
}
std::span<const Key<Change>> change_keys() {
    return change_table;
}
std::span<const Key<EdgeMachine>> edge_keys() {
    return edge_table;
}

}  // namespace tidegate::drill
