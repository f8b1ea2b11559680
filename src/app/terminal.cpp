#include "app/terminal.h"

#include <fmt/format.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "tell/words.h"

namespace tidegate::app {
namespace {

unsigned width_of(int descriptor) {
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

bool wants_colour(int descriptor) {
    const char* refused = std::getenv("NO_COLOR");  // no-color.org
    const char* terminal = std::getenv("TERM");
    if (refused != nullptr && *refused != '\0') return false;
    return ::isatty(descriptor) == 1 && terminal != nullptr && std::strcmp(terminal, "dumb") != 0;
}

std::string time_left(double seconds) {
    const auto whole = static_cast<std::uint64_t>(std::ceil(seconds));
    if (whole < 100) return fmt::format("{} s left", whole);
    return fmt::format("{}:{:02} min left", whole / 60, whole % 60);
}

}  // namespace

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

tell::TextOptions text_options(int descriptor) {
    tell::TextOptions options;
    options.width = std::clamp(width_of(descriptor), 40U, 200U);
    options.utf8 = std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0;
    options.colour = wants_colour(descriptor);
    return options;
}

std::string progress_text(double seconds, std::uint64_t done, std::uint64_t total, std::uint64_t lines,
                          unsigned width) {
    const double rate = seconds > 0 ? static_cast<double>(lines) / seconds : 0;
    std::string text = fmt::format("{} lines, {} lines/s", tell::count(lines), tell::about(rate));
    if (total == 0 || done > total) return text.substr(0, width);
    const double part = static_cast<double>(done) / static_cast<double>(total);
    text = fmt::format("{:3.0f} %  {}", std::floor(100 * part), text);
    if (part > 0.01 && seconds > 1) text += ", " + time_left(seconds / part - seconds);
    if (text.size() + 16 < width) {
        const std::size_t room = std::min<std::size_t>(width - text.size() - 5, 30);
        const auto full = static_cast<std::size_t>(part * static_cast<double>(room));
        text = '[' + std::string(full, '#') + std::string(room - full, '.') + "] " + text;
    }
    return text.substr(0, width);
}

ProgressLine::ProgressLine(bool wanted, int descriptor)
    : shown_(wanted && ::isatty(descriptor) == 1),
      descriptor_(descriptor),
      width_(width_of(descriptor) - 1),
      started_(seconds_now()) {}

ProgressLine::~ProgressLine() {
    clear();
}

void ProgressLine::update(std::uint64_t done, std::uint64_t total, std::uint64_t lines) {
    if (!shown_) return;
    const double now = seconds_now();
    if (now - drawn_ < 0.1) return;
    drawn_ = now;
    dirty_ = true;
    const std::string text = "\r" + progress_text(now - started_, done, total, lines, width_) + "\x1b[K";
    if (::write(descriptor_, text.data(), text.size()) < 0) shown_ = false;
}

void ProgressLine::clear() {
    constexpr std::string_view blank = "\r\x1b[K";
    if (dirty_ && ::write(descriptor_, blank.data(), blank.size()) < 0) shown_ = false;
    dirty_ = false;
}

}  // namespace tidegate::app
