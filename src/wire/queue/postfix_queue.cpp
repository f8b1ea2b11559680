#include "wire/queue/postfix_queue.h"

#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "wire/queue/domains.h"

namespace tidegate::wire {
namespace {

struct Place {
    std::string_view name;
    QueuePlace place;
};
constexpr std::array<Place, 6> places{{{"maildrop", QueuePlace::incoming},
                                       {"incoming", QueuePlace::incoming},
                                       {"active", QueuePlace::active},
                                       {"deferred", QueuePlace::deferred},
                                       {"hold", QueuePlace::held},
                                       {"corrupt", QueuePlace::held}}};

// Times beyond are nonsense, and would not fit.
constexpr std::int64_t last_second = 253'402'300'799;  // of the year 9999

/// What Boost.JSON's parser calls: the object's own fields, and the address of each in its recipients.
class Fields {
public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
    using Code = boost::json::error_code;
    using View = boost::json::string_view;

    QueuedMail mail;
    bool has_place = false, has_arrival = false;

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) { return down(); }
    bool on_object_end(std::size_t, Code&) { return up(); }
    bool on_array_begin(Code&) {
        // The recipients' objects lie two steps below the message.
        if (depth_ == 1) is_in_recipients_ = key_ == "recipients";
        return down();
    }
    bool on_array_end(std::size_t, Code&) { return up(); }
    bool on_key_part(View part, std::size_t, Code&) { return keep(part); }
    bool on_key(View part, std::size_t, Code&) {
        keep(part);
        key_ = std::exchange(text_, {});
        return true;
    }
    bool on_string_part(View part, std::size_t, Code&) { return keep(part); }
    bool on_string(View part, std::size_t, Code&) {
        keep(part);
        take_text(text_);
        text_.clear();
        return true;
    }
    bool on_number_part(View, Code&) { return true; }
    bool on_int64(std::int64_t value, View, Code&) { return take_number(value); }
    bool on_uint64(std::uint64_t, View, Code&) { return true; }  // beyond int64
    bool on_double(double, View, Code&) { return true; }
    bool on_bool(bool, Code&) { return true; }
    bool on_null(Code&) { return true; }
    bool on_comment_part(View, Code&) { return true; }
    bool on_comment(View, Code&) { return true; }

private:
    // Enough for any address; the rest of a longer text is of no use.
    static constexpr std::size_t most_text = 1024;

    bool down() {
        ++depth_;
        return true;
    }
    bool up() {
        --depth_;
        return true;
    }
    // Of a text that is too long its end is kept: that is where an address has its domain.
    bool keep(View part) {
        text_.append(part.data(), part.size());
        if (text_.size() > 2 * most_text) text_.erase(0, text_.size() - most_text);
        return true;
    }
    void take_text(std::string_view text) {
        if (depth_ == 3 && is_in_recipients_ && key_ == "address") add_domain_of(text, mail.domains);
        if (depth_ != 1 || key_ != "queue_name") return;
        for (const Place& each : places)
            if (each.name == text) mail.place = each.place, has_place = true;
    }
    bool take_number(std::int64_t value) {
        if (depth_ != 1 || value < 0) return true;
        if (key_ == "arrival_time" && value <= last_second) {
            mail.arrival = time_of_unix(value);
            has_arrival = true;
        }
        if (key_ == "message_size") mail.bytes = static_cast<std::uint64_t>(value);
        return true;
    }

    std::size_t depth_ = 0;
    bool is_in_recipients_ = false;
    std::string key_, text_;
};

}  // namespace

void PostfixQueue::hear(std::string_view line, bool is_cut, const Sink& sink) {
    boost::json::parse_options options;
    options.max_depth = 8;
    // What a client wrote is passed on as it came.
    options.allow_invalid_utf8 = true;
    boost::json::basic_parser<Fields> parser(options);
    boost::json::error_code error;
    const std::size_t read = parser.write_some(is_cut, line.data(), line.size(), error);
    const Fields& fields = parser.handler();
    if (error || read != line.size() || !fields.has_place || !fields.has_arrival)
        ++strange_;
    else
        sink(fields.mail);
}

}  // namespace tidegate::wire
