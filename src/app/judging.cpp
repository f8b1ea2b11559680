#include "app/judging.h"

#include <fmt/format.h>

#include <charconv>

#include "app/output.h"
#include "event/json.h"

namespace tidegate::app {
namespace {

void append_number(std::uint64_t value, std::string& out) {
    std::array<char, 24> buffer;
    out.append(buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr);
}

// "41.75", "-3.5", "12": hundredths written exactly, without a way over binary fractions.
void append_decibans(Decibans value, std::string& out) {
    std::int64_t hundredths = value.in_hundredths();
    if (hundredths < 0) {
        out += '-';
        hundredths = -hundredths;
    }
    append_number(static_cast<std::uint64_t>(hundredths / 100), out);
    const auto rest = static_cast<unsigned>(hundredths % 100);
    if (rest == 0) return;
    out += '.';
    out += static_cast<char>('0' + rest / 10);
    if (rest % 10 != 0) out += static_cast<char>('0' + rest % 10);
}

void append_piece(const judge::Policy& policy, const Evidence& piece, const Event& event, std::string& out) {
    out += R"({"kind":")";
    out += name(piece.kind);
    out += R"(","weight":)";
    append_decibans(piece.weight, out);
    out += R"(,"detail":)";
    append_json_string(detail_in(policy, piece, event), out);
    out += '}';
}

std::string in_words(const judge::Exception& exception) {
    const bool allow = exception.effect == judge::Exception::Effect::allow;
    std::string text = fmt::format("exception ({})", allow ? "allow" : "deny");
    if (!exception.reason.empty()) text += ": " + exception.reason;
    if (!exception.author.empty()) text += ", by " + exception.author;
    return text;
}

}  // namespace

Result<judge::Judge> make_judge(const Ground& ground, const std::string& checkpoint) {
    if (checkpoint.empty()) return judge::Judge(ground.policy);
    const auto bytes = read_file(checkpoint);
    if (!bytes) return std::unexpected(bytes.error());
    auto judge = judge::Judge::load(*bytes, ground.policy);
    if (!judge && judge.error().file.empty()) judge.error().file = checkpoint;
    return judge;
}

void fold(judge::Judge& judge, observe::Work& work) {
    for (std::size_t i = 0; i < work.knocks.size(); ++i)
        if (work.batch.events[i].attempts == 0) work.knocks[i].is_attempt = false;
    work.verdicts.resize(work.knocks.size());
    judge.fold(work.knocks, work.verdicts);
}

std::string detail_in(const judge::Policy& policy, const Evidence& evidence, const Event& event) {
    const auto index = static_cast<std::size_t>(evidence.count);
    if (evidence.kind == EvidenceKind::listed && index < policy.lists.size())
        return fmt::format("the list {} names it", policy.lists[index].name);
    if (evidence.kind == EvidenceKind::exception && index < policy.exceptions.size())
        return in_words(policy.exceptions[index]);
    return detail(evidence, event);
}

void append_judgement(const judge::Policy& policy, const Event& event, const Verdict& verdict,
                      std::string& out) {
    out += R"(,"measure":")";
    out += name(verdict.measure);
    out += R"(","sum":)";
    append_decibans(verdict.sum, out);
    out += R"(,"evidence":[)";
    bool first = true;
    for (const Evidence& piece : verdict.evidence.items()) {
        if (!first) out += ',';
        first = false;
        append_piece(policy, piece, event, out);
    }
    out += ']';
}

void append_verdict(const judge::Policy& policy, const Event& event, const Verdict& verdict,
                    std::string& out) {
    const std::size_t start = out.size();
    append_json_field("file", event.file, out);
    if (event.line != 0) {
        out += R"(,"line":)";
        append_number(event.line, out);
    }
    out += R"(,"n":)";
    append_number(event.attempts, out);
    out[start] = '{';  // every field begins with a comma, and `n` is always there
    append_judgement(policy, event, verdict, out);
    out += "}\n";
}

}  // namespace tidegate::app
