#include "app/serve/state_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "app/output.h"
#include "guard/desk.h"
#include "tell/status/seal.h"

namespace tidegate::app {
namespace {

namespace fs = std::filesystem;

}  // namespace

Result<StateFolder> StateFolder::open(const std::string& path) {
    std::error_code error;
    fs::create_directories(path, error);
    const std::string lock_file = path + "/lock";
    const int lock = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        return std::unexpected(Error{lock_file, 0, std::strerror(errno),
                                     "[serve] state must be a folder that the daemon may write"});
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock);
        return std::unexpected(Error{path, 0, "another daemon keeps its state there",
                                     "stop it, or give this one a folder of its own"});
    }
    return StateFolder(path, lock);
}

StateFolder::StateFolder(StateFolder&& other) noexcept
    : path_(std::move(other.path_)),
      lock_(std::exchange(other.lock_, -1)),
      is_marked_(std::exchange(other.is_marked_, false)) {}

StateFolder::~StateFolder() {
    if (lock_ >= 0) ::close(lock_);
}

std::string StateFolder::file(std::string_view name) const {
    return fmt::format("{}/{}", path_, name);
}

Result<void> StateFolder::hold_watch(const std::optional<std::string>& words) {
    const std::string name = file("watch");
    if (words) return write_file(name, *words + '\n');
    std::error_code error;
    fs::remove(name, error);
    if (error) return std::unexpected(Error{name, 0, error.message(), "remove it by hand"});
    return {};
}

Result<void> StateFolder::keep_servers(std::string_view orders) const {
    return write_file(file("servers"), orders);
}

Result<std::string> StateFolder::kept_servers() const {
    return kept("servers");
}

Result<void> StateFolder::keep_moves(std::string_view moves) const {
    return write_file(file("moves"), moves);
}

Result<std::string> StateFolder::kept_moves() const {
    return kept("moves");
}

Result<void> StateFolder::keep_mail(std::string_view memory) const {
    return write_file(file("mail"), memory);
}

Result<std::string> StateFolder::kept_mail() const {
    return kept("mail");
}

Result<void> StateFolder::keep_alerts(std::string_view memory) const {
    return write_file(file("alerts"), memory);
}

Result<std::string> StateFolder::kept_alerts() const {
    return kept("alerts");
}

Result<void> StateFolder::keep_subscribers(std::string_view text) const {
    return write_file(file("subscribers"), text);
}

Result<std::string> StateFolder::kept_subscribers() const {
    return kept("subscribers");
}

Result<std::string> StateFolder::status_key() const {
    const std::string name = file("status.key");
    auto key = kept("status.key");
    if (!key || key->size() == tell::status::Seal::key_bytes) return key;
    if (!key->empty())
        return std::unexpected(
            Error{name, 0, "is no key of ours", "remove it; links in old e-mails are lost"});
    key = tell::status::Seal::random_key();
    if (auto done = write_file(name, *key); !done) return std::unexpected(done.error());
    return key;
}

Result<void> StateFolder::keep_case_text(std::string_view name, std::string_view text) const {
    return write_file(file(name), text);
}

Result<std::string> StateFolder::kept_case_text(std::string_view name) const {
    return kept(name);
}

Result<void> StateFolder::keep_queues(std::string_view memories) const {
    return write_file(file("queues"), memories);
}

Result<std::string> StateFolder::kept_queues() const {
    return kept("queues");
}

Result<void> StateFolder::put_queues_aside(std::string_view text) const {
    return write_file(file("queues.unread"), text);
}

Result<std::string> StateFolder::kept(std::string_view name) const {
    const std::string path = file(name);
    std::error_code error;
    if (!fs::exists(path, error) && !error) return std::string();
    return read_file(path);
}

void StateFolder::mark_table(bool stands) {
    const std::string name = file("firewall");
    std::error_code error;
    if (!stands)
        fs::remove(name, error);
    else if (const auto done = write_file(name, "a table of ours is in the kernel\n"); !done)
        say(done.error());
}

bool StateFolder::mark_running() {
    const std::string name = file("running");
    std::error_code error;
    const bool was_cut_off = fs::exists(name, error);
    if (const auto done = write_file(name, "a daemon runs, or did not come to its end\n"); !done)
        say(done.error());
    is_marked_ = true;
    return was_cut_off;
}

void StateFolder::mark_ended() {
    if (!std::exchange(is_marked_, false)) return;
    std::error_code error;
    fs::remove(file("running"), error);
}

bool StateFolder::has_table() const {
    std::error_code error;
    return fs::exists(file("firewall"), error);
}

std::uint64_t StateFolder::code_key() const {
    const std::string name = file("codes.key");
    std::uint64_t key = 0;
    if (const auto kept = read_file(name); kept && kept->size() == sizeof key) {
        std::memcpy(&key, kept->data(), sizeof key);
        return key;
    }
    key = guard::Desk::random_key();
    const std::string_view bytes(reinterpret_cast<const char*>(&key), sizeof key);
    if (const auto done = write_file(name, bytes); !done) say(done.error());
    return key;
}

std::optional<std::string> StateFolder::held_watch() const {
    const auto words = read_file(file("watch"));
    if (words) return *words;
    // What is there and can't be read is a word, too: nobody acts against it.
    return fs::exists(file("watch")) ? std::optional<std::string>("") : std::nullopt;
}

}  // namespace tidegate::app
