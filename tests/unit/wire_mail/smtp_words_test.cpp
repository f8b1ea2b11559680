#include "wire/mail/smtp_words.h"

#include <gtest/gtest.h>

#include <vector>

namespace tidegate::wire {
namespace {

using namespace std::string_literals;

/// All lines of `bytes`, given in pieces, as "line|", and what else was found.
std::string cut(std::string_view bytes, std::size_t piece, std::size_t most_bytes) {
    SmtpLines lines;
    std::string pending, out;
    while (!bytes.empty()) {
        pending += bytes.substr(0, piece);
        bytes.remove_prefix(std::min(piece, bytes.size()));
        for (auto next = lines.next(pending, most_bytes);; next = lines.next(pending, most_bytes)) {
            if (next.end == SmtpLines::End::line) out += std::string(next.line) + "|";
            if (next.end == SmtpLines::End::bare) out += "bare|";
            if (next.end == SmtpLines::End::too_long) out += "long|";
            if (next.end == SmtpLines::End::endless) return out + "endless";
            pending.erase(0, next.used);
            EXPECT_LE(pending.size(), std::max(bytes.size(), most_bytes) + piece);
            if (next.end == SmtpLines::End::more) break;
        }
    }
    if (lines.is_amid_line()) out += "amid";
    return out;
}

TEST(SmtpLines, AnySplitReadsTheSame) {
    const std::pair<std::string, std::string> cases[] = {
        {"", ""},
        {"a\r\n\r\nb\r\n", "a||b|"},
        {"a\r\nb", "a|amid"},
        {"a\nb\r\n", "bare|b|"},
        {"a\rb\r\nc\r\n", "bare|c|"},
        {"\n\r\n", "bare||"},
        {"\r\r\n", "bare|"},
        {"12345678\r\n", "12345678|"},
        {"123456789\r\nb\r\n", "long|b|"},
        {"12345678\r", "amid"},
        {"123456789\r", "amid"},
        {"1234567890123\nb\r\n", "long|b|"},
        {std::string(65'535, 'x') + "\nb\r\n", "long|b|"},
        {std::string(65'536, 'x') + "\nb\r\n", "endless"},
        {std::string(70'000, 'x'), "endless"},
    };
    for (const auto& [bytes, expected] : cases) {
        for (const std::size_t piece : {1UZ, 2UZ, 3UZ, 9UZ, 10UZ, 11UZ, 100'000UZ})
            EXPECT_EQ(cut(bytes, piece, 10), expected) << bytes.substr(0, 20) << " by " << piece;
    }
}

TEST(SmtpCommand, VerbAndWords) {
    const auto read = [](std::string_view line) {
        const auto command = read_smtp_command(line);
        return command ? std::string(command->verb) + "|" + std::string(command->words) : "none";
    };
    EXPECT_EQ(read("EHLO example.org"), "EHLO|example.org");
    EXPECT_EQ(read("  mail\tFROM:<a b>  X=1 \t"), "mail|FROM:<a b>  X=1");
    EXPECT_EQ(read("QUIT "), "QUIT|");
    for (const auto& line : {""s, "   "s, "NO\0OP"s, "NOOP \x7f"s, "NOOP \x1b"s})
        EXPECT_EQ(read(line), "none");
}

TEST(SmtpWords, HeloNames) {
    EXPECT_EQ(read_helo_name("example.org"), "example.org");
    EXPECT_EQ(read_helo_name(" [IPv6:2001:db8::1] "), "[IPv6:2001:db8::1]");
    EXPECT_EQ(read_helo_name("b\xfcro_1"), "b?ro_1");
    EXPECT_EQ(read_helo_name(std::string(255, 'a')).size(), 255);
    EXPECT_EQ(read_helo_name(std::string(256, 'a')), "");
    EXPECT_EQ(read_helo_name("two words"), "");
    EXPECT_EQ(read_helo_name(""), "");
}

TEST(SmtpReply, Lines) {
    const auto read = [](std::string_view line) {
        const auto reply = read_smtp_reply_line(line);
        return reply ? std::to_string(reply->code) + (reply->is_last ? " " : "-") + std::string(reply->text)
                     : "none";
    };
    for (const auto line : {"220 ready", "250-a", "250-", "334 ", "599 x\xc3\xa4\ty"})
        EXPECT_EQ(read(line), line);
    EXPECT_EQ(read("250"), "250 ");
    for (const auto& line : {""s, "25"s, "2500"s, "25x y"s, "150 x"s, "650 x"s, "250_x"s, " 250 x"s,
                             "250 \0"s, "250 a\x1b"s, "+25 x"s, "* OK IMAP"s})
        EXPECT_EQ(read(line), "none") << line;
}

TEST(SmtpReply, EnhancedCodes) {
    const auto take = [](std::string_view text) {
        const auto code = take_enhanced_code(text);
        return std::string(code) + "|" + std::string(text);
    };
    EXPECT_EQ(take("5.7.8 No"), "5.7.8|No");
    EXPECT_EQ(take("2.100.999 x"), "2.100.999|x");
    EXPECT_EQ(take("4.7.0"), "4.7.0|");
    for (const auto text : {"3.7.8 x", "5.7 x", "5.7.8x", "5.7.1234 x", "5..8 x", "5.7.8.9 x", "x", ""})
        EXPECT_EQ(take(text), "|" + std::string(text));
}

/// All replies of `bytes`, given in pieces.
std::string hear(std::string_view bytes, std::size_t piece, std::size_t most_bytes) {
    SmtpReplies replies(most_bytes);
    std::string pending, out;
    while (!bytes.empty()) {
        pending += bytes.substr(0, piece);
        bytes.remove_prefix(std::min(piece, bytes.size()));
        for (auto heard = replies.hear(pending);; heard = replies.hear(pending)) {
            pending.erase(0, heard.used);
            if (heard.state == SmtpReplies::State::more) break;
            if (heard.state == SmtpReplies::State::broken) return out + "broken";
            out += std::to_string(replies.code()) + (replies.is_one_line() ? "" : "+");
            for (auto rest = replies.bytes(); const auto text = take_reply_text(rest);)
                out += "(" + std::string(*text) + ")";
            out += std::string(replies.last_text()) + "|";
        }
    }
    return out;
}

TEST(SmtpReplies, AnySplitReadsTheSame) {
    const std::pair<std::string, std::string> cases[] = {
        {"220 a\r\n250-b\r\n250-\r\n250 c\r\n235\r\n", "220(a)a|250+(b)()(c)c|235()|"},
        {"250-a\r\n250", ""},
        {"250-a\r\n251 b\r\n", "broken"},
        {"250-a\r\nx\r\n", "broken"},
        {"250 a\n", "broken"},
        {"250 a\rb\r\n", "broken"},
        {"250-" + std::string(50, 'x') + "\r\n250 " + std::string(38, 'x') + "\r\n",
         "250+(" + std::string(50, 'x') + ")(" + std::string(38, 'x') + ")" + std::string(38, 'x') + "|"},
        {"250-" + std::string(50, 'x') + "\r\n250 " + std::string(39, 'x') + "\r\n", "broken"},
        {std::string(100, '2'), "broken"},
    };
    for (const auto& [bytes, expected] : cases) {
        for (const std::size_t piece : {1UZ, 2UZ, 3UZ, 7UZ, 1000UZ})
            EXPECT_EQ(hear(bytes, piece, 100), expected) << bytes << " by " << piece;
    }
}

TEST(SmtpReply, IsWrittenOnOneLine) {
    std::string out;
    append_smtp_reply("250 2.0.0", "a\r\nb\xff\t", out);
    EXPECT_EQ(out, "250 2.0.0 a??b??\r\n");
    out.clear();
    append_smtp_reply("421", std::string(1000, 'x'), out);
    EXPECT_EQ(out.size(), most_reply_line_bytes);
}

TEST(SmtpXtext, Examples) {
    const auto xtext = [](std::string_view text) {
        std::string out;
        append_xtext(text, out);
        return out;
    };
    EXPECT_EQ(xtext("a.b-C_9:/"), "a.b-C_9:/");
    EXPECT_EQ(xtext("a+b=c d\x7f\xff\r\n"), "a+2Bb+3Dc+20d+7F+FF+0D+0A");
    EXPECT_EQ(xtext(R"([c]<d>"e\(f)"), "+5Bc+5D+3Cd+3E+22e+5C+28f") << "no part of what comes behind it";
}

}  // namespace
}  // namespace tidegate::wire
