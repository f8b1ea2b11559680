#pragma once
// What a scenario says of crowds at the edge: who opens connections, sends mail or holds sessions, what the
// edge and the servers behind it bear, and which of these die or come. docs/drills.md describes every setting
// for people.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tidegate::drill {

/// How many of some addresses a list names: lists by name, share from 0 to 1.
struct ListShares {
    std::vector<std::pair<std::string, double>> of;
    friend bool operator==(const ListShares&, const ListShares&) = default;
};

/// What a flood's connections do, as weights.
struct Manners {
    double silent = 1;     // say nothing
    double slow = 0;       // a byte now and then
    double handshake = 0;  // begin TLS and stop in the midst of it
    double smtp = 0;       // speak SMTP and offer mail to whom does not exist

    friend bool operator==(const Manners&, const Manners&) = default;
};

/// Addresses that open connections to port 25 for their own sake.
struct Flood {
    std::string name;
    std::uint32_t addresses = 10'000;
    double times_capacity = 10;  // connections a second, in units of what the mail servers bear together
    double starts_minutes = 0;   // from the attack's begin
    double lasts_minutes = 20;
    std::uint32_t networks = 3'000;   // ASes of the world that it spreads over
    double addresses_in_network = 3;  // in a /24 where it is at all, mean
    double own_networks = 0.05;       // share of addresses in /24s in which mail hosts of others are
    Manners manners;
    double holds_seconds = 300;   // how long one is held where the edge does not end it, mean
    double gives_up = 0.3;        // share of addresses that go away once nothing answers them
    double early = 0.5;           // of those that speak SMTP: speak before they are greeted
    ListShares listed;            // when they come
    ListShares listed_later;      // some time after the begin
    double listing_minutes = 10;  // mean, for those
    std::uint32_t domain = 0;     // of ours that it aims at, from 1; 0: at each as mail is sent there
    double domain_share = 0.9;    // of its connections that aim at it, if there is one
    double follows = 0;           // share of addresses that look up where a domain was moved to
};

/// How a host comes again with mail that was not taken.
enum class Retries : std::uint8_t {
    never,  // as most that send spam
    mta,    // as mail servers do: after minutes, then more and more rarely
};

/// Hosts that send us mail.
struct MailKind {
    std::string name;
    bool spam = false;
    std::uint32_t hosts = 2'000;
    double a_minute = 600;   // messages of all of them together
    double known = 0.8;      // share of hosts that sent mail here in the week before
    bool throughout = true;  // else from `starts_minutes` after the attack's begin on
    double starts_minutes = 0, lasts_minutes = 60;
    std::uint32_t networks = 300;
    double popular = 1;  // exponent with which few hosts send most: 1 or 0.5; 0: all the same
    Retries retries = Retries::mta;
    double filtered = 0.6;             // of spam: share that the servers' own filter refuses
    double unknown_recipients = 0.01;  // share of messages
    double early = 0;                  // share of hosts that speak before they are greeted
    ListShares listed;
};

/// Customers whose mail programs stay connected.
struct Clients {
    std::string name;
    std::uint32_t accounts = 10'000;
    double sessions = 1;           // that a customer's programs hold, mean, one at least
    double known = 0.97;           // share that logged in from where they are in the week before
    double session_minutes = 120;  // until one ends by itself and the program connects anew, mean
    double reconnect_seconds = 5;  // after it was cut, mean
    double back_off_seconds = 10;  // after a log-in that failed; doubled each time
    double most_back_off_seconds = 300;
    double patience_seconds = 60;  // for an answer
    std::uint32_t networks = 60;
};

/// What is behind the edge.
struct Servers {
    std::uint32_t count = 2;
    double logins_per_second = 100;                  // each; of mail servers: messages
    double latency_ms = 20;                          // of one log-in, unloaded
    std::uint32_t at_once = 100;                     // log-ins (messages) under way that one bears at most
    std::uint32_t sessions = 100'000;                // that one holds at most
    std::vector<std::pair<double, double>> changes;  // hours from the attack's begin, servers more or less
};

enum class ChangeKind : std::uint8_t { die, restore, quarantine, lift, add, move };

/// What becomes of servers while it lasts, or of a domain that is attacked.
struct Change {
    double minutes = 0;  // from the attack's begin
    ChangeKind what = ChangeKind::die;
    std::uint32_t servers = 1;  // how many of them
    bool mail = false;          // of the mail servers
    std::uint32_t domain = 1;   // of `move`: which of ours, from 1, gets a listener of its own
};

/// The edge's own machine.
struct EdgeMachine {
    std::uint32_t sessions = 20'000;  // descriptors
    std::uint32_t backlog = 4'096;    // connections that wait in the kernel until they are accepted
    double cores = 2;
    double accept_us = 40;              // of a core's time, for a connection
    double handshake_us = 400;          // for a TLS handshake
    std::uint32_t mail_domains = 20;    // that mail goes to
    std::uint32_t second_listener = 0;  // sessions that are its alone; 0: there is none
    double dns_lifetime_minutes = 5;    // for which who sends mail keeps what it looked up
    bool admission = true;              // false: as if nobody chose who may enter, to see what that does
};

}  // namespace tidegate::drill
