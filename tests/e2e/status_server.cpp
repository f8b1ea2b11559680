// The public page's parts without the daemon: a server that a test tells what has happened, line by line.
//
// usage: status_server PORT FOLDER [SMTP_PORT [PUSH...]]
//
// FOLDER keeps subscribers, key and `static`. Without SMTP_PORT, or with 0, nobody can subscribe. Lines on
// standard input, words parted by tabs: `open ID TITLE`, `update ID STATE TEXT`, `close ID`, `service NAME
// LABEL STATE`, `standing WORD`. Lines on standard output: `ready`, `printed FILES BYTES`, `trouble PART
// TRIES WORDS`, `well PART`.

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "../unit/status/sample.h"
#include "net/http_server.h"
#include "net/threads.h"
#include "tell/alert/mail_route.h"
#include "tell/status/mailing.h"
#include "tell/status/press.h"
#include "tell/status/public_desk.h"

namespace {

using namespace tidegate;
using namespace tidegate::tell::status;

Time now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

void print(const std::string& line) {
    static std::mutex mutex;
    const std::scoped_lock lock(mutex);
    std::cout << line << std::endl;
}

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

Result<void> write_file(const std::string& path, std::string_view text) {
    {
        std::ofstream out(path + ".new", std::ios::binary);
        out << text;
        if (!out.flush()) return std::unexpected(Error{path, 0, "cannot be written", ""});
    }
    std::filesystem::rename(path + ".new", path);
    return {};
}

std::string key_in(const std::string& path) {
    std::string key = read_file(path);
    if (key.size() == Seal::key_bytes) return key;
    key = Seal::random_key();
    static_cast<void>(write_file(path, key));
    return key;
}

std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string word; std::getline(in, word, '\t');) out.push_back(word);
    out.resize(std::max<std::size_t>(out.size(), 4));
    return out;
}

template <class Enum, std::size_t count>
Enum named(const std::string& word, const std::array<std::string_view, count>& names) {
    return static_cast<Enum>(std::ranges::find(names, word) - names.begin());
}

// What the test has said so far.
class Story {
public:
    Story() {
        record_.provider = "Example Mail";
        record_.zone = "Europe/Vienna";
    }
    void hear(const std::vector<std::string>& words) {
        if (words[0] == "open") open(words);
        if (words[0] == "update") update(words);
        if (words[0] == "close") close(incident(words[1]));
        if (words[0] == "service") service(words);
    }
    [[nodiscard]] PublicRecord record() {
        record_.made = now();
        return record_;
    }

private:
    void open(const std::vector<std::string>& words) {
        PublicIncident one;
        one.id = words[1];
        one.title = words[2];
        one.began = now();
        one.services = {"imap"};
        one.worst = ServiceState::slow;
        one.next_update_by = now() + std::chrono::minutes(30);
        one.meanwhile = {"Use webmail: https://webmail.example.org/."};
        one.steps = {"You need not change anything in your mail program."};
        record_.incidents.insert(record_.incidents.begin(), one);
    }
    void update(const std::vector<std::string>& words) {
        constexpr std::array<std::string_view, 5> names{"investigating", "identified", "mending", "watching",
                                                        "over"};
        PublicIncident& one = incident(words[1]);
        one.state = named<PublicState>(words[2], names);
        one.updates.push_back({.time = now(), .state = one.state, .text = words[3]});
    }
    static void close(PublicIncident& one) {
        one.state = PublicState::over;
        one.over = now();
    }
    void service(const std::vector<std::string>& words) {
        constexpr std::array<std::string_view, 6> names{"working", "unknown",   "maintenance",
                                                        "slow",    "disturbed", "down"};
        const PublicService one = service_of(words[1], words[2], named<ServiceState>(words[3], names), now());
        std::erase_if(record_.services, [&](const PublicService& each) { return each.name == one.name; });
        record_.services.push_back(one);
    }
    PublicIncident& incident(const std::string& id) {
        return *std::ranges::find(record_.incidents, id, &PublicIncident::id);
    }

    PublicRecord record_;
};

