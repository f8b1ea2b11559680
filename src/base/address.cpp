#include "base/address.h"

#include <array>
#include <bit>
#include <span>

#include "base/check.h"

namespace tidegate {
namespace {

// 64:ff9b::/96, the well-known prefix of RFC 6052.
constexpr std::uint64_t nat64_high = 0x0064'ff9b'0000'0000ULL;

constexpr unsigned digit(char c) {
    return static_cast<unsigned>(static_cast<unsigned char>(c)) - '0';
}

// One octet of a dotted quad: no leading zeros, for some readers take those as octal.
inline const char* parse_octet(const char* at, const char* end, std::uint32_t& out) {
    if (at == end) return nullptr;
    unsigned value = digit(*at);
    if (value > 9) return nullptr;
    ++at;
    if (value == 0 || at == end || digit(*at) > 9) return out = value, at;
    value = value * 10 + digit(*at++);
    if (at == end || digit(*at) > 9) return out = value, at;
    value = value * 10 + digit(*at++);
    if (value > 255) return nullptr;
    return out = value, at;
}

// All of [at, end) as a dotted quad.
inline bool parse_quad(const char* at, const char* end, std::uint32_t& out) {
    std::uint32_t bits = 0;
    for (int i = 0; i < 4; ++i) {
        if (i > 0 && (at == end || *at++ != '.')) return false;
        std::uint32_t octet = 0;
        at = parse_octet(at, end, octet);
        if (at == nullptr) return false;
        bits = bits << 8 | octet;
    }
    out = bits;
    return at == end;
}

constexpr unsigned hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? static_cast<unsigned>(lower - 'a' + 10) : 16;
}

/// The groups of an IPv6 text as they are read: those before "::" and those after it.
class GroupReader {
public:
    explicit GroupReader(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

    std::optional<Address> read() {
        if (starts_with_gap()) {
            at_ += 2;
            gap_ = 0;
        }
        while (at_ != end_) {
            if (!read_group()) return std::nullopt;
        }
        const bool whole = gap_ < 0 ? count_ == 8 : count_ < 8;
        return whole && !dangling_ ? std::optional(assemble()) : std::nullopt;
    }

private:
    [[nodiscard]] bool starts_with_gap() const { return end_ - at_ >= 2 && at_[0] == ':' && at_[1] == ':'; }

    // A group and the colons behind it, or the dotted quad that may end the text.
    bool read_group() {
        const char* start = at_;
        unsigned value = 0;
        for (unsigned d; at_ != end_ && (d = hex_digit(*at_)) < 16; ++at_) value = value << 4 | d;
        if (at_ != end_ && *at_ == '.') return read_tail(start);
        if (at_ == start || at_ - start > 4 || count_ == 8) return false;
        groups_[count_++] = static_cast<std::uint16_t>(value);
        return read_colons();
    }

    bool read_colons() {
        dangling_ = false;
        if (at_ == end_) return true;
        if (starts_with_gap()) {
            if (gap_ >= 0) return false;
            gap_ = static_cast<int>(count_);
            at_ += 2;
            return true;
        }
        dangling_ = true;
        return *at_++ == ':';
    }

    bool read_tail(const char* start) {
        std::uint32_t quad = 0;
        if (count_ > 6 || !parse_quad(start, end_, quad)) return false;
        groups_[count_++] = static_cast<std::uint16_t>(quad >> 16);
        groups_[count_++] = static_cast<std::uint16_t>(quad);
        dangling_ = false;
        at_ = end_;
        return true;
    }

    [[nodiscard]] Address assemble() const {
        std::array<std::uint64_t, 2> halves{};
        const std::size_t before = gap_ < 0 ? count_ : static_cast<std::size_t>(gap_);
        for (std::size_t i = 0; i < count_; ++i) {
            const std::size_t place = i < before ? i : 8 - count_ + i;
            halves[place / 4] |= std::uint64_t{groups_[i]} << (48 - 16 * (place % 4));
        }
        return Address::v6(halves[0], halves[1]);
    }

    const char* at_;
    const char* end_;
    std::array<std::uint16_t, 8> groups_{};
    std::size_t count_ = 0;
    int gap_ = -1;           // groups before "::"; -1: there is none
    bool dangling_ = false;  // ends with a single colon
};

char* write_decimal(char* out, unsigned value) {
    if (value >= 100) *out++ = static_cast<char>('0' + value / 100);
    if (value >= 10) *out++ = static_cast<char>('0' + value / 10 % 10);
    *out++ = static_cast<char>('0' + value % 10);
    return out;
}

char* write_v4(char* out, std::uint32_t bits) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        out = write_decimal(out, bits >> shift & 0xff);
        if (shift > 0) *out++ = '.';
    }
    return out;
}

char* write_group(char* out, unsigned value) {
    constexpr std::string_view digits = "0123456789abcdef";
    bool begun = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
        const unsigned d = value >> shift & 0xf;
        begun = begun || d != 0 || shift == 0;
        if (begun) *out++ = digits[d];
    }
    return out;
}

