#pragma once
// ManageSieve's lines (RFC 5804 4): words, strings, parentheses; a string may be a literal with line ends in
// it. Both directions.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::wire {

struct SieveWord {
    enum class Kind : std::uint8_t { atom, quoted, literal, open, close };
    Kind kind = Kind::atom;
    std::string_view text{};  // of a quoted string what stands between the quotes, backslashes and all

    [[nodiscard]] bool is_string() const { return kind == Kind::quoted || kind == Kind::literal; }
    /// Without the backslashes that quoting needs.
    [[nodiscard]] std::string meaning() const;
};

/// Cuts lines, with their literals, out of bytes that are given again from their front, with more behind
/// them, until they are used.  Thread: one at a time.  Cost: each byte is looked at once, but those of
/// literals, which are not.
class SieveLines {
public:
    /// Clients' literals don't wait to be asked for: `{3+}`; servers' are `{3}`.
    enum class From : std::uint8_t { client, server };
    explicit SieveLines(From from) : from_(from) {}

    enum class State : std::uint8_t {
        more,
        line,       // `words`
        malformed,  // a line that is none, and the next one begins behind it
        lost,       // it is unknown where the next one would begin
        too_long,
    };
    struct Found {
        State state = State::more;
        std::size_t used = 0;
        std::span<const SieveWord> words{};  // until the next call, and as long as the bytes
    };
    /// What a line may begin with: a command with its name, which is no literal.
    enum class Begin : std::uint8_t { anything, atom };
    /// `most_bytes`: of a line with its literals and its end. Where a line may not begin with a literal, and
    /// has one there, it ends before the literal's bytes, as Dovecot has it.
    [[nodiscard]] Found next(std::string_view bytes, std::size_t most_bytes, Begin begin = Begin::anything);
    /// Whether a line has begun.
    [[nodiscard]] bool is_amid() const { return seen_ != 0; }

private:
    struct Place {
        SieveWord::Kind kind;
        std::size_t at, size;
    };
    [[nodiscard]] bool read_part(std::string_view bytes, std::size_t end);
    [[nodiscard]] bool read_word(std::string_view bytes, std::size_t& at, std::size_t end);
    [[nodiscard]] bool read_quoted(std::string_view bytes, std::size_t& at, std::size_t end);
    [[nodiscard]] bool read_literal(std::string_view bytes, std::size_t& at, std::size_t end);
    [[nodiscard]] Found whole(std::string_view bytes, std::size_t used);
    void reset();

    From from_;
    std::size_t seen_ = 0;  // bytes that hold no line end
    std::size_t part_ = 0;  // where what follows the last literal begins
    std::optional<std::size_t> literal_bytes_;
    std::vector<Place> places_;
    std::vector<SieveWord> words_;
};

/// As a quoted string where it can be one (RFC 5804 4: up to 1024 bytes, no line ends), else as a literal of
/// that direction.
void append_sieve_string(std::string_view text, SieveLines::From from, std::string& out);
/// For base64, which needs no backslashes; leaves no copy behind.
void append_sieve_secret(std::string_view base64, SieveLines::From from, std::string& out);
/// Words of a server as part of a line of ours: strings lose their line ends. Nothing where parentheses don't
/// match.
[[nodiscard]] std::optional<std::string> sieve_text(std::span<const SieveWord> words);

}  // namespace tidegate::wire
