// Whatever a client wrote: a message that is composed of it adds no header, no line above what SMTP takes, no
// second command to what is copied into a shell, and no JSON but one object.
#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "tell/alert/forms.h"
#include "tell/alert/mail_text.h"
#include "tell/alert/message.h"
#include "tell/words.h"

namespace {

using namespace tidegate;
using namespace tidegate::tell;

void check_mail(const std::string& mail) {
    std::size_t headers = 0, begin = 0;
    bool in_header = true;
    for (std::size_t end = mail.find("\r\n"); end != std::string::npos; end = mail.find("\r\n", begin)) {
        const std::string_view line = std::string_view(mail).substr(begin, end - begin);
        CHECK(line.size() <= (line.starts_with("Message-ID: ") ? 160U : 78U));
        for (const char c : line) CHECK(c >= ' ' && c < 0x7f);
        if (line.empty()) in_header = false;
        if (in_header && !line.starts_with(' ')) ++headers;
        begin = end + 2;
    }
    CHECK(begin == mail.size() && headers == 10);
}

// What a POSIX shell takes it for: one word, or `--` and one word; nothing unquoted that it would act on.
void check_word(std::string_view word) {
    if (word.starts_with("-- ")) word.remove_prefix(3);
    bool quoted = false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == '\'') {
            quoted = !quoted;
        } else if (!quoted && word[i] == '\\') {
            CHECK(word.substr(i).starts_with("\\'"));
            ++i;
        } else if (!quoted) {
            CHECK(std::string_view(" \t\n;&|<>()$`\"*?[]#~=%!{}").find(word[i]) == std::string_view::npos);
        }
    }
    CHECK(!quoted);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view half = text.substr(0, size / 2), rest = text.substr(size / 2);
    Bulletin bulletin{.kind = AlertKind::takeover, .items = {}, .count = size % 3 + 1};
    const Alert alert{.kind = AlertKind::takeover,
                      .about = std::string(half),
                      .account = std::string(half),
                      .subject = "takeover of {account}" + std::string(rest),
                      .text = std::string(rest) + "{account}",
                      .todo = "tidegate why {account}"};
    for (std::uint64_t i = 0; i < bulletin.count; ++i) bulletin.items.push_back({.alert = alert});
    const Message message = compose(bulletin, {.id = std::string(32, '0'),
                                               .host = std::string(half),
                                               .names = size % 2 == 0,
                                               .salt = size,
                                               .is_last = size % 5 == 0,
                                               .code = "K7M3QX",
                                               .note = std::string(rest)});
    check_mail(mail_text(message, "a@example.org", {"b@example.org", "c@example.org"}));
    CHECK(boost::json::parse(message_json(message)).is_object());
    CHECK(boost::json::parse(alertmanager_json(message)).as_array().size() == message.things.size());
    const auto slack = boost::json::parse(slack_json(message));
    const std::string_view shown = slack.at("text").as_string();
    CHECK(shown.find('<') == shown.npos && shown.find("```") != shown.npos && shown.ends_with("```") &&
          shown.find("```", shown.find("```") + 3) == shown.size() - 3);
    CHECK(message.subject.find_first_of("\r\n") == std::string::npos);
    check_word(shell_word(half));
    return 0;
}