struct Run {
    std::size_t begin = 8;
    std::size_t end = 8;
};

// RFC 5952 4.2: the longest run of two or more zero groups, the first of equals.
Run longest_zeros(std::span<const std::uint16_t, 8> groups) {
    Run best;
    std::size_t length = 1;
    for (std::size_t i = 0; i < 8;) {
        std::size_t j = i;
        while (j < 8 && groups[j] == 0) ++j;
        if (j - i > length) {
            best = {i, j};
            length = j - i;
        }
        i = j + 1;
    }
    return best;
}

char* write_v6(char* out, std::uint64_t high, std::uint64_t low) {
    std::array<std::uint16_t, 8> groups;
    for (std::size_t i = 0; i < 8; ++i)
        groups[i] = static_cast<std::uint16_t>((i < 4 ? high : low) >> (48 - 16 * (i % 4)));
    const Run gap = longest_zeros(groups);
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == gap.begin) {
            *out++ = ':';
            *out++ = ':';
            i = gap.end - 1;
            continue;
        }
        if (i > 0 && i != gap.end) *out++ = ':';
        out = write_group(out, groups[i]);
    }
    return out;
}

// Bits of a 64-bit half that belong to a network of which `length` bits lie in this half.
constexpr std::uint64_t network_bits(unsigned length) {
    return length == 0 ? 0 : ~std::uint64_t{0} << (64 - (length < 64 ? length : 64));
}

// In bits of the 128 that both families are kept in.
constexpr unsigned full_length(const Address& address, unsigned length) {
    return address.is_v4() ? length + 96 : length;
}

std::optional<unsigned> parse_length(std::string_view text) {
    if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
    unsigned value = 0;
    for (const char c : text) {
        if (digit(c) > 9) return std::nullopt;
        value = value * 10 + digit(c);
    }
    return value;
}

}  // namespace

Address Address::v6(std::uint64_t high, std::uint64_t low) {
    if (high == nat64_high && low >> 32 == 0) return v4(static_cast<std::uint32_t>(low));
    return Address(high, low);
}

std::optional<Address> Address::parse(std::string_view text) {
    std::uint32_t quad = 0;
    if (parse_quad(text.data(), text.data() + text.size(), quad)) return v4(quad);
    // Shorter ones can't hold two colons, longer ones are no address (RFC 4291 2.2: 45 characters at most).
    if (text.size() < 2 || text.size() > 45) return std::nullopt;
    return GroupReader(text).read();
}

char* Address::write(char* out) const {
    return is_v4() ? write_v4(out, v4_bits()) : write_v6(out, high_, low_);
}

std::string Address::text() const {
    std::array<char, 48> buffer;
    return {buffer.data(), write(buffer.data())};
}

Prefix::Prefix(Address address, unsigned length) : length_(static_cast<std::uint8_t>(length)) {
    CHECK(length <= (address.is_v4() ? 32U : 128U));
    const unsigned full = full_length(address, length);
    const std::uint64_t high = address.high() & network_bits(full < 64 ? full : 64);
    const std::uint64_t low = address.low() & network_bits(full < 64 ? 0 : full - 64);
    address_ = address.is_v4() ? Address::v4(static_cast<std::uint32_t>(low)) : Address(high, low);
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = Address::parse(text.substr(0, slash));
    if (!address) return std::nullopt;
    const unsigned bits = address->is_v4() ? 32 : 128;
    if (slash == std::string_view::npos) return Prefix(*address, bits);
    auto length = parse_length(text.substr(slash + 1));
    if (!length) return std::nullopt;
    if (address->is_v4() && text.substr(0, slash).find(':') != std::string_view::npos) {
        // Written as mapped or NAT64. A /96 or shorter would silently become the whole of IPv4.
        if (*length <= 96) return std::nullopt;
        *length -= 96;
    }
    if (*length > bits) return std::nullopt;
    return Prefix(*address, *length);
}

bool Prefix::contains(Address address) const {
    if (address.is_v4() != is_v4()) return false;
    const unsigned full = full_length(address_, length_);
    const std::uint64_t high = (address.high() ^ address_.high()) & network_bits(full < 64 ? full : 64);
    const std::uint64_t low = (address.low() ^ address_.low()) & network_bits(full < 64 ? 0 : full - 64);
    return high == 0 && low == 0;
}

Address Prefix::last() const {
    if (is_v4()) {
        const std::uint64_t hosts = ~network_bits(full_length(address_, length_) - 64);
        return Address::v4(static_cast<std::uint32_t>(address_.low() | hosts));
    }
    const unsigned length = length_;
    return Address(address_.high() | ~network_bits(length < 64 ? length : 64),
                   address_.low() | ~network_bits(length < 64 ? 0 : length - 64));
}

std::string Prefix::text() const {
    return address_.text() + '/' + std::to_string(length_);
}

}  // namespace tidegate
