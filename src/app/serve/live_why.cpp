#include "app/serve/live_why.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "app/commands.h"
#include "app/output.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

const json::array& items(const json::value& value, std::string_view name) {
    static const json::array none;
    const auto* object = value.if_object();
    const auto* found = object == nullptr ? nullptr : object->if_contains(name);
    const auto* array = found == nullptr ? nullptr : found->if_array();
    return array == nullptr ? none : *array;
}

double number(const json::value& value, std::string_view name) {
    const auto* object = value.if_object();
    const auto* found = object == nullptr ? nullptr : object->if_contains(name);
    boost::system::error_code not_one;
    const double got = found == nullptr ? 0 : found->to_number<double>(not_one);
    return not_one ? 0 : got;
}

// The evidence, its sum, and what came of it.
void append_evidence(const json::value& judged, std::string& out) {
    for (const json::value& piece : items(judged, "evidence"))
        out += fmt::format("  {:>+7.1f}  {:<17} {}\n", number(piece, "weight"),
                           tell::harmless(text_in(piece, "kind")), tell::harmless(text_in(piece, "detail")));
    out += fmt::format("  {:>+7.1f}  sum, held against {:+.1f}: {}\n", number(judged, "sum"),
                       number(judged, "threshold"), tell::harmless(text_in(judged, "measure")));
}

void append_refusal(const json::value& refusal, std::string& out) {
    out +=
        fmt::format("\nRefused {}: {} from {}, {}, code {}\n", tell::harmless(text_in(refusal, "time")),
                    tell::harmless(text_in(refusal, "account")), tell::harmless(text_in(refusal, "address")),
                    tell::harmless(text_in(refusal, "service")), tell::harmless(text_in(refusal, "code")));
    append_evidence(refusal, out);
}

std::string in_text(const json::value& answer, const std::string& subject) {
    std::string out;
    const auto* object = answer.if_object();
    if (const auto* now = object == nullptr ? nullptr : object->if_contains("now")) {
        out += fmt::format("{} {}: a log-in by IMAP now, as far as this alone says\n",
                           text_in(answer, "kind") == "address" ? "Address" : "Account",
                           tell::harmless(subject));
        append_evidence(*now, out);
    }
    const json::array& refused = items(answer, "refused");
    for (const json::value& each : refused) append_refusal(each, out);
    if (!refused.empty())
        out += fmt::format(
            "\nIf that was its owner: tidegate allow {} --reason \"...\" lets him in from there.\n",
            tell::harmless(text_in(refused.front(), "code")));
    else if (text_in(answer, "kind") == "account")
        out += "\nNone of its log-ins was refused in the last day.\n";
    return out.starts_with('\n') ? out.substr(1) : out;
}

}  // namespace

int ask_why(const Operator& who, const std::string& subject, bool as_json) {
    const auto answer = who.ask("GET", "/v1/why?who=" + query_word(subject));
    if (!answer) {
        say(answer.error());
        return bad_input;
    }
    boost::system::error_code wrong;
    const json::value value = json::parse(*answer, wrong);
    Output out(STDOUT_FILENO);
    out.write(as_json || wrong ? *answer + '\n' : in_text(value, subject));
    return out.flush() ? all_well : bad_input;
}

}  // namespace tidegate::app
