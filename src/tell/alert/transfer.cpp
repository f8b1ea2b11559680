#include "tell/alert/transfer.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>

#include "base/check.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t most_reply_bytes = 300;      // kept
constexpr std::size_t most_body_bytes = 64 << 10;  // of an answer; then we hang up
constexpr std::chrono::milliseconds connect_time{10'000};

// One transfer's state, which libcurl's callbacks get.
struct Dialogue {
    const Transfer& transfer;
    const GivenUp& given_up;
    std::size_t sent = 0, received = 0;
    std::string line, body;         // the last that was said; the beginning of what was
    std::string command, refusals;  // of SMTP: the last of ours; the recipients' replies
};

std::size_t give(char* to, std::size_t size, std::size_t count, void* state) {
    auto& dialogue = *static_cast<Dialogue*>(state);
    const std::string_view left = std::string_view(dialogue.transfer.body).substr(dialogue.sent);
    const std::size_t bytes = left.copy(to, size * count);
    dialogue.sent += bytes;
    return bytes;
}

std::size_t take(char* from, std::size_t size, std::size_t count, void* state) {
    auto& dialogue = *static_cast<Dialogue*>(state);
    const std::string_view piece(from, size * count);
    dialogue.received += piece.size();
    if (dialogue.body.size() < most_reply_bytes)
        dialogue.body += piece.substr(0, most_reply_bytes - dialogue.body.size());
    return dialogue.received <= most_body_bytes ? piece.size() : CURL_WRITEFUNC_ERROR;
}

int look(void* state, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Dialogue*>(state)->given_up() ? 1 : 0;
}

void hear_line(Dialogue& dialogue, std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return;
    const bool http = dialogue.transfer.to.empty();
    // The answer to QUIT says nothing of what went before.
    if (http ? !line.starts_with("HTTP/") : dialogue.command == "QUIT") return;
    dialogue.line = line.substr(0, most_reply_bytes);
    const bool refused = line.front() == '4' || line.front() == '5';
    if (!http && refused && dialogue.command.starts_with("RCPT") &&
        dialogue.refusals.size() < most_reply_bytes)
        dialogue.refusals.append(dialogue.refusals.empty() ? "" : "; ").append(dialogue.line);
}

// The way to see an SMTP server's own words. Secrets that we send pass here too, and are not kept.
int overhear(CURL*, curl_infotype type, char* data, std::size_t size, void* state) {
    auto& dialogue = *static_cast<Dialogue*>(state);
    const std::string_view text(data, size);
    if (type == CURLINFO_HEADER_OUT) dialogue.command = text.substr(0, 4);
    if (type == CURLINFO_HEADER_IN) hear_line(dialogue, text);
    return 0;
}

class List {
public:
    List() = default;
    ~List() { curl_slist_free_all(list_); }
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    void add(const std::string& text) {
        curl_slist* longer = curl_slist_append(list_, text.c_str());
        CHECK(longer != nullptr);
        list_ = longer;
    }
    [[nodiscard]] curl_slist* get() const { return list_; }

private:
    curl_slist* list_ = nullptr;
};

// One easy handle with what it needs.
class Curl {
public:
    explicit Curl(Dialogue& dialogue) : dialogue_(dialogue), handle_(curl_easy_init(), curl_easy_cleanup) {
        CHECK(handle_ != nullptr);
        set_common();
        if (dialogue.transfer.to.empty())
            set_http();
        else
            set_smtp();
    }
    CURLcode perform() { return curl_easy_perform(handle_.get()); }
    [[nodiscard]] long code() const {
        long code = 0;
        curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
        return code;
    }
    [[nodiscard]] std::optional<std::chrono::seconds> retry_after() const {
        curl_off_t seconds = 0;
        const CURLcode known = curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &seconds);
        if (known != CURLE_OK || seconds <= 0) return std::nullopt;
        return std::chrono::seconds(seconds);
    }
    [[nodiscard]] std::string trouble(CURLcode code) const {
        return words_[0] == '\0' ? curl_easy_strerror(code) : words_.data();
    }

private:
    template <class Value>
    void set(CURLoption option, Value value) {
        const CURLcode done = curl_easy_setopt(handle_.get(), option, value);
        CHECK(done == CURLE_OK);
    }
    void set_if(CURLoption option, const std::string& value) {
        if (!value.empty()) set(option, value.c_str());
    }
    void set_common();
    void set_http();
    void set_smtp();

    Dialogue& dialogue_;
    List list_;
    std::array<char, CURL_ERROR_SIZE> words_{};
    // Last: its end may still speak to the server, and so to the members above.
    std::unique_ptr<CURL, void (*)(CURL*)> handle_;
};

