#include "app/serve/state_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "app/output.h"
#include "app/serve/subject.h"
#include "base/hash.h"
#include "event/json.h"

namespace tidegate::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view magic = "tidegate state 1\n";
constexpr std::uint64_t seed = 0x7374'6174'6500'0001ULL;

void append_number(std::uint64_t number, std::string& out) {
    out.append(reinterpret_cast<const char*>(&number), sizeof number);
}
void append_text(std::string_view text, std::string& out) {
    append_number(text.size(), out);
    out += text;
}

/// Takes what the functions above wrote from the front; nothing where it is cut short.
class Cut {
public:
    explicit Cut(std::string_view bytes) : bytes_(bytes) {}
    [[nodiscard]] std::optional<std::uint64_t> number() {
        std::uint64_t out = 0;
        if (bytes_.size() < sizeof out) return std::nullopt;
        std::memcpy(&out, bytes_.data(), sizeof out);
        bytes_.remove_prefix(sizeof out);
        return out;
    }
    [[nodiscard]] std::optional<std::string> text() {
        const auto size = number();
        if (!size || *size > bytes_.size()) return std::nullopt;
        std::string out(bytes_.substr(0, *size));
        bytes_.remove_prefix(*size);
        return out;
    }
    [[nodiscard]] bool is_done() const { return bytes_.empty(); }

private:
    std::string_view bytes_;
};

std::optional<Checkpoint> checkpoint_in(std::string_view bytes) {
    Cut cut(bytes);
    Checkpoint out;
    const auto time = cut.number();
    auto judge = cut.text(), detection = cut.text();
    const auto positions = cut.number();
    if (!time || !judge || !detection || !positions) return std::nullopt;
    out.time = Time(Duration(static_cast<std::int64_t>(*time)));
    out.judge = std::move(*judge);
    out.detection = std::move(*detection);
    for (std::uint64_t i = 0; i < *positions; ++i) {
        auto source = cut.text(), position = cut.text();
        if (!source || !position) return std::nullopt;
        out.positions.emplace(std::move(*source), std::move(*position));
    }
    return cut.is_done() ? std::optional(std::move(out)) : std::nullopt;
}

std::string text_in(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr ? std::string() : std::string(std::string_view(*text));
}

std::optional<Order> order_in(const json::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr) return std::nullopt;
    auto exception = exception_about(text_in(*object, "subject"));
    const auto* id = object->if_contains("id");
    if (!exception || id == nullptr || !id->is_int64()) return std::nullopt;
    Order order;
    order.id = static_cast<std::uint64_t>(id->get_int64());
    order.exception = std::move(*exception);
    order.exception.effect = text_in(*object, "effect") == "allow" ? judge::Exception::Effect::allow
                                                                   : judge::Exception::Effect::deny;
    order.exception.reason = text_in(*object, "reason");
    order.exception.author = text_in(*object, "author");
    order.exception.expires = parse_rfc3339(text_in(*object, "expires"));
    order.created = parse_rfc3339(text_in(*object, "created")).value_or(Time{});
    return order;
}

Error broken(const std::string& file, std::string mend) {
    return {file, 0, "can't be read: it is damaged or another version's", std::move(mend)};
}

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
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

StateFolder::~StateFolder() {
    if (lock_ >= 0) ::close(lock_);
}

std::string StateFolder::file(std::string_view name) const {
    return fmt::format("{}/{}", path_, name);
}

Result<void> StateFolder::save(const Checkpoint& checkpoint) {
    std::string bytes(magic);
    append_number(static_cast<std::uint64_t>(checkpoint.time.time_since_epoch().count()), bytes);
    append_text(checkpoint.judge, bytes);
    append_text(checkpoint.detection, bytes);
    append_number(checkpoint.positions.size(), bytes);
    for (const auto& [source, position] : checkpoint.positions) {
        append_text(source, bytes);
        append_text(position, bytes);
    }
    append_number(hash_bytes(bytes, seed), bytes);
    return write_file(file("checkpoint"), bytes);
}

Result<std::optional<Checkpoint>> StateFolder::load() const {
    const std::string name = file("checkpoint");
    if (!fs::exists(name)) return std::optional<Checkpoint>();
    const auto bytes = read_file(name);
    if (!bytes) return std::unexpected(bytes.error());
    const std::string mend = "it is left as it is; move it away to be rid of this message";
    std::string_view rest(*bytes);
    std::uint64_t sum = 0;
    if (rest.size() < magic.size() + sizeof sum || !rest.starts_with(magic))
        return std::unexpected(broken(name, mend));
    std::memcpy(&sum, rest.data() + rest.size() - sizeof sum, sizeof sum);
    rest.remove_suffix(sizeof sum);
    if (hash_bytes(rest, seed) != sum) return std::unexpected(broken(name, mend));
    rest.remove_prefix(magic.size());
    auto checkpoint = checkpoint_in(rest);
    if (!checkpoint) return std::unexpected(broken(name, mend));
    return std::optional(std::move(*checkpoint));
}

Result<void> StateFolder::save(const std::vector<Order>& orders) {
    std::string text = "[";
    for (const Order& each : orders) text += (text.size() > 1 ? ",\n" : "\n") + order_json(each);
    return write_file(file("orders.json"), text + "\n]\n");
}

Result<std::vector<Order>> StateFolder::orders() const {
    const std::string name = file("orders.json");
    std::vector<Order> orders;
    if (!fs::exists(name)) return orders;
    const auto text = read_file(name);
    if (!text) return std::unexpected(text.error());
    boost::system::error_code error;
    const json::value all = json::parse(*text, error);
    const Error bad =
        broken(name, "it holds the exceptions by hand; mend it, or move it away and give them again");
    if (error || !all.is_array()) return std::unexpected(bad);
    for (const json::value& each : all.get_array()) {
        auto order = order_in(each);
        if (!order) return std::unexpected(bad);
        orders.push_back(std::move(*order));
    }
    return orders;
}

Result<void> StateFolder::hold_watch(const std::optional<std::string>& words) {
    const std::string name = file("watch");
    if (words) return write_file(name, *words + '\n');
    std::error_code error;
    fs::remove(name, error);
    if (error) return std::unexpected(Error{name, 0, error.message(), "remove it by hand"});
    return {};
}

std::optional<std::string> StateFolder::held_watch() const {
    const auto words = read_file(file("watch"));
    if (words) return *words;
    // What is there and can't be read is a word, too: nobody acts against it.
    return fs::exists(file("watch")) ? std::optional<std::string>("") : std::nullopt;
}

}  // namespace tidegate::app
