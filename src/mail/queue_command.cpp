#include "mail/queue_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/child.h"
#include "net/program.h"

namespace tidegate::mail {
namespace {

using How = net::ProgramEnd::How;

std::string first_line(std::string said) {
    said.resize(std::min(said.find('\n'), said.size()));
    return said.empty() ? std::string() : ": " + said;
}

std::string words_of(const net::ProgramEnd& end, const QueueOrder& order) {
    switch (end.how) {
        case How::exited:
            return fmt::format("exit status {}{}", end.number, first_line(end.said));
        case How::killed:
            return fmt::format("ended by signal {}{}", end.number, first_line(end.said));
        case How::late:
            return fmt::format("did not end within {} ms and was killed{}", order.patience.count(),
                               first_line(end.said));
        case How::given_up:
            return "was killed, since Tidegate ends";
        case How::unstarted:
            break;
    }
    return "cannot be started: " + net::reason_of(end.number);
}

std::unexpected<Error> unread(const QueueOrder& order, std::string what) {
    return std::unexpected(Error{order.command.front(), 0, std::move(what), {}});
}

}  // namespace

void QueueLines::take(std::string_view piece, const Sink& sink) {
    while (!piece.empty()) {
        const std::size_t end = std::min(piece.find('\n'), piece.size());
        const std::size_t room = most_bytes - line_.size();
        line_.append(piece.substr(0, std::min(end, room)));
        is_cut_ = is_cut_ || end > room;
        if (end == piece.size()) return;
        sink(line_, std::exchange(is_cut_, false));
        line_.clear();
        piece.remove_prefix(end + 1);
    }
}

void QueueLines::finish(const Sink& sink) {
    if (!line_.empty()) sink(line_, is_cut_);
    line_.clear();
}

Result<QueueFigures> read_queue(const QueueOrder& order, Time moment, Time came_from,
                                const std::function<bool()>& given_up) {
    QueueReading reading(order.lens, moment, came_from);
    const auto listing = wire::queue_listing(order.program, moment);
    QueueLines lines;
    std::uint64_t messages = 0;
    const auto count = [&](const wire::QueuedMail& mail) {
        ++messages;
        reading.take(mail);
    };
    const auto hear = [&](std::string_view line, bool is_cut) { listing->hear(line, is_cut, count); };
    const net::ProgramEnd end =
        net::run_to_end({.command = order.command,
                         .environment = {},
                         .time_out = order.patience,
                         .output = [&](std::string_view piece) { lines.take(piece, hear); }},
                        given_up);
    if (!end.is_well()) return unread(order, words_of(end, order));
    lines.finish(hear);
    listing->finish(count);
    if (listing->strange() > messages / 10)
        return unread(order, fmt::format("{} of its lines are none of {}'s queue", listing->strange(),
                                         order.program == wire::QueueProgram::exim ? "Exim" : "Postfix"));
    return reading.figures();
}

}  // namespace tidegate::mail
