#include "app/serve/mail_why.h"

#include <fmt/format.h>

#include "app/judging.h"
#include "event/text.h"

namespace tidegate::app {
namespace {

// All but its closing brace.
std::string judged(const Event& event, const Verdict& verdict, const judge::Policy& policy) {
    std::string out;
    append_text(event, out);
    out.pop_back();
    append_judgement(policy, event, verdict, out);
    return out + fmt::format(R"(,"threshold":{})", verdict.threshold.value());
}

}  // namespace

std::string json_of(const MailWhy& why, const judge::Policy& policy) {
    std::string stops;
    for (const guard::MailStop& each : why.stops)
        stops += fmt::format(R"({}{},"acts":{},"times":{}}})", stops.empty() ? "" : ",",
                             judged(each.event(), each.verdict, policy), each.acts, each.times);
    return fmt::format(R"({{"now":{}}},"stopped":[{}]}})", judged(why.event, why.now, policy), stops);
}

}  // namespace tidegate::app
