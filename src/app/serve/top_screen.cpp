#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <vector>

#include "app/serve/scene.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

// Whatever is missing or of another kind reads as nothing: the daemon may be another version's.
const json::value& at(const json::value& object, std::string_view name) {
    static const json::value nothing;
    const auto* fields = object.if_object();
    const auto* found = fields == nullptr ? nullptr : fields->if_contains(name);
    return found == nullptr ? nothing : *found;
}
std::uint64_t whole(const json::value& value) {
    if (const auto* number = value.if_uint64()) return *number;
    const auto* number = value.if_int64();
    return number != nullptr && *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
}
std::uint64_t whole(const json::value& object, std::string_view name) {
    return whole(at(object, name));
}
std::string text(const json::value& object, std::string_view name) {
    const auto* found = at(object, name).if_string();
    return found == nullptr ? std::string() : tell::harmless(std::string_view(*found));
}
double real(const json::value& object, std::string_view name) {
    const json::value& value = at(object, name);
    if (const auto* number = value.if_double()) return *number;
    return static_cast<double>(whole(object, name));
}
const json::array& list(const json::value& object, std::string_view name) {
    static const json::array none;
    const auto* found = at(object, name).if_array();
    return found == nullptr ? none : *found;
}

/// Lines as they fit.
class Screen {
public:
    explicit Screen(const ScreenSize& size) : size_(size) {}

    void line(std::string_view content, std::string_view colour = {}) {
        if (lines_ >= size_.rows) return;
        ++lines_;
        std::string shown = tell::clipped(content, size_.columns, size_.utf8);
        if (!size_.utf8) shown = tell::ascii(shown);
        const bool coloured = size_.colour && !colour.empty();
        if (coloured) out_ += colour;
        out_ += shown;
        if (coloured) out_ += "\x1b[0m";
        out_ += '\n';
    }
    void heading(std::string_view content) {
        if (lines_ + 2 >= size_.rows) return;
        line("");
        line(content, "\x1b[1m");
    }
    [[nodiscard]] unsigned left() const { return size_.rows - std::min(lines_, size_.rows); }
    [[nodiscard]] const ScreenSize& size() const { return size_; }
    [[nodiscard]] std::string take() { return std::move(out_); }

private:
    const ScreenSize& size_;
    std::string out_;
    unsigned lines_ = 0;
};

constexpr std::string_view red = "\x1b[31m", yellow = "\x1b[33m", green = "\x1b[32m", dim = "\x1b[2m";

// "2026-08-05 12:00:00", without decimals.
std::string day_and_time(const json::value& object, std::string_view name) {
    std::string time = text(object, name).substr(0, 19);
    if (time.size() == 19) time[10] = ' ';
    return time;
}

std::string time_of_day(const json::value& object, std::string_view name) {
    const std::string time = text(object, name);  // RFC 3339
    return time.size() >= 19 ? time.substr(11, 8) : time;
}

void head(const json::value& scene, Screen& screen) {
    const std::string mode = text(scene, "mode"), posture = text(scene, "posture");
    const bool acts = mode == "act";
    screen.line(fmt::format("Tidegate {}   {}   posture {}   since {}   now {} UTC", text(scene, "version"),
                            acts ? "ACTS" : "WATCHES, stops nothing", posture, day_and_time(scene, "started"),
                            time_of_day(scene, "time")),
                posture == "calm" ? (acts ? green : yellow) : red);
    for (const json::value& incident : list(scene, "incidents"))
        screen.line(fmt::format("Incident {} since {}: {}", text(incident, "id"),
                                day_and_time(incident, "since"), text(incident, "title")),
                    red);
}

void volumes(const json::value& scene, Screen& screen) {
    const json::value& minute = at(scene, "minute");
    const json::value& ten = at(scene, "ten_minutes");
    const auto row = [&](std::string_view what, std::string_view field) {
        screen.line(fmt::format("{:<34}{:>14}{:>14}", what, tell::count(whole(minute, field)),
                                tell::count(whole(ten, field))));
    };
    screen.line("");
    screen.line(fmt::format("{:<34}{:>14}{:>14}", "", "last minute", "10 minutes"), dim);
    row("logged in", "successes");
    row("failed at the password database", "failures");
    const bool acts = text(scene, "mode") == "act";
    if (acts || whole(ten, "stopped") > 0) row("stopped before it", "stopped");
    // Who acts has these where a door can only slow down, or none is asked.
    if (!acts || whole(ten, "would_stop") > 0)
        row(acts ? "let through, though doubtful" : "would have been stopped", "would_stop");
    if (whole(ten, "would_stop_successes") > 0)
        row("  of these with the right password", "would_stop_successes");
}

