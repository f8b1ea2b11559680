#pragma once
// Reading what the daemon said over its control socket, which may be of another version: whatever is missing
// or of another kind reads as nothing.

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "app/serve/operator.h"
#include "tell/words.h"

namespace tidegate::app {

[[nodiscard]] inline const boost::json::value& said(const boost::json::value& object, std::string_view name) {
    static const boost::json::value nothing;
    const auto* fields = object.if_object();
    const auto* found = fields == nullptr ? nullptr : fields->if_contains(name);
    return found == nullptr ? nothing : *found;
}

/// A text without what a terminal would obey.
[[nodiscard]] inline std::string said_text(const boost::json::value& object, std::string_view name) {
    return tell::harmless(text_in(object, name));
}

[[nodiscard]] inline double said_number(const boost::json::value& object, std::string_view name) {
    const boost::json::value& value = said(object, name);
    return value.is_number() ? value.to_number<double>() : 0;
}

[[nodiscard]] inline bool said_yes(const boost::json::value& object, std::string_view name) {
    const auto* found = said(object, name).if_bool();
    return found != nullptr && *found;
}

[[nodiscard]] inline const boost::json::array& said_list(const boost::json::value& object,
                                                         std::string_view name) {
    static const boost::json::array none;
    const auto* found = said(object, name).if_array();
    return found == nullptr ? none : *found;
}

/// "2026-08-05 12:00", of a time in RFC 3339.
[[nodiscard]] inline std::string said_minute(const boost::json::value& object, std::string_view name) {
    std::string time = said_text(object, name).substr(0, 16);
    if (time.size() == 16) time[10] = ' ';
    return time;
}

}  // namespace tidegate::app
