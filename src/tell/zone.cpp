#include "tell/zone.h"

#include <date/tz.h>

#include <array>
#include <ctime>
#include <stdexcept>

namespace tidegate::tell {
namespace {

std::tm machine_time(Time time) {
    const std::time_t seconds = unix_seconds(time);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return parts;
}

const date::time_zone* zone_named(const std::string& name) {
    try {
        return date::locate_zone(name);
    } catch (const std::runtime_error&) {
        return nullptr;  // no table of zones on this machine, or no such name
    }
}

}  // namespace

bool is_known_zone(const std::string& name) {
    return zone_named(name) != nullptr;
}

Zone::Zone() : Zone(std::string()) {}

Zone::Zone(const std::string& name) : machine_(name.empty()), name_(name) {
    if (machine_) return;
    table_ = zone_named(name);
    if (table_ == nullptr) name_ = "UTC";
}

std::chrono::seconds Zone::offset(Time time) const {
    if (machine_) return std::chrono::seconds(machine_time(time).tm_gmtoff);
    if (table_ == nullptr) return {};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return static_cast<const date::time_zone*>(table_)->get_info(seconds).offset;
}

std::string Zone::label(Time time) const {
    if (!machine_) return name_;
    std::array<char, 64> text{};
    const std::tm parts = machine_time(time);
    return {text.data(), std::strftime(text.data(), text.size(), "%Z", &parts)};
}

}  // namespace tidegate::tell
