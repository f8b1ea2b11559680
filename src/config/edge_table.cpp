// The rows of the edge: where clients come in, what they are shown, and the servers behind.
#include <algorithm>
#include <array>

#include "config/table.h"

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;

constexpr std::array<std::string_view, 5> protocols{"imap", "pop3", "managesieve", "submission", "smtp"};
constexpr std::array spoken{Service::imap, Service::pop3, Service::managesieve, Service::submission,
                            Service::smtp};
constexpr std::array<std::string_view, 2> early_talk{"judge", "refuse"};
constexpr std::array<std::string_view, 2> bare_newlines{"refuse", "hang-up"};

Entrance& edge_of(Settings& to) {
    return to.entrances.back();
}

Server& server_of(Settings& to) {
    return to.servers.back();
}

Complaint take_protocol(const Value& value, Service& to) {
    std::size_t index = 0;
    auto complaint = take_choice(value, protocols, index);
    if (!complaint) to = spoken.at(index);
    return complaint;
}

template <class Enum, std::size_t count>
Complaint take_word(const Value& value, const std::array<std::string_view, count>& words, Enum& to) {
    std::size_t index = 0;
    auto complaint = take_choice(value, words, index);
    if (!complaint) to = static_cast<Enum>(index);
    return complaint;
}

Complaint take_second(const Value& value, const std::array<std::string_view, 2>& words, bool& to) {
    std::size_t index = 0;
    auto complaint = take_choice(value, words, index);
    if (!complaint) to = index == 1;
    return complaint;
}

bool is_tcp(std::string_view text) {
    return is_endpoint(text) && !text.starts_with("unix:");
}

Complaint take_places(const Value& value, std::vector<std::string>& to) {
    TextList list;
    if (take_list(value, list) || !std::ranges::all_of(list, is_tcp))
        return "expected where to listen, like [\"0.0.0.0:143\", \"[::]:143\"]";
    to = std::move(list);
    return std::nullopt;
}

Complaint take_place(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_tcp(*text))
        return "expected address and port, like \"192.0.2.20:143\" or \"[2001:db8::20]:143\"";
    to = *text;
    return std::nullopt;
}

// Of a protocol's line: what is none of its words can't be said.
Complaint take_words(const Value& value, std::vector<std::string>& to) {
    const auto is_word = [](const std::string& text) {
        return !text.empty() && text.size() <= 200 &&
               std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f' && c != '"'; });
    };
    TextList list;
    if (take_list(value, list) || !std::ranges::all_of(list, is_word))
        return "expected words of the protocol, like [\"IDLE\", \"ID\"]";
    to = std::move(list);
    return std::nullopt;
}

constexpr Setting certificate_settings[] = {
    {"chain", "path", "", "PEM file of the certificate, and behind it those that lead to its authority.",
     [](const Value& value, Settings& to) { return take_text(value, to.certificates.back().chain); }, true},
    {"key", "path", "", "PEM file of its private key.",
     [](const Value& value, Settings& to) { return take_text(value, to.certificates.back().key); }, true},
};