void Curl::set_common() {
    const Transfer& transfer = dialogue_.transfer;
    set(CURLOPT_ERRORBUFFER, words_.data());
    set(CURLOPT_URL, transfer.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, transfer.to.empty() ? "http,https" : "smtp,smtps");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_PROXY, transfer.proxy.c_str());  // empty: none, not the environment's either
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set_if(CURLOPT_CAINFO, transfer.ca_file);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // never waits for a name server after the time-out
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(transfer.time_out.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(connect_time, transfer.time_out).count()));
    set(CURLOPT_SERVER_RESPONSE_TIMEOUT,
        static_cast<long>(std::chrono::ceil<std::chrono::seconds>(transfer.time_out).count()));
    set(CURLOPT_WRITEFUNCTION, take);
    set(CURLOPT_WRITEDATA, &dialogue_);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, look);
    set(CURLOPT_XFERINFODATA, &dialogue_);
    set(CURLOPT_DEBUGFUNCTION, overhear);
    set(CURLOPT_DEBUGDATA, &dialogue_);
    set(CURLOPT_VERBOSE, 1L);
}

void Curl::set_http() {
    const Transfer& transfer = dialogue_.transfer;
    for (const std::string& header : transfer.headers) list_.add(header);
    list_.add("Expect:");
    set(CURLOPT_HTTPHEADER, list_.get());
    set(CURLOPT_USERAGENT, "tidegate");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
    set(CURLOPT_POSTFIELDS, transfer.body.c_str());
}

void Curl::set_smtp() {
    const Transfer& transfer = dialogue_.transfer;
    for (const std::string& mailbox : transfer.to) list_.add('<' + mailbox + '>');
    set(CURLOPT_MAIL_FROM, ('<' + transfer.from + '>').c_str());
    set(CURLOPT_MAIL_RCPT, list_.get());
    set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);  // one that is refused must not keep it from the others
    set(CURLOPT_USE_SSL, static_cast<long>(transfer.demands_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (!transfer.user.empty()) {
        set(CURLOPT_USERNAME, transfer.user.c_str());
        set(CURLOPT_PASSWORD, transfer.password.c_str());
    }
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, give);
    set(CURLOPT_READDATA, &dialogue_);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
}

std::string one_line(const std::string& text) {
    std::string line = text;
    std::ranges::replace_if(line, [](char c) { return c == '\r' || c == '\n' || c == '\t'; }, ' ');
    return shortened(harmless(line), most_reply_bytes);
}

}  // namespace

Carried carry(const Transfer& transfer, const GivenUp& given_up) {
    static std::once_flag once;
    std::call_once(once, [] { CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
    Dialogue dialogue{
        .transfer = transfer, .given_up = given_up, .line = {}, .body = {}, .command = {}, .refusals = {}};
    Curl curl(dialogue);
    const CURLcode done = curl.perform();
    // An answer whose body is too long is an answer all the same.
    const bool cut = done == CURLE_WRITE_ERROR && dialogue.received > most_body_bytes;
    Carried carried{
        .whole = done == CURLE_OK || cut, .code = curl.code(), .trouble = {}, .reply = {}, .refusals = {}};
    if (!carried.whole) carried.trouble = one_line(curl.trouble(done));
    if (transfer.to.empty()) carried.retry_after = curl.retry_after();
    carried.reply = one_line(dialogue.body.empty() ? dialogue.line : dialogue.line + ": " + dialogue.body);
    carried.refusals = one_line(dialogue.refusals);
    return carried;
}

}  // namespace tidegate::tell
