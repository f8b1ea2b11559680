#include "rehearse/edge_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "event/json.h"
#include "net/http_client.h"
#include "net/listener.h"
#include "rehearse/certificate.h"

namespace tidegate::rehearse {
namespace {

using namespace std::chrono_literals;
using drill::Port;

constexpr const char* host = "edge.drill.invalid";  // RFC 2606: nobody's

// TOML's basic strings are JSON's, but for what no path has.
std::string toml_string(std::string_view text) {
    return json_string(text);
}

std::string server_text(const Target& target) {
    std::string out = fmt::format(
        "\n[[server]]\nname = {}\nprotocol = \"{}\"\naddress = {}\ntls = \"{}\"\nforward = \"{}\"\nverify = "
        "{}\n",
        toml_string(target.name), name(target.port), toml_string(target.place.text()), target.tls,
        target.forward, target.verify);
    if (target.log_ins_per_second > 0)
        out += fmt::format("log_ins_per_second = {}\n", target.log_ins_per_second);
    return out;
}

std::string entrance_text(Port port, const net::Endpoint& place) {
    const bool mail = port == Port::smtp;
    return fmt::format(
        "\n[[edge]]\nname = \"{0}\"\nprotocol = \"{0}\"\nlisten = [{1}]\nhost = \"{2}\"\ntls = \"{3}\"\n{4}",
        name(port), toml_string(place.text()), host, mail ? "starttls" : "none",
        mail ? "" : "plain_without_tls = true\n");
}

// It is taken by the daemon a moment later: nobody else is given it so soon.
Result<net::Endpoint> free_place() {
    const auto listener =
        net::Listener::open({.address = Address::v4(0x7f00'0001), .port = 0, .path = {}}, 1);
    if (!listener) return std::unexpected(listener.error());
    return listener->endpoint();
}

Result<void> write_tables(const Folder& folder, const EdgeProcess::Plan& plan) {
    const auto pair = self_signed(host);
    if (!pair) return std::unexpected(pair.error());
    const auto& lists = plan.small.scenario.lists;
    Result<void> done = folder.write("edge.pem", pair->certificate);
    if (done) done = folder.write("edge.key", pair->key);
    if (done) done = folder.write("as.tsv", plan.sources.as_table());
    for (unsigned i = 0; i < lists.size() && done; ++i)
        done = folder.write(lists[i].name + ".list", plan.sources.named_by(i));
    if (done) done = folder.make("state");
    if (done) done = folder.write("state/mail", plan.mail_memory);
    return done;
}

std::vector<std::string> environment() {
    std::vector<std::string> out;
    for (char** each = environ; *each != nullptr; ++each) out.emplace_back(*each);
    return out;
}

// A session takes two descriptors, and the daemon keeps some for itself (app/serve/edges).
std::size_t descriptors_for(std::uint32_t sessions) {
    constexpr std::size_t others = 256;
    rlimit limit{};
    const std::size_t most = ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : 1024;
    return std::min<std::size_t>(2 * std::size_t{sessions} + others, most);
}

Result<net::Child> spawn(const Folder& folder, const EdgeProcess::Plan& plan) {
    const net::Descriptor log(
        ::open((folder / "tidegate.log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!log) return std::unexpected(Error{folder / "tidegate.log", 0, net::reason_of(errno), ""});
    const net::Child::Plan how{
        .path = "/bin/sh",
        .arguments = {"sh", "-c", R"(ulimit -n "$1" && exec "$2" serve --config "$3")", "sh",
                      std::to_string(descriptors_for(plan.small.scenario.edge.sessions)), plan.program,
                      folder / "tidegate.toml"},
        .environment = environment(),
        .out = log.number(),
        .err = log.number()};
    auto child = net::Child::start(how);
    if (!child) return std::unexpected(Error{plan.program, 0, net::reason_of(child.error()), ""});
    return std::move(*child);
}

// Its last words that are no mere information.
std::string last_words(const std::string& log) {
    const auto end = log.find_last_not_of('\n');
    if (end == std::string::npos) return "it said nothing";
    const auto begin = log.rfind('\n', end);
    return log.substr(begin + 1, end - begin);
}

}  // namespace

std::string configuration(const Folder& folder, const Small& small, const net::Endpoint& smtp,
                          const net::Endpoint& imap) {
    std::string out = fmt::format("[serve]\nmode = \"act\"\nstate = {}\ncontrol = {}\nimport = false\n",
                                  toml_string(folder / "state"), toml_string(folder / "control.sock"));
    if (small.scenario.as_table) out += fmt::format("\n[as]\ntable = {}\n", toml_string(folder / "as.tsv"));
    for (const drill::List& each : small.scenario.lists)
        out += fmt::format("\n[[list]]\nname = {}\npath = {}\nformat = \"cidr\"\nweight = {}\n",
                           toml_string(each.name), toml_string(folder / (each.name + ".list")), each.weight);
    out += fmt::format("\n[[certificate]]\nchain = {}\nkey = {}\n", toml_string(folder / "edge.pem"),
                       toml_string(folder / "edge.key"));
    if (smtp.port != 0) out += entrance_text(Port::smtp, smtp);
    if (imap.port != 0) out += entrance_text(Port::imap, imap);
    for (const Target* each : small.mail_servers) out += server_text(*each);
    for (const Target* each : small.stores) out += server_text(*each);
    return out;
}

Result<std::unique_ptr<EdgeProcess>> EdgeProcess::start(const Folder& folder, const Plan& plan) {
    net::Endpoint smtp, imap;
    for (const auto& [servers, place] :
         {std::pair(&plan.small.mail_servers, &smtp), std::pair(&plan.small.stores, &imap)}) {
        if (servers->empty()) continue;
        auto free = free_place();
        if (!free) return std::unexpected(free.error());
        *place = *free;
    }
    Result<void> written = write_tables(folder, plan);
    if (written) written = folder.write("tidegate.toml", configuration(folder, plan.small, smtp, imap));
    if (!written) return std::unexpected(written.error());
    auto child = spawn(folder, plan);
    if (!child) return std::unexpected(child.error());
    std::unique_ptr<EdgeProcess> its(new EdgeProcess(folder, std::move(*child), smtp, imap));
    constexpr auto patience = 60s;
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!its->ask("GET", "/v1/edge")) {
        if (its->has_ended() || std::chrono::steady_clock::now() > until)
            return std::unexpected(
                Error{folder / "tidegate.log", 0, "the edge did not start: " + last_words(its->log()), ""});
        std::this_thread::sleep_for(50ms);
    }
    return its;
}

bool EdgeProcess::has_ended() const {
    pollfd end{.fd = child_.watched(), .events = POLLIN, .revents = 0};
    return ::poll(&end, 1, 0) == 1;
}

Result<std::string> EdgeProcess::ask(std::string_view method, std::string_view target,
                                     std::string_view body) const {
    constexpr auto deadline = 10s;
    net::HttpClient client({.address = {}, .port = 0, .path = folder_ / "control.sock"}, deadline);
    auto reply = client.request(method, target, body);
    if (!reply) return std::unexpected(reply.error());
    if (reply->status != 200)
        return std::unexpected(
            Error{"", 0, fmt::format("{} {}: {} {}", method, target, reply->status, reply->body), ""});
    return std::move(reply->body);
}

}  // namespace tidegate::rehearse