constexpr Setting edge_settings[] = {
    {"protocol", "text", "",
     "`imap`, `pop3`, `managesieve`, `submission`, or `smtp`: mail from other people's servers, port 25.",
     [](const Value& value, Settings& to) { return take_protocol(value, edge_of(to).protocol); }, true},
    {"listen", "list of texts", "", "Addresses and ports where clients connect.",
     [](const Value& value, Settings& to) { return take_places(value, edge_of(to).listen); }, true},
    {"tls", "text", "\"starttls\"",
     "`none`, `starttls` or `implicit` (TLS from the first byte: ports 993, 995, 465).",
     [](const Value& value, Settings& to) { return take_word(value, mail_tls_names, edge_of(to).tls); }},
    {"name", "text", "where it listens", "What it is called in events, logs and alerts.",
     [](const Value& value, Settings& to) { return take_text(value, edge_of(to).name); }},
    {"host", "text", "the machine's", "The name by which it greets.",
     [](const Value& value, Settings& to) { return take_text(value, edge_of(to).host); }},
    {"balancers", "list of texts", "none",
     "Addresses or networks of load balancers in front. Who connects from there must say for whom he speaks "
     "(PROXY protocol, version 1 or 2); nobody else is believed it.",
     [](const Value& value, Settings& to) { return take_networks(value, edge_of(to).balancers); }},
    {"servers", "list of texts", "all that speak the protocol",
     "Names of the servers behind this entrance ([[server]]).",
     [](const Value& value, Settings& to) { return take_list(value, edge_of(to).servers); }},
    {"plain_without_tls", "true or false", "false", "Whether passwords may come in the clear.",
     [](const Value& value, Settings& to) { return take_bool(value, edge_of(to).plain_without_tls); }},
    {"fails", "text", "\"open\"",
     "What becomes of an attempt that can't be judged (the second after a start): `open` goes on to a "
     "server, `closed` asks to come again later. Never 'wrong password'.",
     [](const Value& value, Settings& to) {
         return take_second(value, {"closed", "open"}, edge_of(to).fails_open);
     }},
    {"delay", "whole number", "5", "Seconds that an attempt is kept waiting, at most; from 1 to 30.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 30, edge_of(to).most_delay); }},
    {"log_in", "whole number", "60",
     "Seconds from the connection, or from the last attempt, to the next; from 5 to 600.",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 5, 600, edge_of(to).log_in_seconds);
     }},
    {"idle", "whole number", "31",
     "Minutes without a byte after which a session that is logged in ends; from 1 to 1440. IMAP asks for "
     "more than 29 (RFC 9051 5.4).",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 1, 1440, edge_of(to).idle_minutes);
     }},
    {"tries", "whole number", "5", "Attempts of one connection that may fail, from 1 to 100.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 100, edge_of(to).tries); }},
    {"greeting_delay", "whole number", "6",
     "Of `smtp`: seconds that a client who is not known waits for the whole greeting, from 0 to 30. Who "
     "speaks before it is no mail server.",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 0, 30, edge_of(to).greeting_delay);
     }},
    {"early_talk", "text", "\"judge\"",
     "Of `smtp`: who speaks before it is his turn is judged by that among all else (`judge`), or sent away "
     "(`refuse`).",
     [](const Value& value, Settings& to) {
         return take_second(value, early_talk, edge_of(to).refuses_early_talk);
     }},
    {"bare_newlines", "text", "\"refuse\"",
     "Of `smtp`: a message with CR or LF alone, of which servers understand different things, is read to its "
     "end and refused (`refuse`), or the client is cut off at once (`hang-up`).",
     [](const Value& value, Settings& to) {
         return take_second(value, bare_newlines, edge_of(to).hangs_up_on_bare_newlines);
     }},
    {"sessions", "whole number", "0",
     "So many of the sessions that there is room for are this entrance's alone: a flood here takes no place "
     "of "
     "the others, and theirs none of these. 0: it shares what is left with all that have none of their own, "
     "which must be a tenth at least (docs/edge.md).",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 0, 10'000'000, edge_of(to).own_sessions);
     }},
    {"capabilities", "list of texts", "what all servers offer",
     "What clients are offered before they log in, instead of what the servers say.",
     [](const Value& value, Settings& to) { return take_words(value, edge_of(to).capabilities); }},
    {"mechanisms", "list of texts", "what all servers offer",
     "SASL mechanisms that clients are offered, instead of what the servers say.",
     [](const Value& value, Settings& to) { return take_words(value, edge_of(to).mechanisms); }},
};

constexpr Setting server_settings[] = {
    {"name", "text", "",
     "The machine's name. Entries of one name are one machine: a user's sessions go to one.",
     [](const Value& value, Settings& to) { return take_text(value, server_of(to).name); }, true},
    {"protocol", "text", "", "What it speaks there: `imap`, `pop3`, `managesieve`, `submission` or `smtp`.",
     [](const Value& value, Settings& to) { return take_protocol(value, server_of(to).protocol); }, true},
    {"address", "text", "", "Its address and port.",
     [](const Value& value, Settings& to) { return take_place(value, server_of(to).address); }, true},
    {"tls", "text", "\"none\"", "`none`, `starttls` or `implicit`, towards the server.",
     [](const Value& value, Settings& to) { return take_word(value, mail_tls_names, server_of(to).tls); }},
    {"tls_name", "text", "the name", "What the server's certificate must say.",
     [](const Value& value, Settings& to) { return take_text(value, server_of(to).tls_name); }},
    {"ca_file", "path", "the system's", "Authorities that its certificate may come from; PEM.",
     [](const Value& value, Settings& to) { return take_text(value, server_of(to).ca_file); }},
    {"verify", "true or false", "true",
     "Whether its certificate is checked. Without that nobody knows who answers.",
     [](const Value& value, Settings& to) { return take_bool(value, server_of(to).verify); }},
    {"forward", "text", "\"nothing\"",
     "How it is told the client's address: `proxy` (PROXY protocol, version 2), `xclient` (Postfix; "
     "Dovecot's "
     "POP3 and submission), `id` (Dovecot's IMAP), `nothing` (it sees ours). The server must expect and "
     "trust "
     "it: docs/edge.md.",
     [](const Value& value, Settings& to) { return take_word(value, forwardings, server_of(to).forward); }},
    {"weight", "whole number", "1", "Its share of the users beside the others, from 1 to 1000.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 1000, server_of(to).weight); }},
    {"sessions", "whole number", "0", "Sessions that it bears, at most; 0: no limit of this kind.",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 0, 10'000'000, server_of(to).most_sessions);
     }},
    {"log_ins_per_second", "whole number", "0",
     "Log-ins a second that it bears, at most; 0: no limit of this kind, and its limit is found from how "
     "long it takes. When everybody comes back at once, say after another server's end, they are let in at "
     "this pace. Of a machine with several entries the highest; mail on port 25 is not counted.",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 0, 1'000'000, server_of(to).most_log_ins_a_second);
     }},
};

