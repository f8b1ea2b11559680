#include "wire/door/question.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/hash.h"

namespace tidegate::wire {
namespace {

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

}  // namespace

void believe_forwarder(Question& question) {
    if (question.forwarded.is_none()) return;
    question.event.address = question.forwarded;
    question.event.port = question.forwarded_port;
}

void append_line_text(std::string_view text, std::size_t most, std::string& out) {
    for (const char c : text.substr(0, most)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            out += ' ';
        } else {
            out += byte < 0x80 ? c : '?';
        }
    }
}

void append_reason(const Answer& answer, std::string_view otherwise, std::string& out) {
    // A code or a URL cut short is worth nothing: the words give way.
    constexpr std::size_t most_code = 32;
    constexpr std::size_t most_help = 120;
    const std::string_view words = answer.text.empty() ? otherwise : answer.text;
    const bool has_help = !answer.code.empty() && !answer.help.empty() && answer.help.size() <= most_help;
    const std::size_t tail = answer.code.empty() ? 0
                                                 : std::min(answer.code.size(), most_code) +
                                                       (has_help ? answer.help.size() : 5) + 3;
    append_line_text(words, max_reply_text_bytes - tail, out);
    if (answer.code.empty()) return;
    out += " (";
    append_line_text(has_help ? answer.help : "code ", most_help, out);
    append_line_text(answer.code, most_code, out);
    out += ')';
}

std::optional<ForeignHash> foreign_hash(std::string_view hex) {
    constexpr std::size_t longest = 128;  // SHA-512
    if (hex.empty() || hex.size() > longest || !std::ranges::all_of(hex, is_hex)) return std::nullopt;
    ForeignHash hash{.bits = static_cast<unsigned>(std::min<std::size_t>(hex.size() * 4, 64))};
    if (hex.size() <= 16) {
        std::from_chars(hex.data(), hex.data() + hex.size(), hash.value, 16);
        return hash;
    }
    std::array<char, longest> folded{};
    std::ranges::transform(hex, folded.begin(), lower);
    hash.value = hash_bytes({folded.data(), hex.size()}, 0);
    return hash;
}

Service service_of_protocol(std::string_view name) {
    using Row = std::pair<std::string_view, Service>;
    static constexpr auto rows = std::to_array<Row>({{"imap", Service::imap},
                                                     {"imaps", Service::imap},
                                                     {"pop3", Service::pop3},
                                                     {"pop3s", Service::pop3},
                                                     {"pop", Service::pop3},
                                                     {"smtp", Service::submission},
                                                     {"submission", Service::submission},
                                                     {"submissions", Service::submission},
                                                     {"sieve", Service::managesieve},
                                                     {"managesieve", Service::managesieve},
                                                     {"http", Service::webmail},
                                                     {"mobileapi", Service::webmail},
                                                     {"webmail", Service::webmail}});
    const auto same = [name](const Row& row) { return std::ranges::equal(row.first, name, {}, {}, lower); };
    const auto found = std::ranges::find_if(rows, same);
    return found == rows.end() ? Service::unknown : found->second;
}

}  // namespace tidegate::wire