// The last two minutes or as many seconds as there are columns, one row high.
void curve(const json::value& scene, Screen& screen) {
    constexpr std::array<std::string_view, 9> bars{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::array<std::string_view, 9> plain{" ", ".", ".", ":", ":", "+", "+", "#", "#"};
    const json::array& seconds = list(scene, "attempts");
    const std::size_t shown = std::min<std::size_t>(seconds.size(), screen.size().columns);
    if (shown == 0) return;
    std::vector<std::uint64_t> values;
    for (std::size_t i = seconds.size() - shown; i < seconds.size(); ++i) values.push_back(whole(seconds[i]));
    const std::uint64_t most = std::max<std::uint64_t>(1, std::ranges::max(values));
    std::string bar;
    for (const std::uint64_t value : values) {
        const std::size_t height = value == 0 ? 0 : 1 + (value * 7) / most;
        bar += (screen.size().utf8 ? bars : plain)[std::min<std::size_t>(height, 8)];
    }
    screen.heading(
        fmt::format("Attempts a second, the last {} seconds, at most {}", shown, tell::count(most)));
    screen.line(bar);
}

void networks(const json::value& scene, Screen& screen, unsigned most) {
    const json::array& all = list(scene, "networks");
    if (all.empty() || most == 0) return;
    screen.heading(
        fmt::format("{:<26}{:>12}{:>12}  {}", "Noisiest networks, 10 minutes", "attempts", "stopped", "AS"));
    for (std::size_t i = 0; i < std::min<std::size_t>(most, all.size()); ++i)
        screen.line(fmt::format("{:<29}{:>9}{:>12}  {}", text(all[i], "network"),
                                tell::count(whole(all[i], "attempts")), tell::count(whole(all[i], "stopped")),
                                whole(all[i], "as") > 0 ? fmt::format("AS{}", whole(all[i], "as")) : "-"));
}

void refused(const json::value& scene, Screen& screen, unsigned most) {
    const json::array& all = list(scene, "refused");
    if (all.empty() || most == 0) return;
    screen.heading(text(scene, "mode") == "act"
                       ? "Stopped last (tidegate why CODE, tidegate allow CODE)"
                       : "Right passwords that would have been stopped (tidegate why CODE)");
    for (std::size_t i = 0; i < std::min<std::size_t>(most, all.size()); ++i)
        screen.line(fmt::format("{} {} {:>+6.1f} dB {:<16} {:<15} {} {}", time_of_day(all[i], "time"),
                                text(all[i], "code"), real(all[i], "sum"), text(all[i], "evidence"),
                                text(all[i], "address"), text(all[i], "service"), text(all[i], "account")));
}

void lists_and_firewall(const json::value& scene, Screen& screen) {
    for (const json::value& zone : list(scene, "lists")) {
        const std::string why = text(zone, "why");
        screen.line(fmt::format("list {} {}: {} questions, {} named, {} not in time{}{}", text(zone, "name"),
                                text(zone, "state"), tell::count(whole(zone, "queries")),
                                tell::count(whole(zone, "named")),
                                tell::count(whole(zone, "late") + whole(zone, "timeouts")),
                                why.empty() ? "" : ": ", why),
                    why.empty() ? dim : red);
    }
    const json::value& firewall = at(scene, "firewall");
    if (!firewall.is_object()) return;
    const std::string error = text(firewall, "error");
    screen.line(
        fmt::format("firewall: {} banned, {} in force, {} networks, {} packets dropped{}{}",
                    tell::count(whole(firewall, "wanted")), tell::count(whole(firewall, "in_force")),
                    tell::count(whole(firewall, "networks")), tell::count(whole(firewall, "dropped_packets")),
                    error.empty() ? "" : ": ", error),
        error.empty() ? dim : red);
}

void machinery(const json::value& scene, Screen& screen) {
    screen.line("");
    for (const json::value& door : list(scene, "doors"))
        screen.line(fmt::format("door {} {}: {} questions, {} unjudged, {} broken", text(door, "listen"),
                                text(door, "kind"), tell::count(whole(door, "questions")),
                                tell::count(whole(door, "unjudged")), tell::count(whole(door, "broken"))),
                    whole(door, "unjudged") > 0 ? yellow : dim);
    for (const json::value& source : list(scene, "sources")) {
        const std::string trouble = text(source, "trouble");
        screen.line(
            fmt::format("log {}: {} lines, {} bytes behind{}{}", text(source, "name"),
                        tell::count(whole(source, "lines")), tell::count(whole(source, "bytes_behind")),
                        trouble.empty() ? "" : ": ", trouble),
            trouble.empty() ? dim : red);
    }
    lists_and_firewall(scene, screen);
    const json::value& journal = at(scene, "journal");
    const bool well = text(journal, "state") == "ok";
    screen.line(
        fmt::format("journal {}: {} entries, {} MiB, {} lost; memory {} MiB, {} addresses, {} accounts",
                    text(journal, "state"), tell::count(whole(journal, "entries")),
                    whole(journal, "bytes") >> 20U, tell::count(whole(journal, "lost")),
                    whole(at(scene, "memory"), "bytes") >> 20U,
                    tell::count(whole(at(scene, "memory"), "addresses")),
                    tell::count(whole(at(scene, "memory"), "accounts"))),
        well ? dim : red);
}

// A server that takes nobody is a matter of minutes; one that is drained is somebody's plan.
std::string_view colour_of(std::string_view state) {
    if (state == "down" || state == "quarantined") return red;
    return state == "up" ? std::string_view() : yellow;
}

// Of a server that nobody has asked for yet nothing is known.
std::string limit_of(const json::value& server) {
    const std::uint64_t limit = whole(server, "limit");
    return limit == 0 ? "-" : fmt::format("{}/{}", whole(server, "in_flight"), limit);
}

void edge_line(const json::value& edge, Screen& screen) {
    const json::value& sessions = at(edge, "sessions");
    const json::value& counts = at(edge, "counts");
    const double pressure = real(edge, "pressure");
    screen.heading(fmt::format(
        "Edge: pressure {:.0f} %, {} of {} sessions: {} familiar, {} fresh, {} doubtful, {} listed",
        100 * pressure, tell::count(whole(sessions, "now")), tell::count(whole(sessions, "most")),
        tell::count(whole(sessions, "familiar") + whole(sessions, "known_sender")),
        tell::count(whole(sessions, "fresh")), tell::count(whole(sessions, "doubtful")),
        tell::count(whole(sessions, "listed"))));
    screen.line(fmt::format("{} attempts: {} admitted, {} wrong, {} stopped, {} remembered, {} shed; {} "
                            "connections turned away",
                            tell::count(whole(counts, "attempts")), tell::count(whole(counts, "admitted")),
                            tell::count(whole(counts, "failed")), tell::count(whole(counts, "stopped")),
                            tell::count(whole(counts, "remembered")), tell::count(whole(counts, "shed")),
                            tell::count(whole(counts, "turned_away"))),
                pressure > 0 ? yellow : dim);
    const json::value& mail = at(edge, "mail");
    if (whole(mail, "questions") == 0) return;
    screen.line(
        fmt::format("mail: {} taken, {} turned down; {} times asked to come again, {} refused, {} would "
                    "have been stopped",
                    tell::count(whole(mail, "taken")), tell::count(whole(mail, "turned_down")),
                    tell::count(whole(mail, "deferred")), tell::count(whole(mail, "refused")),
                    tell::count(whole(mail, "would_stop"))),
        dim);
}

void server_line(const json::value& server, Screen& screen) {
    const std::string state = text(server, "state"), also = text(at(server, "also"), "state");
    std::string why = text(server, "why");
    if (!also.empty()) why += fmt::format("; {}: {}", also, text(at(server, "also"), "why"));
    screen.line(fmt::format("{:<15} {:<17} {:>8} {:>5.1f} % {:>8} {:>9.1f} {:>8}{}{}", text(server, "server"),
                            also.empty() ? state : state + ", " + also,
                            tell::count(whole(server, "sessions")), 100 * real(server, "share"),
                            tell::count(whole(server, "waiting") + whole(server, "queued")),
                            real(server, "log_ins_a_second"), limit_of(server), why.empty() ? "" : "  ", why),
                colour_of(also == "down" ? also : state));
}

// Where there are more than lines, those that are not up come first.
void servers(const json::value& scene, Screen& screen, unsigned most) {
    std::vector<const json::value*> rows;
    for (const bool up : {false, true})
        for (const json::value& each : list(scene, "servers"))
            if ((text(each, "state") == "up") == up) rows.push_back(&each);
    if (rows.empty() || most == 0) return;
    screen.line(fmt::format("{:<15} {:<17} {:>8} {:>7} {:>8} {:>9} {:>8}", "server", "", "sessions", "share",
                            "waiting", "log-ins/s", "limit"),
                dim);
    if (rows.size() > most) rows.resize(most);
    for (const json::value* each : rows) server_line(*each, screen);
}

void edge(const json::value& scene, Screen& screen, unsigned most) {
    const json::value& edge = at(scene, "edge");
    if (!edge.is_object()) return;
    edge_line(edge, screen);
    servers(scene, screen, most);
}

// Heading, figures, mail, the servers' heading and they; a third of the screen at most.
unsigned rows_of_edge(const json::value& scene, const ScreenSize& size) {
    constexpr unsigned around = 5;
    if (!at(scene, "edge").is_object()) return 0;
    return std::min<unsigned>(around + static_cast<unsigned>(list(scene, "servers").size()),
                              std::max(around, size.rows / 3));
}

}  // namespace

std::string top_screen(std::string_view received, const ScreenSize& size) {
    Screen screen(size);
    boost::system::error_code error;
    const json::value scene = json::parse(received, error);
    if (error || !scene.is_object()) {
        screen.line("The daemon's answer can't be read: is it another version's?", red);
        return screen.take();
    }
    head(scene, screen);
    volumes(scene, screen);
    curve(scene, screen);
    const unsigned of_edge = rows_of_edge(scene, size);
    edge(scene, screen, of_edge > 5 ? of_edge - 5 : 0);
    // What must be seen comes first; the lists share the rest.
    const auto machines =
        static_cast<unsigned>(2 + list(scene, "doors").size() + list(scene, "sources").size() +
                              list(scene, "lists").size() + (at(scene, "firewall").is_object() ? 1 : 0));
    const unsigned room = screen.left() > machines + 4 ? screen.left() - machines - 4 : 0;
    networks(scene, screen, room / 2);
    refused(scene, screen, room - room / 2);
    machinery(scene, screen);
    return screen.take();
}

}  // namespace tidegate::app