Wrong check_entrance(const Settings& all) {
    const Entrance& edge = all.entrances.back();
    if (edge.tls == MailTls::none && !edge.plain_without_tls && edge.protocol != Service::smtp)
        return {{"an entrance without TLS where no password may come in the clear: nobody could log in",
                 "set tls = \"starttls\" or \"implicit\", or plain_without_tls = true where a load balancer "
                 "ends TLS"}};
    return std::nullopt;
}

Wrong check_server(const Settings& all) {
    const Server& server = all.servers.back();
    const auto same = [&](const Server& other) {
        return other.name == server.name && other.protocol == server.protocol;
    };
    if (std::ranges::count_if(all.servers, same) > 1)
        return {{"two servers '" + server.name + "' for " + std::string(name(server.protocol)),
                 "give each machine a name of its own"}};
    if (server.forward == Forwarding::id && server.protocol != Service::imap)
        return {{"'id' is IMAP's alone", "use forward = \"xclient\" or \"proxy\""}};
    if (server.forward == Forwarding::xclient && server.protocol == Service::managesieve)
        return {{"XCLIENT is not for ManageSieve", "use forward = \"proxy\""}};
    if (server.forward == Forwarding::xclient && server.protocol == Service::imap)
        return {{"IMAP has no XCLIENT", "use forward = \"id\" or \"proxy\""}};
    return std::nullopt;
}

constexpr Section all_sections[] = {
    {"certificate",
     "A certificate for the edge. The first is shown to clients that name no host, or an unknown one.",
     "[[certificate]]\nchain = \"/etc/letsencrypt/live/mail.example.org/fullchain.pem\"\n"
     "key = \"/etc/letsencrypt/live/mail.example.org/privkey.pem\"\n",
     certificate_settings, [](Settings& to, std::uint64_t) { to.certificates.emplace_back(); }},
    {"edge", "Where clients come in when Tidegate takes the connections itself (docs/edge.md).",
     "[[edge]]\nprotocol = \"imap\"\nlisten = [\"0.0.0.0:993\", \"[::]:993\"]\ntls = \"implicit\"\n",
     edge_settings, [](Settings& to, std::uint64_t line) { to.entrances.emplace_back().line = line; },
     check_entrance},
    {"server", "A mail server behind the edge, for one protocol.",
     "[[server]]\nname = \"store1.example.org\"\nprotocol = \"imap\"\naddress = \"192.0.2.20:143\"\n"
     "forward = \"id\"\n",
     server_settings, [](Settings& to, std::uint64_t line) { to.servers.emplace_back().line = line; },
     check_server},
};

bool serves(const Server& server, const Entrance& edge) {
    return server.protocol == edge.protocol &&
           (edge.servers.empty() || std::ranges::find(edge.servers, server.name) != edge.servers.end());
}

void check_servers_of(const Entrance& edge, const Settings& all, std::vector<Error>& errors) {
    const std::string protocol(name(edge.protocol));
    for (const std::string& wanted : edge.servers)
        if (std::ranges::none_of(all.servers, [&](const Server& each) {
                return each.name == wanted && each.protocol == edge.protocol;
            }))
            errors.emplace_back("", edge.line, "no server '" + wanted + "' for " + protocol,
                                "add a [[server]] with that name and protocol = \"" + protocol + "\"");
    if (edge.servers.empty() &&
        std::ranges::none_of(all.servers, [&](const Server& each) { return serves(each, edge); }))
        errors.emplace_back("", edge.line, "an entrance for " + protocol + " and no server behind it",
                            "add a [[server]] with protocol = \"" + protocol + "\"");
}

// By its name it is told what is its alone, and operators order about it.
void check_name_of(const Entrance& edge, const Settings& all, std::vector<Error>& errors) {
    if (edge.name.empty()) {
        if (edge.own_sessions > 0)
            errors.emplace_back("", edge.line, "an entrance with sessions of its own and no name",
                                "give it a name = \"...\"");
        return;
    }
    const auto first = std::ranges::find(all.entrances, edge.name, &Entrance::name);
    if (first->line != edge.line)
        errors.emplace_back("", edge.line, "two entrances '" + edge.name + "'",
                            "give each a name of its own");
}

}  // namespace

std::span<const Section> edge_sections() {
    return all_sections;
}

std::vector<Error> check_edge(const Settings& all) {
    std::vector<Error> errors;
    std::vector<std::string> places;
    for (const Door& door : all.doors) places.push_back(door.listen);
    for (const Entrance& edge : all.entrances) {
        check_servers_of(edge, all, errors);
        check_name_of(edge, all, errors);
        if (edge.tls != MailTls::none && all.certificates.empty())
            errors.emplace_back("", edge.line, "an entrance with TLS and no certificate",
                                "add a [[certificate]] with chain and key");
        for (const std::string& place : edge.listen) {
            if (std::ranges::find(places, place) != places.end())
                errors.emplace_back("", edge.line, "two listen on " + place,
                                    "give each an address and port of its own");
            places.push_back(place);
        }
    }
    return errors;
}

}  // namespace tidegate::config
