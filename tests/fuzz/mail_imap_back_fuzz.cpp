// A server's bytes to IMAP's back, in three ways of cutting them: the same is said and decided, in whole
// lines, within the limits. The first two bytes choose the size of the pieces and the rules; the first line
// is what a client said of itself.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "wire/mail/back.h"

namespace {

using namespace tidegate;
using namespace tidegate::wire;

constexpr std::size_t most_bytes = 2000;

bool is_text(char c) {
    return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t';
}
void check_text(std::string_view text) {
    for (const char c : text) CHECK(is_text(c));
}
// Literals may stand in what a server says, and in a login.
void check_whole_lines(std::string_view text) {
    CHECK(text.empty() || text.ends_with("\r\n"));
    CHECK(text.find('\0') == std::string_view::npos);
}

Login login(unsigned char flags) {
    constexpr std::array<const char*, 4> mechanisms{"PLAIN", "PLAIN", "CRAM-MD5", "XOAUTH2"};
    Login out;
    out.mechanism = mechanisms.at(flags & 3U);
    out.account = (flags & 4) != 0 ? "alice" : "\xc3\xa4";
    out.password = Secret((flags & 8) != 0 ? "a \"b\\" : "\xc3\xb6");
    if ((flags & 16) != 0) out.acts_for = "bob";
    out.has_initial = out.mechanism == "XOAUTH2";
    if (out.has_initial) out.initial = Secret("dG9rZW4=");
    return out;
}

BackRules rules(unsigned char flags) {
    BackRules out;
    out.starttls = (flags & 32) != 0;
    out.forward = (flags & 64) != 0 ? Forward::id : Forward::nothing;
    out.most_bytes = most_bytes;
    return out;
}
ForwardedClient client(std::string_view words) {
    ForwardedClient out;
    out.address = Address::v4(0xc0000207);
    out.session = "s";
    out.words = words;
    return out;
}

class Caller {
public:
    Caller(unsigned char flags, std::string_view words)
        : starttls_((flags & 32) != 0), back_(make_imap_back(rules(flags), client(words), login(flags))) {}

    std::string talk(std::string_view bytes, std::size_t piece) {
        while (!bytes.empty() && !over_) {
            // Whether bytes follow the answer to STARTTLS depends on when they come: here they don't.
            const std::size_t end = starttls_ ? bytes.find('\n') : std::string_view::npos;
            const std::size_t count = end == std::string_view::npos ? bytes.size() : end + 1;
            hear(bytes.substr(0, count), piece);
            bytes.remove_prefix(count);
        }
        check();
        const auto& result = back_->result();
        return out_ + "/" + seen_ + "/" + result.before + "/" + result.text + "/" +
               std::string(back_->trouble());
    }

private:
    void hear(std::string_view bytes, std::size_t piece) {
        std::string unused;
        while (!bytes.empty() && !over_) {
            unused += bytes.substr(0, piece);
            bytes.remove_prefix(std::min(piece, bytes.size()));
            auto turn = Back::Turn::challenge;
            while (turn != Back::Turn::more && !over_) {
                const auto heard = back_->hear(unused, out_);
                CHECK(heard.used <= unused.size());
                unused.erase(0, heard.used);
                turn = heard.turn;
                obey(turn);
            }
        }
        if (over_) seen_ += "rest: " + unused + std::string(bytes);
    }
    void obey(Back::Turn turn) {
        seen_ += std::to_string(static_cast<int>(turn));
        if (turn == Back::Turn::more) seen_.pop_back();
        if (turn == Back::Turn::start_tls) back_->secured(out_);
        if (turn == Back::Turn::challenge) {
            check_text(back_->challenge());
            back_->respond(back_->challenge().size() % 2 == 0 ? "YQ==" : "*", out_);
        }
        over_ = turn == Back::Turn::decided || turn == Back::Turn::broken;
        if (turn == Back::Turn::broken) seen_ += "!";
    }
    void check() const {
        const auto& result = back_->result();
        check_whole_lines(out_);
        check_whole_lines(result.before);
        check_text(result.text);
        check_text(back_->trouble());
        CHECK(result.before.size() + result.text.size() <= 3 * most_bytes);
        CHECK(!(result.ok && result.temporary));
    }

    bool starttls_;
    std::unique_ptr<Back> back_;
    std::string out_, seen_;
    bool over_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view words = text.substr(0, end), bytes = text.substr(std::min(end + 1, text.size()));
    // Of what follows the end, only how much was read ahead depends on the cutting.
    const std::string whole = Caller(data[1], words).talk(bytes, bytes.size() + 1);
    CHECK(Caller(data[1], words).talk(bytes, std::size_t{1} + data[0]) == whole);
    CHECK(Caller(data[1], words).talk(bytes, 1) == whole);
    return 0;
}