class Server {
public:
    Server(unsigned port, const std::string& folder, unsigned smtp_port, std::vector<std::string> push)
        : url_(fmt::format("http://127.0.0.1:{}/", port)),
          seal_(key_in(folder + "/status.key")),
          subscribers_(
              100, [folder](std::string_view text) { return write_file(folder + "/subscribers", text); }) {
        subscribers_.restore(read_file(folder + "/subscribers"));
        SiteRules rules;
        rules.url = rules.forms_url = url_;
        rules.tells_visitors = true;
        rules.takes_subscribers = smtp_port != 0;
        if (smtp_port != 0) start_mailing(rules, smtp_port);
        start_desk(rules);
        start_press(rules, folder + "/static", std::move(push));
        listen(port);
    }
    ~Server() {
        server_->stop(std::chrono::seconds(1));
        press_->stop();
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void hear(const std::string& line) {
        constexpr std::array<std::string_view, 4> names{"free", "slowed", "refused", "banned"};
        const auto words = words_of(line);
        if (words[0] == "standing") standing_ = named<VisitorStanding>(words[1], names);
        story_.hear(words);
        show();
    }
    void show() { press_->print({story_.record()}); }

private:
    void start_mailing(const SiteRules& rules, unsigned smtp_port) {
        const tell::MailTarget target{.host = "127.0.0.1",
                                      .port = smtp_port,
                                      .security = tell::MailSecurity::none,
                                      .user = {},
                                      .password_file = {},
                                      .from = "status@example.org",
                                      .to = {},
                                      .ca_file = {}};
        MailingPlan plan;
        plan.from = target.from;
        plan.most_a_minute = 6000;
        plan.first_pause = std::chrono::milliseconds(100);
        mailing_ = std::make_unique<Mailing>(
            plan, std::vector{MailingPage{.partner = {}, .provider = "Example Mail", .rules = rules}},
            MailingWorld{
                .clock = now,
                .send =
                    [target](const std::string& to, std::string text, const tell::GivenUp& given_up) {
                        tell::MailTarget one = target;
                        one.to = {to};
                        return tell::send_mail(one, std::move(text), given_up);
                    },
                .told =
                    [](bool well, const std::string& said) {
                        print(well ? "well\tmail" : "trouble\tmail\t1\t" + said);
                    },
                .subscribers = subscribers_,
                .seal = seal_});
    }
    void start_desk(const SiteRules& rules) {
        PublicDeskWorld world;
        world.clock = now;
        world.about = [this](const Address&) { return std::optional(standing_.load()); };
        world.proxies = {*Prefix::parse("127.0.0.2/32")};
        world.help_url = "https://help.example.org/refused?code=";
        if (mailing_) {
            world.confirm = [this](std::string_view partner, std::string address) {
                return mailing_->confirm(partner, std::move(address));
            };
            world.subscribers = &subscribers_;
            world.seal = &seal_;
        }
        desk_ = std::make_unique<PublicDesk>(
            std::vector{PublicPage{
                .partner = {}, .provider = "Example Mail", .zone = "Europe/Vienna", .rules = rules}},
            std::move(world));
    }
    void start_press(const SiteRules& rules, std::string folder, std::vector<std::string> push) {
        const std::chrono::milliseconds soon(100);
        EditionPlan plan{.partner = {}, .rules = rules, .static_folder = std::move(folder), .push = {}};
        plan.push.command = std::move(push);
        plan.push.pauses = {soon};
        press_ = std::make_unique<Press>(
            std::vector{plan},
            PressWorld{.clock = now,
                       .show =
                           [this](std::string_view partner, std::shared_ptr<const Shelf> shelf) {
                               desk_->show(partner, std::move(shelf));
                           },
                       .announce =
                           [this](const PublicRecord& record, const SiteRules& of) {
                               if (mailing_) mailing_->show(record.partner, news_of(record, of));
                           },
                       .printed =
                           [](const Printed& each) {
                               print(fmt::format("printed\t{}\t{}", each.files, each.packed_bytes));
                           },
                       .told =
                           [](const PressNews& each) {
                               print(each.well ? fmt::format("well\t{}", each.part)
                                               : fmt::format("trouble\t{}\t{}\t{}", each.part, each.tries,
                                                             each.said));
                           }});
    }
    void listen(unsigned port) {
        net::HttpOptions options;
        options.limits.header_bytes = 8192;
        options.limits.body_bytes = 4096;
        options.limits.methods = "GET, HEAD, POST";
        server_ = std::make_unique<net::HttpServer>(
            threads_, options, [this](const net::Request& request, net::Response& response) {
                desk_->answer(request, response);
            });
        auto listener =
            net::Listener::open(net::Endpoint::parse(fmt::format("127.0.0.1:{}", port)).value(), 1);
        if (!listener) {
            print(listener.error().text());
            std::exit(2);
        }
        server_->listen(std::move(*listener));
    }

    std::string url_;
    std::atomic<VisitorStanding> standing_ = VisitorStanding::free;
    Story story_;
    Seal seal_;
    Subscribers subscribers_;
    std::unique_ptr<Mailing> mailing_;
    std::unique_ptr<PublicDesk> desk_;
    net::Threads threads_{1};
    std::unique_ptr<net::HttpServer> server_;
    std::unique_ptr<Press> press_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const std::vector<std::string> words(argv + 1, argv + argc);
    const unsigned smtp_port = argc > 3 ? static_cast<unsigned>(std::stoul(words[2])) : 0;
    std::vector<std::string> push(words.begin() + std::min<std::ptrdiff_t>(3, argc - 1), words.end());
    Server server(static_cast<unsigned>(std::stoul(words[0])), words[1], smtp_port, std::move(push));
    server.show();
    print("ready");
    for (std::string line; std::getline(std::cin, line);) server.hear(line);
    return 0;
}
