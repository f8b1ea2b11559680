#include "wire/mail/imap_id.h"

#include <utility>

#include "wire/mail/imap_words.h"
#include "wire/mail/secret.h"

namespace tidegate::wire {
namespace {

// RFC 2971 3.3: what one list may hold.
constexpr std::size_t most_pairs = 30;
constexpr std::size_t most_field_bytes = 30;
constexpr std::size_t most_value_bytes = 1024;
// Of these, ours.
constexpr std::size_t most_pairs_of_ours = 6;

struct Pair {
    Secret field;
    std::optional<Secret> value;  // without: NIL
};

std::optional<Pair> read_pair(ImapWords& words) {
    auto field = words.string();
    if (!field || field->view().size() > most_field_bytes || !words.skip(' ')) return std::nullopt;
    if (words.peek() == '"' || words.peek() == '{') {
        auto value = words.string();
        if (!value || value->view().size() > most_value_bytes) return std::nullopt;
        return Pair{std::move(*field), std::move(value)};
    }
    const auto nil = words.astring();
    if (!nil || !is_same_word(nil->view(), "NIL")) return std::nullopt;
    return Pair{std::move(*field), std::nullopt};
}

// What came as a literal may have no form within quotes.
bool can_go_on(const Pair& pair) {
    return !has_control(pair.field.view()) && !(pair.value && has_control(pair.value->view()));
}

void append_pair(const Pair& pair, std::string& out) {
    append_quoted(pair.field.view(), out);
    out += ' ';
    if (pair.value) {
        append_quoted(pair.value->view(), out);
    } else {
        out += "NIL";
    }
}

/// A list under way.
class List {
public:
    void add(const Pair& pair, std::size_t most_bytes) {
        const std::size_t before = text_.size();
        if (!text_.empty()) text_ += ' ';
        append_pair(pair, text_);
        if (text_.size() + 2 > most_bytes) text_.resize(before);
    }
    void add(std::string_view field, std::string_view value) {
        add({Secret(field), Secret(value.substr(0, most_value_bytes))}, npos);
    }
    void add_end(const std::string& field, Address address, std::uint16_t port) {
        if (address.is_none()) return;
        add(field + "-ip", address.text());
        if (port != 0) add(field + "-port", std::to_string(port));
    }
    [[nodiscard]] std::string text() const { return text_.empty() ? "" : '(' + text_ + ')'; }

private:
    std::string text_;
};

// Without the names that servers let a proxy use, or will.
void add_own(std::string_view words_of_client, List& list) {
    ImapWords words(words_of_client);
    words.skip('(');
    for (std::size_t pairs = most_pairs_of_ours; pairs < most_pairs; ++pairs) {
        const auto pair = read_pair(words);
        if (!pair) return;
        words.skip(' ');
        const bool is_for_proxies = is_same_word(pair->field.view().substr(0, 2), "x-");
        if (!is_for_proxies && can_go_on(*pair)) list.add(*pair, npos);
    }
}

}  // namespace

std::optional<std::string> read_id_list(std::string_view text) {
    if (is_same_word(text, "NIL")) return "";
    ImapWords words(text);
    List list;
    if (!words.skip('(')) return std::nullopt;
    for (std::size_t pairs = 0; !words.skip(')'); ++pairs) {
        if (pairs == most_pairs || (pairs != 0 && !words.skip(' '))) return std::nullopt;
        const auto pair = read_pair(words);
        if (!pair) return std::nullopt;
        if (can_go_on(*pair)) list.add(*pair, most_id_list_bytes);
    }
    if (!words.done()) return std::nullopt;
    return list.text();
}

// A server that is to be told is told whether or not it says that it knows ID: one that stopped saying so
// would take all clients for us, and at worst it answers BAD. What old ones may not know comes behind the
// client's own: Dovecot keeps the first 256 bytes of that as the client's ID.
std::string id_for_server(const ForwardedClient& client, bool tells, bool knows) {
    List list;
    if (tells) {
        list.add_end("x-originating", client.address, client.port);
        list.add_end("x-connected", client.met_at, client.met_at_port);
        if (const auto session = session_word(client.session); !session.empty())
            list.add("x-session-id", session);
    }
    if (tells || knows) add_own(client.words, list);
    if (tells) list.add("x-client-transport", client.tls ? "TLS" : "insecure");
    return list.text();
}

}  // namespace tidegate::wire
