#include "app/serve/case_control.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "app/serve/case_words.h"
#include "event/json.h"
#include "tell/cases/kept.h"
#include "tell/cases/post_mortem.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

using tell::CaseBook;

constexpr std::string_view one = "/v1/cases/{id}", notes = "/v1/cases/{id}/notes",
                           updates = "/v1/cases/{id}/updates", promises = "/v1/cases/{id}/promise",
                           checks = "/v1/cases/{id}/checks", lines = "/v1/cases/{id}/lines",
                           post_mortems = "/v1/cases/{id}/postmortem", one_work = "/v1/work/{id}";

void no_such(net::Response& response, std::string_view id) {
    refuse(response, 404, fmt::format("there is no case '{}'", tell::harmless(id)),
           "`tidegate incident cases` has them");
}

std::string with_number(std::string_view id, std::uint64_t number) {
    return fmt::format(R"({{"id":{},"number":{}}})", json_string(id), number);
}

std::string with_id(std::string_view id) {
    return fmt::format(R"({{"id":{}}})", json_string(id));
}

std::uint32_t number_of(const Words& words) {
    const double number = words.number("number").value_or(0);
    const bool fits = number >= 1 && number < 1e9 && std::floor(number) == number;
    return fits ? static_cast<std::uint32_t>(number) : 0;
}

Result<std::string> after(Result<void> done, std::string_view id) {
    if (!done) return std::unexpected(std::move(done.error()));
    return with_id(id);
}

Result<std::string> after(const Result<std::uint32_t>& number, std::string_view id) {
    if (!number) return std::unexpected(number.error());
    return with_number(id, *number);
}

}  // namespace

std::span<const ControlRoute<CaseControl>> CaseControl::routes() {
    static constexpr std::array<ControlRoute<CaseControl>, 15> all{{
        {{"GET", "/v1/cases"}, &CaseControl::list},
        {{"POST", "/v1/cases"}, &CaseControl::open},
        {{"GET", one}, &CaseControl::show},
        {{"POST", notes}, &CaseControl::note},
        {{"POST", updates}, &CaseControl::update},
        {{"POST", promises}, &CaseControl::promise},
        {{"POST", checks}, &CaseControl::check},
        {{"POST", lines}, &CaseControl::count_lines},
        {{"GET", post_mortems}, &CaseControl::show_post_mortem},
        {{"POST", post_mortems}, &CaseControl::post_mortem},
        {{"GET", "/v1/work"}, &CaseControl::list_work},
        {{"POST", "/v1/work"}, &CaseControl::announce},
        {{"POST", one_work}, &CaseControl::change_work},
        {{"GET", "/v1/templates"}, &CaseControl::list_templates},
        {{"GET", "/v1/public"}, &CaseControl::show_public},
    }};
    return all;
}

std::optional<CaseControl::Order> CaseControl::read(std::string_view pattern, const net::Request& request,
                                                    net::Response& response) const {
    auto words = Words::read(request.body());
    if (!words) {
        refuse(response, 400, "the body is no JSON object", "docs/cases.md has what each call takes");
        return std::nullopt;
    }
    std::string author = author_of(*words, request);
    Order order{.words = std::move(*words),
                .id = std::string(named_part(pattern, request.path())),
                .author = std::move(author)};
    const bool is_about_one = pattern.starts_with(one);
    if (!is_about_one ||
        world_.desk.look([&](const CaseBook& book) { return book.find(order.id) != nullptr; }))
        return order;
    no_such(response, order.id);
    return std::nullopt;
}

void CaseControl::carry_out(const Order& order, std::string_view action, const CaseDesk::Deed& deed,
                            net::Response& response) const {
    const auto done = world_.desk.act(deed);
    if (!done) return refuse(response, done.error().is_disks ? 500 : 409, done.error().error);
    world_.record(keep::Deed{.time = world_.clock(),
                             .author = order.author,
                             .action = std::string(action),
                             .subject = order.id,
                             .reason = order.words["text"]});
    reply(response, *done);
}

void CaseControl::list(const net::Request& /*request*/, net::Response& response) {
    reply(response, world_.desk.look([](const CaseBook& book) { return cases_json(book); }));
}

void CaseControl::open(const net::Request& request, net::Response& response) {
    const auto order = read("/v1/cases", request, response);
    if (!order) return;
    const auto opening = opening_in(order->words, order->author);
    if (!opening) return refuse(response, 400, opening.error());
    carry_out(
        *order, "case open",
        [&](CaseBook& book, const tell::Measured& measured, Time now) -> Result<std::string> {
            const auto id = book.open(*opening, measured, now);
            if (!id) return std::unexpected(id.error());
            return with_id(*id);
        },
        response);
}

