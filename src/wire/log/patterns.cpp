#include "wire/log/patterns.h"

#include <re2/re2.h>

#include <array>
#include <string>
#include <utility>

#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

enum Group : std::uint8_t {
    group_address,
    group_account,
    group_port,
    group_session,
    group_method,
    group_ehlo,
    groups
};
constexpr std::array<std::string_view, groups> group_names = {"address", "account", "port",
                                                              "session", "method",  "ehlo"};
/// Groups in parentheses, named or not, that one pattern may have: their places lie on the stack.
constexpr int max_groups = 32;

Error error_in(const CustomPattern& pattern, const std::string& what, std::string mend) {
    Error error;
    error.what = "pattern '" + pattern.name + "': " + what;
    error.mend = std::move(mend);
    return error;
}

re2::RE2::Options options() {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_encoding(re2::RE2::Options::EncodingLatin1);  // lines need not be UTF-8
    options.set_max_mem(8 << 20);
    return options;
}

std::string all_names() {
    std::string all;
    for (const auto name : group_names) all.append(all.empty() ? "" : ", ").append(name);
    return all;
}

std::string_view view(const re2::StringPiece& piece) {
    return piece.data() == nullptr ? std::string_view{} : std::string_view(piece.data(), piece.size());
}

}  // namespace

struct PatternSet::Compiled {
    CustomPattern pattern;
    re2::RE2 regex;
    std::array<int, groups> index{};  // of the group in the regex; 0: not there
    int last = 0;                     // the highest index needed

    explicit Compiled(const CustomPattern& given) : pattern(given), regex(given.regex, options()) {}

    [[nodiscard]] std::optional<Error> set_up();
    [[nodiscard]] Recognised match(const LogLine& line, EventBatch& out) const;
};

std::optional<Error> PatternSet::Compiled::set_up() {
    if (pattern.name.empty()) return error_in(pattern, "it has no name", "give it a name = \"...\"");
    if (!regex.ok()) {
        return error_in(pattern, "not a regular expression: " + regex.error(),
                        "RE2's syntax has no look-around and no back references");
    }
    for (const auto& [name, at] : regex.NamedCapturingGroups()) {
        std::size_t group = 0;
        while (group < groups && group_names.at(group) != name) ++group;
        if (group == groups)
            return error_in(pattern, "unknown group '" + name + "'", "known groups: " + all_names());
        index.at(group) = at;
        last = std::max(last, at);
    }
    if (index[group_address] == 0) {
        return error_in(pattern, "no group 'address'",
                        "put (?P<address>...) where the client's address stands");
    }
    if (last > max_groups) return error_in(pattern, "too many groups", "use (?:...) where nothing is named");
    return std::nullopt;
}

Recognised PatternSet::Compiled::match(const LogLine& line, EventBatch& out) const {
    if (!pattern.program.empty() && pattern.program != line.program) return Recognised::unknown;
    std::array<re2::StringPiece, max_groups + 1> found;
    const re2::StringPiece text(line.message.data(), line.message.size());
    if (!regex.Match(text, 0, text.size(), re2::RE2::UNANCHORED, found.data(), last + 1))
        return Recognised::unknown;
    const auto group = [&](Group which) {
        const int at = index.at(which);
        return at == 0 ? std::string_view{} : view(found.at(static_cast<std::size_t>(at)));
    };
    const auto address = client_address(group(group_address));
    if (!address) return Recognised::unknown;
    const auto method = mechanism(group(group_method), out);
    const auto name = out.keep(pattern.name);
    Event& event = begin_event(line, out, pattern.kind, pattern.service, Layer::none);
    event.program = name;
    event.address = *address;
    event.port = client_port(group(group_port));
    event.account = group(group_account);
    event.session = group(group_session);
    event.method = method;
    event.ehlo = group(group_ehlo);
    if (pattern.kind == EventKind::attempt) event.outcome = pattern.outcome;
    if (event.outcome != Outcome::success) event.reason = pattern.reason;
    return Recognised::event;
}

PatternSet::PatternSet() = default;
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;
PatternSet::~PatternSet() = default;

Result<PatternSet> PatternSet::create(const std::vector<CustomPattern>& patterns) {
    PatternSet set;
    for (const CustomPattern& pattern : patterns) {
        auto compiled = std::make_unique<Compiled>(pattern);
        if (auto error = compiled->set_up()) return std::unexpected(std::move(*error));
        set.patterns_.push_back(std::move(compiled));
    }
    return set;
}

Recognised PatternSet::match(const LogLine& line, EventBatch& out) const {
    for (const auto& pattern : patterns_) {
        if (pattern->match(line, out) == Recognised::event) return Recognised::event;
    }
    return Recognised::unknown;
}

}  // namespace tidegate::wire
