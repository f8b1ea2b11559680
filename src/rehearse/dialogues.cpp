#include "rehearse/dialogues.h"

#include <fmt/format.h>

#include <array>

namespace tidegate::rehearse {
namespace {

namespace asio = net::asio;
using drill::Answer;
using drill::Deserves;

// https://spamassassin.apache.org/gtube/
constexpr std::string_view gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";

Answer answer_of(unsigned code, Deserves deserves) {
    if (code == 0) return Answer::closed;
    if (code / 100 == 2) return Answer::taken;
    if (code / 100 != 5) return Answer::put_off;
    return deserves == Deserves::taking ? Answer::refused : Answer::rejected;
}

std::string imap_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

}  // namespace

Letter letter(const Post& post, std::uint64_t number, const drill::Words& words, Deserves deserves) {
    CHECK(!post.recipients.empty());
    const std::string& known = post.recipients[number % post.recipients.size()];
    Letter out{.ehlo = std::string(words.ehlo),
               .sender = post.sender,
               .recipient = known,
               .text = {},
               .early = words.early,
               .deserves = deserves};
    if (deserves == Deserves::unknown_recipient)
        out.recipient = fmt::format("nobody-{}-of-a-drill{}", number,
                                    known.substr(std::min(known.find('@'), known.size())));
    out.text = fmt::format(
        "From: A drill <drill@{}>\r\nTo: <{}>\r\nSubject: Message {} of a drill\r\nMessage-ID: "
        "<{}.drill@{}>\r\n"
        "Auto-Submitted: auto-generated\r\n\r\nThis is message {} of a fire drill; it may be thrown "
        "away.\r\n{}{}",
        words.ehlo, out.recipient, number, number, words.ehlo, number,
        deserves == Deserves::spam ? gtube : "", deserves == Deserves::spam ? "\r\n" : "");
    return out;
}

asio::awaitable<Answer> bring(ClientLine& line, Letter letter) {
    const std::array<std::string, 4> steps{fmt::format("EHLO {}\r\n", letter.ehlo),
                                           fmt::format("MAIL FROM:<{}>\r\n", letter.sender),
                                           fmt::format("RCPT TO:<{}>\r\n", letter.recipient), "DATA\r\n"};
    if (letter.early && !co_await line.say(steps[0] + steps[1] + steps[2] + steps[3]))
        co_return Answer::closed;
    for (const std::string& step : steps) {
        if (!letter.early && !co_await line.say(step)) co_return Answer::closed;
        const unsigned code = co_await line.reply();
        const unsigned wanted = &step == &steps.back() ? 3 : 2;
        if (code / 100 == wanted) continue;
        const Answer answer = answer_of(code, letter.deserves);
        if (answer != Answer::closed) static_cast<void>(co_await line.say("QUIT\r\n"));
        co_return answer == Answer::taken ? Answer::put_off : answer;
    }
    if (!co_await line.say(letter.text + ".\r\n")) co_return Answer::closed;
    const Answer answer = answer_of(co_await line.reply(), letter.deserves);
    if (answer != Answer::closed) static_cast<void>(co_await line.say("QUIT\r\n"));
    co_return answer;
}

asio::awaitable<void> begin_tls(ClientLine& line, std::string ehlo) {
    // A record that says it has 512 bytes of a ClientHello, and has a few (RFC 8446 5.1, 4).
    constexpr std::string_view some{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11};
    if (!co_await line.say(fmt::format("EHLO {}\r\n", ehlo)) || co_await line.reply() / 100 != 2) co_return;
    if (!co_await line.say("STARTTLS\r\n") || co_await line.reply() != 220) co_return;
    static_cast<void>(co_await line.say(std::string(some)));
}

asio::awaitable<Answer> log_in(ClientLine& line, Account account) {
    if (!co_await line.say(
            fmt::format("a LOGIN {} {}\r\n", imap_string(account.user), imap_string(account.password))))
        co_return Answer::closed;
    for (;;) {
        const std::string text = co_await line.line();
        if (text.empty() || text.starts_with("* BYE")) co_return Answer::closed;
        if (text.starts_with("a OK")) co_return Answer::taken;
        if (text.starts_with("a "))
            co_return text.contains("[UNAVAILABLE]") ? Answer::put_off : Answer::rejected;
    }
}

}  // namespace tidegate::rehearse