void CaseControl::show(const net::Request& request, net::Response& response) {
    const std::string_view id = named_part(one, request.path());
    const auto record = world_.desk.look([&](const CaseBook& book) {
        const auto* found = book.find(id);
        return found == nullptr ? std::nullopt : std::optional(*found);
    });
    if (!record) return no_such(response, id);
    const auto incident = record->incident.empty() ? std::nullopt : world_.desk.incident(record->incident);
    reply(response, case_with_timeline_json(*record, incident ? &*incident : nullptr));
}

// The record of incidents has the words about those that it knows.
void CaseControl::note(const net::Request& request, net::Response& response) {
    const auto order = read(notes, request, response);
    if (!order) return;
    const std::string text = order->words.text("text", CaseBook::most_text + 1);
    const bool is_action = order->words["kind"] == "action";
    const std::string incident = world_.desk.look([&](const CaseBook& book) {
        return book.find(order->id) == nullptr ? "" : book.find(order->id)->incident;
    });
    if (!incident.empty() && !is_action && !text.empty() && text.size() <= CaseBook::most_text) {
        const auto said =
            world_.say({.time = world_.clock(), .who = order->author, .text = text, .incident = incident});
        if (!said) return refuse(response, 500, said.error());
        if (*said == tell::Said::kept) return reply(response, with_id(order->id));
    }
    carry_out(
        *order, "case note",
        [&](CaseBook& book, const tell::Measured&, Time now) {
            return after(
                book.note(order->id, {.time = now,
                                      .kind = is_action ? tell::NoteKind::action : tell::NoteKind::note,
                                      .who = order->author,
                                      .text = text}),
                order->id);
        },
        response);
}

void CaseControl::update(const net::Request& request, net::Response& response) {
    const auto order = read(updates, request, response);
    if (!order) return;
    const auto words = update_in(order->words, order->author);
    if (!words) return refuse(response, 400, words.error());
    const std::string act = order->words["act"];
    const std::uint32_t number = number_of(order->words);
    const std::string_view id = order->id;
    CaseDesk::Deed deed;
    if (act == "draft")
        deed = [&](CaseBook& book, const tell::Measured& measured, Time now) {
            return after(book.draft(id, *words, measured, now), id);
        };
    else if (act == "hold")
        deed = [&](CaseBook& book, const tell::Measured&, Time now) {
            return after(book.hold(id, number, order->author, now), id);
        };
    else if (act == "approve" || act == "publish")
        deed = [&](CaseBook& book, const tell::Measured&, Time now) {
            return after(book.publish(id, number, *words, now), id);
        };
    else
        return refuse(response, 400, "the act is none of draft, hold, approve, publish", "say which");
    carry_out(*order, "case " + act, deed, response);
}

void CaseControl::promise(const net::Request& request, net::Response& response) {
    const auto order = read(promises, request, response);
    if (!order) return;
    const Words& words = order->words;
    const std::string report = words["report"];
    const bool is_kept = words.is_true("kept"), are_all = words.is_true("reports");
    std::optional<Time> due;
    if (!is_kept && !are_all) {
        const auto read_due = time_in(words["by"], world_.clock());
        if (!read_due) return refuse(response, 400, read_due.error());
        due = *read_due;
    }
    carry_out(
        *order, "case promise",
        [&](CaseBook& book, const tell::Measured&, Time now) {
            if (are_all) return after(book.owe_all(order->id), order->id);
            if (is_kept) return after(book.report(order->id, report, order->author, now), order->id);
            if (!report.empty()) return after(book.owe(order->id, report, *due), order->id);
            return after(book.promise(order->id, *due, order->author, now), order->id);
        },
        response);
}

void CaseControl::check(const net::Request& request, net::Response& response) {
    const auto order = read(checks, request, response);
    if (!order) return;
    const std::uint32_t number = number_of(order->words);
    carry_out(
        *order, "case check",
        [&](CaseBook& book, const tell::Measured&, Time now) {
            if (number == 0) return after(book.add_check(order->id, order->words["text"]), order->id);
            return after(book.tick_off(order->id, number, order->author, now), order->id);
        },
        response);
}

void CaseControl::count_lines(const net::Request& request, net::Response& response) {
    const auto order = read(lines, request, response);
    if (!order) return;
    const auto count = support_in(order->words, order->author, world_.clock());
    if (!count) return refuse(response, 400, count.error());
    carry_out(
        *order, "case lines",
        [&](CaseBook& book, const tell::Measured&, Time) {
            return after(book.count_support(order->id, *count), order->id);
        },
        response);
}

