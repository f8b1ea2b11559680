#pragma once
// A console without sockets: browsers at any address, a clock that is set, a judge that is told what to say.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "console/book_changes.h"
#include "console/console.h"
#include "console/totp.h"
#include "net/http_conversation.h"

namespace tidegate::console {

inline constexpr Time noon = time_of_unix(1'785'931'200);
inline constexpr std::string_view password = "a long enough sentence";

class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "tidegate-console-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

private:
    std::string path_;
};

struct Reply {
    unsigned status = 0;
    std::string head, body;

    /// Of the first field of this name.
    [[nodiscard]] std::string field(std::string_view name) const {
        const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
        if (at == std::string::npos) return {};
        const std::size_t begin = at + 4 + name.size();
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
    [[nodiscard]] boost::json::object json() const { return boost::json::parse(body).as_object(); }
    [[nodiscard]] std::string text(std::string_view name) const {
        return std::string(json().at(name).as_string());
    }
};
using Fields = std::vector<std::pair<std::string, std::string>>;

/// One connection after the other to a console; whatever is put off is waited for.
class World {
public:
    explicit World(Reach reach = {}, SessionRules rules = {})
        : live_({.scene = [] { return std::string(R"({"time":"now"})"); },
                 .incidents = [] { return std::vector<std::pair<std::string, std::string>>(); },
                 .clock = [this] { return monotonic; }}),
          book(folder.path()),
          console(world(), folder.path(), std::move(reach), rules, live_) {
        commons_->handler = [this](const net::Request& request, net::Response& response) {
            console.answer(request, response);
        };
    }

    Reply ask(std::string_view method, std::string_view target, std::string_view body = {},
              const Fields& fields = {}, std::string_view from = "127.0.0.1") {
        std::string bytes = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
        bool has_host = false;
        for (const auto& [name, value] : fields) {
            has_host = has_host || name == "Host";
            bytes += name + ": " + value + "\r\n";
        }
        if (!has_host) bytes += "Host: 127.0.0.1:4090\r\n";
        if (method != "GET" && method != "HEAD")
            bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        return talk(bytes + "\r\n" + std::string(body), from);
    }

    void now_is(Time time) { now = time; }
    void pass(std::chrono::seconds time) {
        now += time;
        monotonic += time;
    }
    User add(const std::string& name, Role role) {
        return add_user(book, name, role, std::string(password), now).value();
    }

    Folder folder;
    Time now = noon;
    Moment monotonic = Moment(std::chrono::hours(1000));
    bool judge_stops = false;
    std::vector<std::string> reported;  // "console:anna success "
    std::vector<Audited> audited;
    std::vector<std::string> called;  // "GET /v1/scene?a=b by anna"
    std::vector<std::string> complaints;

private:
    ConsoleWorld world() {
        return {.now = [this] { return now; },
                .monotonic = [this] { return monotonic; },
                .calls =
                    [this](const net::Request& request, net::Response& response) {
                        called.push_back(std::string(request.method()) + " " + std::string(request.target()) +
                                         " by " + request.signer());
                        response.content_type("application/json");
                        response.body() = "{}";
                    },
                .may_try = [this](const Event&) { return !judge_stops; },
                .report =
                    [this](const Event& event) {
                        reported.push_back(std::string(event.account) + " " +
                                           std::string(tidegate::name(event.outcome)) + " " +
                                           std::string(tidegate::name(event.reason)));
                    },
                .audit = [this](const Audited& entry) { audited.push_back(entry); },
                .complain = [this](const Error& trouble) { complaints.push_back(trouble.text()); },
                .expiry = [this](std::string_view text) -> Result<std::optional<Time>> {
                    if (text == "never") return std::nullopt;
                    if (text == "1h") return now + std::chrono::hours(1);
                    if (text == "90d") return now + std::chrono::hours(24 * 90);
                    return std::unexpected(Error{"", 0, "no time", ""});
                }};
    }

    Reply talk(std::string_view bytes, std::string_view from) {
        net::Peer peer;
        peer.address = Address::parse(from).value();
        const auto conversation = net::make_http_conversation(commons_, peer, nullptr);
        std::mutex mutex;
        std::condition_variable bell;
        bool woken = false;
        conversation->meet([&] {
            const std::scoped_lock lock(mutex);
            woken = true;
            bell.notify_one();
        });
        std::string reply;
        net::Heard heard = conversation->hear(bytes, reply, false);
        if (heard.next == net::Heard::Next::wait) {
            std::unique_lock lock(mutex);
            bell.wait(lock, [&] { return woken; });
            heard = conversation->hear(bytes.substr(heard.used), reply, false);
        }
        if (heard.next == net::Heard::Next::stream) reply += conversation->stream()->waiting;
        const std::size_t end = reply.find("\r\n\r\n");
        return {.status = static_cast<unsigned>(std::stoul(reply.substr(9, 3))),
                .head = reply.substr(0, end + 2),
                .body = reply.substr(end + 4)};
    }

    std::shared_ptr<net::HttpCommons> commons_ = std::make_shared<net::HttpCommons>();
    Live live_;

public:
    UserBook book;
    Console console;
};

/// Somebody with a name, a phone and a browser.
class Person {
public:
    Person(World& world, const std::string& name, Role role) : world_(world), user_(world.add(name, role)) {}

    [[nodiscard]] std::string code() const { return totp_text(user_.totp, totp_step(world_.now)); }
    Reply sign_in(std::string_view with_password, const std::string& with_code, const Fields& more = {},
                  std::string_view from = "127.0.0.1") {
        const std::string body = boost::json::serialize(boost::json::object{
            {"name", user_.name}, {"password", std::string(with_password)}, {"code", with_code}});
        Fields fields = more;
        fields.emplace_back("Content-Type", "application/json");
        return world_.ask("POST", "/api/v1/session", body, fields, from);
    }
    /// Rightly, with a code that was not used yet; keeps cookie and CSRF word.
    Reply sign_in() {
        world_.pass(std::chrono::seconds(60));
        Reply reply = sign_in(password, code());
        if (reply.status != 200) return reply;
        const std::string set = reply.field("Set-Cookie");
        cookie = set.substr(0, set.find(';'));
        csrf = reply.text("csrf");
        return reply;
    }
    Reply get(std::string_view target) { return world_.ask("GET", target, {}, {{"Cookie", cookie}}); }
    Reply send(std::string_view method, std::string_view target, std::string_view body = {},
               const Fields& more = {}) {
        Fields fields = more;
        fields.emplace_back("Cookie", cookie);
        fields.emplace_back("X-Tidegate-Csrf", csrf);
        if (!body.empty()) fields.emplace_back("Content-Type", "application/json");
        return world_.ask(method, target, body, fields);
    }
    [[nodiscard]] const User& user() const { return user_; }

    std::string cookie, csrf;

private:
    World& world_;
    User user_;
};

}  // namespace tidegate::console
