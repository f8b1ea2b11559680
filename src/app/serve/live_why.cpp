#include "app/serve/live_why.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "app/commands.h"
#include "app/output.h"
#include "app/serve/said.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

// The evidence, its sum, and what came of it.
void append_evidence(const json::value& judged, std::string& out) {
    for (const json::value& piece : said_list(judged, "evidence"))
        out += fmt::format("  {:>+7.1f}  {:<17} {}\n", said_number(piece, "weight"), said_text(piece, "kind"),
                           said_text(piece, "detail"));
    out += fmt::format("  {:>+7.1f}  sum, held against {:+.1f}: {}\n", said_number(judged, "sum"),
                       said_number(judged, "threshold"), said_text(judged, "measure"));
}

void append_refusal(const json::value& refusal, std::string& out) {
    out += fmt::format("\nRefused {}: {} from {}, {}, code {}\n", said_text(refusal, "time"),
                       said_text(refusal, "account"), said_text(refusal, "address"),
                       said_text(refusal, "service"), said_text(refusal, "code"));
    append_evidence(refusal, out);
}

void append_mail_stop(const json::value& stop, std::string& out) {
    const auto times = said_number(stop, "times");
    const std::string name = said_text(stop, "ehlo");
    out += fmt::format("\n{} {}: mail from {}{}{}\n", said_yes(stop, "acts") ? "Stopped" : "Would be stopped",
                       said_text(stop, "time"), said_text(stop, "address"),
                       name.empty() ? "" : ", called " + name,
                       times > 1 ? fmt::format(", {:.0f} times in its session", times) : "");
    append_evidence(stop, out);
}

// Of an address, where there is an entrance for mail.
void append_mail(const json::value& mail, std::string_view subject, std::string& out) {
    const json::value& now = said(mail, "now");
    if (!now.is_object()) return;
    out += fmt::format("\nAddress {}: a mail on port 25 now, as far as this alone says\n",
                       tell::harmless(subject));
    append_evidence(now, out);
    const json::array& stops = said_list(mail, "stopped");
    for (const json::value& each : stops) append_mail_stop(each, out);
    if (!stops.empty())
        out += fmt::format("\nIf its mail is wanted: tidegate allow {} --reason \"...\" lets it in.\n",
                           tell::harmless(subject));
}

}  // namespace

std::string why_in_text(const json::value& answer, std::string_view subject) {
    std::string out;
    if (const json::value& now = said(answer, "now"); now.is_object()) {
        out += fmt::format("{} {}: a log-in by IMAP now, as far as this alone says\n",
                           said_text(answer, "kind") == "address" ? "Address" : "Account",
                           tell::harmless(subject));
        append_evidence(now, out);
    }
    append_mail(said(answer, "mail"), subject, out);
    if (const auto* banned = answer.is_object() ? answer.as_object().if_contains("banned") : nullptr;
        banned != nullptr && banned->is_bool() && banned->as_bool())
        out += fmt::format("\nThe kernel keeps it out for a time: tidegate lift {} ends that.\n",
                           tell::harmless(subject));
    const json::array& refused = said_list(answer, "refused");
    for (const json::value& each : refused) append_refusal(each, out);
    if (!refused.empty())
        out += fmt::format(
            "\nIf that was its owner: tidegate allow {} --reason \"...\" lets him in from there.\n",
            said_text(refused.front(), "code"));
    else if (said_text(answer, "kind") != "code")
        out += "\nNone of its log-ins was refused in the last day.\n";
    return out.starts_with('\n') ? out.substr(1) : out;
}

int ask_why(const Operator& who, const std::string& subject, bool as_json) {
    const auto answer = who.ask("GET", "/v1/why?who=" + query_word(subject));
    if (!answer) {
        Error error = answer.error();
        error.mend += error.mend.empty() ? "name logs to look into them instead"
                                         : "; or name logs to look into them instead";
        say(error);
        return bad_input;
    }
    boost::system::error_code wrong;
    const json::value value = json::parse(*answer, wrong);
    if (wrong) {
        say(Error{"", 0, "the daemon's answer is not understood", "is it of another version? restart it"});
        return bad_input;
    }
    Output out(STDOUT_FILENO);
    out.write(as_json ? *answer + '\n' : why_in_text(value, subject));
    return out.flush() ? all_well : bad_input;
}

}  // namespace tidegate::app