// Of the hours that are over by now; empty where none is known.
std::string CaseControl::plot_of(std::string_view id) const {
    const auto [incident, zone] = world_.desk.look([&](const CaseBook& book) {
        const auto* found = book.find(id);
        return std::pair(found == nullptr ? std::string() : found->incident, book.rules().zone);
    });
    const auto record = incident.empty() ? std::nullopt : world_.desk.incident(incident);
    return record ? tell::post_mortem_plot(*record, zone) : std::string();
}

void CaseControl::show_post_mortem(const net::Request& request, net::Response& response) {
    const std::string_view id = named_part(post_mortems, request.path());
    const std::string form = request.query("form").value_or("draft");
    const auto [record, rules] = world_.desk.look([&](const CaseBook& book) {
        const auto* found = book.find(id);
        return std::pair(found == nullptr ? std::nullopt : std::optional(*found), book.rules());
    });
    if (!record) return no_such(response, id);
    if (form == "plot") {
        response.body() = plot_of(id);
        if (response.body().empty())
            return refuse(response, 404, "no hour of it is known",
                          "the record keeps hours once they are over");
        return response.content_type("image/svg+xml");
    }
    response.content_type("text/markdown; charset=utf-8");
    const auto incident = record->incident.empty() ? std::nullopt : world_.desk.incident(record->incident);
    const bool is_written = form == "text" && !record->post_mortem.text.empty();
    response.body() = is_written ? record->post_mortem.text
                                 : tell::post_mortem_draft(*record, incident ? &*incident : nullptr, rules);
}

void CaseControl::post_mortem(const net::Request& request, net::Response& response) {
    const auto order = read(post_mortems, request, response);
    if (!order) return;
    const std::string act = order->words["act"];
    if (act != "write" && act != "publish")
        return refuse(response, 400, "the act is neither write nor publish", "say which");
    const std::string text = order->words.text("text", CaseBook::most_report + 1);
    std::string plot = act == "publish" ? plot_of(order->id) : std::string();
    carry_out(
        *order, "case postmortem " + act,
        [&](CaseBook& book, const tell::Measured&, Time now) {
            if (act == "write")
                return after(book.write_post_mortem(order->id, text, order->author, now), order->id);
            return after(book.publish_post_mortem(order->id, std::move(plot), order->author, now), order->id);
        },
        response);
}

void CaseControl::list_work(const net::Request& /*request*/, net::Response& response) {
    reply(response, world_.desk.look([](const CaseBook& book) { return work_list_json(book); }));
}

void CaseControl::announce(const net::Request& request, net::Response& response) {
    const auto order = read("/v1/work", request, response);
    if (!order) return;
    const auto plan = work_in(order->words, world_.clock());
    if (!plan) return refuse(response, 400, plan.error());
    carry_out(
        *order, "work announce",
        [&](CaseBook& book, const tell::Measured&, Time now) -> Result<std::string> {
            const auto id = book.announce(*plan, order->author, now);
            if (!id) return std::unexpected(id.error());
            return with_id(*id);
        },
        response);
}

void CaseControl::change_work(const net::Request& request, net::Response& response) {
    const auto order = read(one_work, request, response);
    if (!order) return;
    const bool is_there =
        world_.desk.look([&](const CaseBook& book) { return book.find_work(order->id) != nullptr; });
    if (!is_there)
        return refuse(response, 404, fmt::format("no work '{}' is announced", tell::harmless(order->id)),
                      "`tidegate work list` has it");
    const auto act = work_act_in(order->words["act"]);
    if (!act) return refuse(response, 400, "the act is none of begin, extend, done, call-off", "say which");
    std::optional<Time> until;
    if (*act == CaseBook::WorkAct::extend) {
        const auto read_until = time_in(order->words["until"], world_.clock());
        if (!read_until) return refuse(response, 400, read_until.error());
        until = *read_until;
    }
    carry_out(
        *order, "work " + order->words["act"],
        [&](CaseBook& book, const tell::Measured&, Time now) {
            return after(book.act(order->id, *act, until, order->words["text"], order->author, now),
                         order->id);
        },
        response);
    // Alarms that come meanwhile are read beside it.
    world_.note({.time = world_.clock(),
                 .kind = ActionKind::other,
                 .who = order->author,
                 .text = fmt::format("announced work {}: {}", order->id, order->words["act"])});
}

void CaseControl::list_templates(const net::Request& /*request*/, net::Response& response) {
    reply(response, world_.desk.look([](const CaseBook& book) { return templates_json(book.rules()); }));
}

void CaseControl::show_public(const net::Request& request, net::Response& response) {
    reply(response, tell::public_record_json(world_.desk.record(request.query("partner").value_or(""))));
}

}  // namespace tidegate::app
