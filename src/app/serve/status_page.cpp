#include "app/serve/status_page.h"

#include <fmt/format.h>

#include <utility>

#include "net/http_server.h"
#include "net/listener.h"
#include "net/threads.h"
#include "tell/alert/mail_route.h"
#include "tell/status/mailing.h"
#include "tell/status/press.h"
#include "tell/zone.h"

namespace tidegate::app {
namespace {

namespace status = tell::status;
using tell::Thing;

constexpr std::size_t most_header_bytes = 8192, most_body_bytes = 4096;

status::SiteRules rules_of(const config::Status& settings, std::string url, bool is_own) {
    const bool forms = !settings.listen.empty();
    // A partner's forms are where his page is, unless only our own is reached from outside.
    std::string forms_url = is_own && !settings.forms_url.empty() ? settings.forms_url : url;
    return {.url = std::move(url),
            .forms_url = forms ? std::move(forms_url) : std::string(),
            .takes_subscribers = forms && !settings.mail.host.empty(),
            .tells_visitors = forms && settings.tells_visitors,
            .contact = settings.contact,
            .wording = status::Wording(settings.language, settings.texts)};
}

status::PushPlan push_of(const config::Status& settings, const std::vector<std::string>& command) {
    return {.command = command,
            .time_out = std::chrono::seconds(settings.push_timeout),
            .pauses = status::usual_pauses()};
}

std::vector<status::EditionPlan> editions_of(const config::Status& settings) {
    std::vector<status::EditionPlan> out;
    out.push_back({.partner = {},
                   .rules = rules_of(settings, settings.url, true),
                   .static_folder = settings.static_folder,
                   .push = push_of(settings, settings.push)});
    for (const config::StatusPartner& each : settings.partners)
        out.push_back({.partner = each.name,
                       .rules = rules_of(settings, each.url, false),
                       .static_folder = each.static_folder,
                       .push = push_of(settings, each.push)});
    return out;
}

std::vector<status::PublicPage> pages_of(const config::Status& settings) {
    std::vector<status::PublicPage> out;
    out.push_back({.partner = {},
                   .provider = settings.provider,
                   .zone = settings.zone,
                   .rules = rules_of(settings, settings.url, true)});
    for (const config::StatusPartner& each : settings.partners)
        out.push_back({.partner = each.name,
                       .provider = each.provider.empty() ? each.name : each.provider,
                       .zone = settings.zone,
                       .rules = rules_of(settings, each.url, false)});
    return out;
}

tell::MailTarget target_of(const config::StatusMail& mail) {
    return {.host = mail.host,
            .port = mail.port,
            .security = static_cast<tell::MailSecurity>(mail.tls),
            .user = mail.user,
            .password_file = mail.password_file,
            .from = mail.from,
            .to = {},
            .ca_file = mail.ca_file,
            .time_out = std::chrono::seconds(mail.timeout)};
}

net::HttpOptions options_of() {
    net::HttpOptions options;
    options.limits.header_bytes = most_header_bytes;
    options.limits.body_bytes = most_body_bytes;
    options.limits.methods = "GET, HEAD, POST";
    options.rules.idle = std::chrono::seconds(30);
    return options;
}

}  // namespace

/// One set of settings, from its start to its end.
class OpenStatusPage {
public:
    OpenStatusPage(const config::Settings& settings, const StatusWorld& world)
        : settings_(settings.status),
          world_(world),
          subscribers_(settings.status.mail.most_subscribers,
                       [&world](std::string_view text) { return world.state.keep_subscribers(text); }) {}
    ~OpenStatusPage() { stop(std::chrono::milliseconds(0)); }
    OpenStatusPage(const OpenStatusPage&) = delete;
    OpenStatusPage& operator=(const OpenStatusPage&) = delete;

    [[nodiscard]] Result<void> open(net::Inherited* passed);
    void tick() { press_->print(world_.records()); }
    [[nodiscard]] Result<std::size_t> forget(const std::function<bool(std::string_view)>& is_meant) {
        return subscribers_.forget(is_meant);
    }
    void stop(std::chrono::milliseconds grace);
    [[nodiscard]] const config::Status& settings() const { return settings_; }

private:
    [[nodiscard]] Result<void> wake_subscribers();
    [[nodiscard]] Result<void> listen(net::Inherited* passed);
    void start_press();
    void start_mailing();
    void tell_of_mail(bool well, const std::string& said);
    [[nodiscard]] bool has_mail() const { return !settings_.listen.empty() && !settings_.mail.host.empty(); }

