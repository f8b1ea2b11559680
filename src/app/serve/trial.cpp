#include "app/serve/trial.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <utility>

#include "app/output.h"
#include "event/json.h"
#include "net/child.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;

constexpr auto longest = 30min;
constexpr std::size_t most_output = std::size_t{1} << 20;

std::unexpected<Error> failed(std::string what) {
    return std::unexpected(Error{"", 0, std::move(what), "`tidegate replay --journal` says more"});
}

/// What it writes, until it ends.
struct Said {
    net::Pipe out, err;
    std::string text, complaints;
};

/// False: nothing more will come.
bool take(int from, std::string& to) {
    std::array<char, 16384> block{};
    const ssize_t got = ::read(from, block.data(), block.size());
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    if (to.size() < most_output) to.append(block.data(), static_cast<std::size_t>(got));
    return true;
}

/// Until it has ended, or was told to.
Result<void> listen_to(net::Child& child, Said& said, const std::stop_token& stopped) {
    constexpr int look_again = 200;  // milliseconds, at the stop token
    const auto until = std::chrono::steady_clock::now() + longest;
    std::array<pollfd, 3> watched{{{said.out.ours.number(), POLLIN, 0},
                                   {said.err.ours.number(), POLLIN, 0},
                                   {child.watched(), POLLIN, 0}}};
    while (true) {
        if (stopped.stop_requested()) return failed("it was broken off");
        if (std::chrono::steady_clock::now() > until) return failed("it took longer than half an hour");
        if (::poll(watched.data(), watched.size(), look_again) <= 0) continue;
        if (watched[0].revents != 0 && !take(watched[0].fd, said.text)) watched[0].fd = -1;
        if (watched[1].revents != 0 && !take(watched[1].fd, said.complaints)) watched[1].fd = -1;
        if (watched[2].revents != 0 && watched[0].fd < 0) return {};
    }
}

std::string own_path() {
    std::error_code error;
    return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

Result<std::string> replay(const std::string& journal, const std::string& file,
                           const std::stop_token& stopped) {
    auto out = net::make_pipe(), err = net::make_pipe();
    if (!out || !err) return failed("no pipe: " + net::reason_of(errno));
    Said said{.out = std::move(*out), .err = std::move(*err), .text = {}, .complaints = {}};
    auto child = net::Child::start({.path = "/usr/bin/nice",
                                    .arguments = {"nice", "-n", "19", own_path(), "replay", "--journal",
                                                  journal, "--config", file, "--json"},
                                    .environment = {"PATH=/usr/bin:/bin", "LC_ALL=C"},
                                    .out = said.out.theirs.number(),
                                    .err = said.err.theirs.number()});
    if (!child) return failed("it could not be started: " + net::reason_of(child.error()));
    said.out.theirs.close();
    said.err.theirs.close();
    if (auto heard = listen_to(*child, said, stopped); !heard) return std::unexpected(heard.error());
    const int status = child->collect();
    while (!said.text.empty() && said.text.back() == '\n') said.text.pop_back();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && said.text.starts_with('{')) return said.text;
    return failed(said.complaints.empty() ? "it ended without a word" : said.complaints);
}

}  // namespace

Trial::Trial(std::string state_folder, std::function<Time()> clock)
    : state_folder_(std::move(state_folder)), clock_(std::move(clock)) {}

Trial::~Trial() {
    stop();
}

Result<void> Trial::start(const std::string& configuration, std::string changes, std::string author) {
    const std::scoped_lock one(thread_mutex_);
    {
        const std::scoped_lock lock(mutex_);
        if (state_ == State::running)
            return std::unexpected(Error{"", 0, "a trial is under way", "wait for its end, or stop it"});
    }
    const std::string file = state_folder_ + "/trial.toml";
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    if (auto written = write_file(file, configuration); !written) return written;
    const std::scoped_lock lock(mutex_);
    state_ = State::running;
    started_ = clock_();
    author_ = std::move(author);
    changes_ = std::move(changes);
    result_ = "null";
    error_.clear();
    thread_ = std::jthread([this, file](const std::stop_token& stopped) { run(stopped, file); });
    return {};
}

void Trial::run(const std::stop_token& stopped, const std::string& file) {
    const auto outcome = replay(state_folder_, file, stopped);
    std::error_code ignored;
    std::filesystem::remove(file, ignored);  // it has the configuration's secrets
    end(outcome);
}

void Trial::end(const Result<std::string>& outcome) {
    const std::scoped_lock lock(mutex_);
    state_ = outcome ? State::done : State::failed;
    if (outcome)
        result_ = *outcome;
    else
        error_ = outcome.error().what;
}

void Trial::stop() {
    const std::scoped_lock one(thread_mutex_);
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

std::string Trial::json() const {
    constexpr std::array<std::string_view, 4> names{"none", "running", "done", "failed"};
    const std::scoped_lock lock(mutex_);
    return fmt::format(
        R"({{"state":"{}","progress":null,"started":{},"author":{},"changes":{},"result":{},"error":{}}})",
        names.at(static_cast<std::size_t>(state_)),
        started_ == Time{} ? "null"
                           : json_string(rfc3339(std::chrono::floor<std::chrono::seconds>(started_))),
        json_string(author_), changes_, result_, json_string(error_));
}

}  // namespace tidegate::app
