#include "tell/status/subscribers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tidegate::tell::status {
namespace {

constexpr std::string_view first_line = "tidegate subscribers 1\n";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// RFC 5321 4.1.2, Dot-string, without the characters that shells and headers make something of.
bool is_local_part(std::string_view text) {
    const auto fits = [](char c) {
        return is_letter_or_digit(lower(c)) || std::string_view("!#$&'*+-/=?^_{}~.").contains(c);
    };
    return !text.empty() && text.size() <= 64 && text.front() != '.' && text.back() != '.' &&
           !text.contains("..") && std::ranges::all_of(text, fits);
}

bool is_label(std::string_view text) {
    const auto fits = [](char c) { return is_letter_or_digit(c) || c == '-'; };
    return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
           std::ranges::all_of(text, fits);
}

// A name with a dot; no address literals, which nobody has at home.
bool is_domain(std::string_view text) {
    if (text.size() > 253 || !text.contains('.')) return false;
    while (true) {
        const std::size_t dot = std::min(text.find('.'), text.size());
        if (!is_label(text.substr(0, dot))) return false;
        if (dot == text.size()) return true;
        text.remove_prefix(dot + 1);
    }
}

std::string_view take_field(std::string_view& line) {
    const std::size_t end = std::min(line.find('\t'), line.size());
    const std::string_view field = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return field;
}

std::optional<Time> time_of(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    return Time(Duration(number));
}

std::optional<Subscriber> subscriber_of(std::string_view line) {
    const std::string page(take_field(line));
    const auto address = mailbox_of(take_field(line));
    const auto since = time_of(take_field(line)), told = time_of(take_field(line));
    if (!address || !since || !told || !line.empty()) return std::nullopt;
    return Subscriber{.page = page, .address = *address, .since = *since, .told = *told};
}

}  // namespace

std::optional<std::string> mailbox_of(std::string_view text) {
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos || text.size() > 254 || !is_local_part(text.substr(0, at)))
        return std::nullopt;
    const std::string domain = lowered(text.substr(at + 1));
    if (!is_domain(domain)) return std::nullopt;
    return std::string(text.substr(0, at + 1)) + domain;
}

Subscribers::Key Subscribers::key_of(std::string_view page, std::string_view address) {
    return {std::string(page), lowered(address)};
}

std::string Subscribers::text() const {
    std::string out(first_line);
    for (const auto& [key, each] : all_)
        out += fmt::format("{}\t{}\t{}\t{}\n", each.page, each.address, each.since.time_since_epoch().count(),
                           each.told.time_since_epoch().count());
    return out;
}

std::size_t Subscribers::restore(std::string_view text) {
    const std::scoped_lock lock(mutex_);
    std::size_t bad = 0;
    if (text.empty()) return 0;
    if (!text.starts_with(first_line)) return 1;
    text.remove_prefix(first_line.size());
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const auto each = subscriber_of(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (each && all_.size() < most_)
            all_.insert_or_assign(key_of(each->page, each->address), *each);
        else
            ++bad;
    }
    return bad;
}

Subscribers::Outcome Subscribers::add(std::string_view page, std::string_view address, Time now) {
    const std::scoped_lock lock(mutex_);
    const Key key = key_of(page, address);
    if (all_.contains(key)) return Outcome::nothing_to_do;
    if (all_.size() >= most_) return Outcome::full;
    all_.emplace(
        key,
        Subscriber{.page = std::string(page), .address = std::string(address), .since = now, .told = now});
    if (keep_(text())) return Outcome::done;
    all_.erase(key);
    return Outcome::unwritten;
}

Subscribers::Outcome Subscribers::remove(std::string_view page, std::string_view address) {
    const std::scoped_lock lock(mutex_);
    const auto found = all_.find(key_of(page, address));
    if (found == all_.end()) return Outcome::nothing_to_do;
    all_.erase(found);  // also where it can't be written: he shall get no more
    return keep_(text()) ? Outcome::done : Outcome::unwritten;
}

Result<std::size_t> Subscribers::forget(const std::function<bool(std::string_view)>& is_meant) {
    const std::scoped_lock lock(mutex_);
    const std::size_t gone =
        std::erase_if(all_, [&](const auto& each) { return is_meant(each.second.address); });
    if (gone == 0) return gone;
    if (auto kept = keep_(text()); !kept) return std::unexpected(kept.error());
    return gone;
}

bool Subscribers::has(std::string_view page, std::string_view address) const {
    const std::scoped_lock lock(mutex_);
    return all_.contains(key_of(page, address));
}

std::size_t Subscribers::size() const {
    const std::scoped_lock lock(mutex_);
    return all_.size();
}

std::vector<Subscriber> Subscribers::behind(std::string_view page, Time time, std::size_t most) const {
    const std::scoped_lock lock(mutex_);
    std::vector<Subscriber> out;
    for (const auto& [key, each] : all_)
        if (key.first == page && each.told < time) out.push_back(each);
    const std::size_t kept = std::min(most, out.size());
    std::ranges::partial_sort(out, out.begin() + static_cast<std::ptrdiff_t>(kept), {}, &Subscriber::told);
    out.resize(kept);
    return out;
}

void Subscribers::told(const Subscriber& subscriber, Time until) {
    const std::scoped_lock lock(mutex_);
    const auto found = all_.find(key_of(subscriber.page, subscriber.address));
    if (found == all_.end() || found->second.told >= until) return;
    found->second.told = until;
    unwritten_ = true;
}

Result<void> Subscribers::note() {
    const std::scoped_lock lock(mutex_);
    if (!unwritten_) return {};
    auto kept = keep_(text());
    unwritten_ = !kept;
    return kept;
}

}  // namespace tidegate::tell::status
