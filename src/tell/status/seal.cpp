#include "tell/status/seal.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/check.h"

namespace tidegate::tell::status {
namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t most_text = 1024;
constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
static_assert(Seal::key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::string base64(std::string_view bytes) {
    std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(), variant);
    out.pop_back();  // its terminator
    return out;
}

std::optional<std::string> unbase64(std::string_view text) {
    std::string out(text.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(bytes_of(out), out.size(), text.data(), text.size(), nullptr, &size, &end,
                          variant) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    out.resize(size);
    return out;
}

// "c\nUNTIL\nPAGE\nADDRESS": none of them holds a line end, which parse() sees to.
std::string text_of(const Ticket& ticket) {
    return fmt::format("{}\n{}\n{}\n{}", ticket.purpose == Purpose::confirm ? 'c' : 'l',
                       unix_seconds(ticket.until), ticket.page, ticket.address);
}

std::optional<Ticket> parse(std::string_view text) {
    std::vector<std::string_view> lines;
    while (lines.size() < 3) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    std::int64_t until = 0;
    const std::string_view number = lines[1];
    const char* read = std::from_chars(number.data(), number.data() + number.size(), until).ptr;
    if (read != number.data() + number.size() || text.contains('\n')) return std::nullopt;
    if (lines[0] != "c" && lines[0] != "l") return std::nullopt;
    return Ticket{.purpose = lines[0] == "c" ? Purpose::confirm : Purpose::leave,
                  .page = std::string(lines[2]),
                  .address = std::string(text),
                  .until = time_of_unix(until)};
}

}  // namespace

Seal::Seal(std::string_view key) {
    CHECK(sodium_init() >= 0 && key.size() == key_bytes);
    std::ranges::copy(key, key_.begin());
}

std::string Seal::random_key() {
    CHECK(sodium_init() >= 0);
    std::string key(key_bytes, '\0');
    randombytes_buf(key.data(), key.size());
    return key;
}

std::string Seal::close(const Ticket& ticket) const {
    const std::string text = text_of(ticket);
    std::string out(nonce_bytes + text.size() + tag_bytes, '\0');
    randombytes_buf(out.data(), nonce_bytes);
    unsigned long long size = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(out) + nonce_bytes, &size, bytes_of(text),
                                               text.size(), nullptr, 0, nullptr, bytes_of(out), key_.data());
    return base64(out);
}

std::optional<Ticket> Seal::open(std::string_view text, Time now) const {
    if (text.size() > most_text) return std::nullopt;
    const auto sealed = unbase64(text);
    if (!sealed || sealed->size() < nonce_bytes + tag_bytes) return std::nullopt;
    std::string plain(sealed->size() - nonce_bytes - tag_bytes + 1, '\0');
    unsigned long long size = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            bytes_of(plain), &size, nullptr, bytes_of(*sealed) + nonce_bytes, sealed->size() - nonce_bytes,
            nullptr, 0, bytes_of(*sealed), key_.data()) != 0)
        return std::nullopt;
    plain.resize(size);
    auto ticket = parse(plain);
    if (ticket && ticket->until != Time{} && ticket->until < now) return std::nullopt;
    return ticket;
}

}  // namespace tidegate::tell::status
