#include "app/serve/answer.h"

#include <algorithm>

namespace tidegate::app {

wire::Answer answer_of(const guard::Answer& judged, std::chrono::seconds most_delay, std::string_view help) {
    using Step = wire::Answer::Step;
    wire::Answer answer;
    if (!judged.acts || judged.verdict.measure == Measure::pass) return answer;
    if (judged.verdict.measure == Measure::slow) {
        answer.step = Step::wait;
        answer.wait = std::min(std::chrono::ceil<std::chrono::seconds>(judged.verdict.delay), most_delay);
        return answer;
    }
    answer.step = judged.verdict.measure == Measure::defer ? Step::defer : Step::refuse;
    answer.wait = most_delay;
    answer.code = judged.code;
    if (!answer.code.empty()) answer.help = help;
    return answer;
}

Decibans operators_word(const Verdict& verdict) {
    for (const Evidence& each : verdict.evidence.items())
        if (each.kind == EvidenceKind::exception) return each.weight;
    return {};
}

}  // namespace tidegate::app