    config::Status settings_;
    const StatusWorld& world_;
    status::Subscribers subscribers_;
    std::unique_ptr<status::Seal> seal_;  // null: no mail
    std::unique_ptr<status::Mailing> mailing_;
    std::unique_ptr<status::PublicDesk> desk_;
    std::unique_ptr<net::Threads> threads_;
    std::unique_ptr<net::HttpServer> server_;
    std::unique_ptr<status::Press> press_;
};

Result<void> OpenStatusPage::open(net::Inherited* passed) {
    if (auto done = wake_subscribers(); !done) return done;
    if (has_mail()) start_mailing();
    status::PublicDeskWorld world{.clock = world_.clock};
    if (settings_.tells_visitors) world.about = world_.about;
    if (has_mail()) {
        world.confirm = [this](std::string_view partner, std::string address) {
            return mailing_->confirm(partner, std::move(address));
        };
        world.subscribers = &subscribers_;
        world.seal = seal_.get();
    }
    world.proxies = settings_.proxies;
    world.help_url = world_.help_url;
    desk_ = std::make_unique<status::PublicDesk>(pages_of(settings_), std::move(world));
    start_press();
    tick();
    return settings_.listen.empty() ? Result<void>() : listen(passed);
}

// Also where there is no mail any more: `forget` reaches what was kept.
Result<void> OpenStatusPage::wake_subscribers() {
    auto kept = world_.state.kept_subscribers();
    if (!kept) return std::unexpected(kept.error());
    if (const std::size_t bad = subscribers_.restore(*kept); bad > 0)
        world_.telling.tell(
            Thing::status_trouble,
            {{"part", "subscribers"},
             {"error", fmt::format("{} lines of the list can't be read and are left out", bad)}});
    if (!has_mail()) return {};
    auto key = world_.state.status_key();
    if (!key) return std::unexpected(key.error());
    seal_ = std::make_unique<status::Seal>(*key);
    return {};
}

void OpenStatusPage::start_mailing() {
    std::vector<status::MailingPage> pages;
    for (status::PublicPage& each : pages_of(settings_))
        pages.push_back({.partner = each.partner, .provider = each.provider, .rules = std::move(each.rules)});
    mailing_ = std::make_unique<status::Mailing>(
        status::MailingPlan{.from = settings_.mail.from, .most_a_minute = settings_.mail.most_a_minute},
        std::move(pages),
        status::MailingWorld{.clock = world_.clock,
                             .send =
                                 [target = target_of(settings_.mail)](const std::string& to, std::string text,
                                                                      const tell::GivenUp& given_up) {
                                     tell::MailTarget one = target;
                                     one.to = {to};
                                     return tell::send_mail(one, std::move(text), given_up);
                                 },
                             .told = [this](bool well, const std::string& said) { tell_of_mail(well, said); },
                             .subscribers = subscribers_,
                             .seal = *seal_});
}

void OpenStatusPage::tell_of_mail(bool well, const std::string& said) {
    if (well) return world_.telling.tell(Thing::status_well, {{"part", "mail"}});
    world_.telling.tell(Thing::status_trouble, {{"part", "mail"}, {"error", said}});
}

void OpenStatusPage::start_press() {
    press_ = std::make_unique<status::Press>(
        editions_of(settings_),
        status::PressWorld{
            .clock = world_.clock,
            .show =
                [this](std::string_view partner, std::shared_ptr<const status::Shelf> shelf) {
                    desk_->show(partner, std::move(shelf));
                },
            .announce =
                [this](const PublicRecord& record, const status::SiteRules& rules) {
                    if (mailing_) mailing_->show(record.partner, status::news_of(record, rules));
                },
            .printed =
                [this](const status::Printed& each) {
                    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(each.took);
                    world_.telling.tell(Thing::status_changed,
                                        {{"partner", each.partner},
                                         {"files", static_cast<std::int64_t>(each.files)},
                                         {"bytes", static_cast<std::int64_t>(each.packed_bytes)},
                                         {"milliseconds", static_cast<std::int64_t>(took.count())}});
                },
            .told =
                [this](const status::PressNews& each) {
                    if (each.well)
                        return world_.telling.tell(Thing::status_well,
                                                   {{"part", each.part}, {"partner", each.partner}});
                    world_.telling.tell(Thing::status_trouble,
                                        {{"part", each.part},
                                         {"partner", each.partner},
                                         {"tries", static_cast<std::int64_t>(each.tries)},
                                         {"error", each.said}});
                }});
}

Result<void> OpenStatusPage::listen(net::Inherited* passed) {
    const auto endpoint = net::Endpoint::parse(settings_.listen);
    if (!endpoint) return std::unexpected(endpoint.error());
    // Whoever may read the page may connect.
    auto listener =
        net::Listener::open(*endpoint, settings_.threads, {.mode = 0666, .owner = {}, .group = {}}, passed);
    if (!listener) return std::unexpected(listener.error());
    threads_ = std::make_unique<net::Threads>(settings_.threads);
    server_ = std::make_unique<net::HttpServer>(
        *threads_, options_of(),
        [this](const net::Request& request, net::Response& response) { desk_->answer(request, response); });
    server_->listen(std::move(*listener));
    return {};
}

void OpenStatusPage::stop(std::chrono::milliseconds grace) {
    if (server_) server_->stop(grace);
    if (press_) press_->stop();
    if (mailing_) mailing_->stop();
}

std::vector<Error> status_mistakes(const config::Settings& settings) {
    std::vector<Error> out;
    for (std::string& each : status::Wording::mistakes(settings.status.texts))
        out.push_back({{}, 0, "[status] texts: " + std::move(each), "docs/status-page.md lists them"});
    if (!settings.status.zone.empty() && !tell::is_known_zone(settings.status.zone))
        out.push_back({{},
                       0,
                       "[status] zone: unknown time zone '" + settings.status.zone + "'",
                       "try one such as Europe/Berlin"});
    return out;
}

StatusPage::StatusPage(StatusWorld world) : world_(std::move(world)) {}

StatusPage::~StatusPage() = default;

std::vector<Error> StatusPage::open(const config::Settings& settings, net::Inherited* passed) {
    if (auto mistakes = status_mistakes(settings); !mistakes.empty()) return mistakes;
    if (open_ && open_->settings() == settings.status) return {};
    open_.reset();  // its address first: the next one may want the same
    if (!settings.status.is_on()) return {};
    auto next = std::make_unique<OpenStatusPage>(settings, world_);
    if (auto done = next->open(passed); !done) return {done.error()};
    open_ = std::move(next);
    return {};
}

void StatusPage::tick() {
    if (open_) open_->tick();
}

Result<std::size_t> StatusPage::forget(const std::function<bool(std::string_view)>& is_meant) {
    return open_ ? open_->forget(is_meant) : Result<std::size_t>(0);
}

void StatusPage::stop(std::chrono::milliseconds grace) {
    if (open_) open_->stop(grace);
}

}  // namespace tidegate::app
