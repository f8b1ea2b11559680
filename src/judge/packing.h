#pragma once
// Tables and numbers as bytes, and back: what checkpoints are made of. Little endian.
//
// What is read was perhaps written by somebody else: every number is checked, so that whatever passes leaves
// a judge that judges (if not well).

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "judge/table.h"

namespace tidegate::judge {

static_assert(std::endian::native == std::endian::little, "checkpoints are little endian");

/// Appends.  Thread: one at a time.
class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    template <class T>
        requires std::is_arithmetic_v<T>
    void operator()(const T& value) const {
        out_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    template <class T, std::size_t size>
    void operator()(const std::array<T, size>& values) const {
        for (const T& value : values) (*this)(value);
    }
    void count(float value) const { (*this)(value); }
    template <class Slot>
    void operator()(const Table<Slot>& table) const {
        (*this)(std::uint64_t{sizeof(Slot)});
        (*this)(table.forgotten());
        (*this)(std::uint64_t{table.bytes() / Table<Slot>::line_bytes});
        (*this)(std::uint64_t{table.packed_bytes()});
        table.pack(out_);
    }

private:
    std::string& out_;
};

// Counts and what they are counted in: never negative, and far from where a sum or a quotient overflows.
inline bool is_sane(double count) {
    return count >= 0 && count <= 1e30;
}
// Weights and shares in decibans.
inline bool is_sane(float weight) {
    return std::abs(weight) <= 500;
}
inline bool is_sane(std::unsigned_integral auto) {
    return true;
}
// Moments of the years 0000 to 9999.
inline bool is_sane(std::int64_t seconds) {
    return seconds >= -62'167'219'200 && seconds <= 253'402'300'799;
}

inline bool is_count(float count) {
    return count >= 0 && count <= 1e12F;
}

/// Takes values off the front of `bytes`; once something did not fit, everything fails. Of each kind of slot
/// `is_sane(slot)` is asked.
/// Thread: one at a time.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    template <class T>
        requires std::is_arithmetic_v<T>
    void operator()(T& value) {
        const std::string_view raw = take(sizeof value);
        if (!fine_) return;
        std::ranges::copy(raw, reinterpret_cast<char*>(&value));
        expect(is_sane(value));
    }
    template <class T, std::size_t size>
    void operator()(std::array<T, size>& values) {
        for (T& value : values) (*this)(value);
    }
    /// A float that is no weight.
    void count(float& value) {
        const std::string_view raw = take(sizeof value);
        if (fine_) std::memcpy(&value, raw.data(), sizeof value);
        expect(is_count(value));
    }
    template <class Slot>
    void operator()(Table<Slot>& table) {
        const auto slot_bytes = number(), forgotten = number(), lines = number();
        const std::string_view packed = take(number());
        expect(fine_ && slot_bytes == sizeof(Slot) && table.unpack(packed, lines, forgotten));
        if (fine_) table.each([this](const Slot& slot) { expect(is_sane(slot)); });
    }
    /// Numbers of any size are sane.
    std::uint64_t number() {
        std::uint64_t out = 0;
        (*this)(out);
        return out;
    }
    void expect(bool condition) { fine_ = fine_ && condition; }
    [[nodiscard]] bool finished() const { return fine_ && bytes_.empty(); }

private:
    std::string_view take(std::uint64_t size) {
        expect(size <= bytes_.size());
        if (!fine_) return {};
        const std::string_view out = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return out;
    }

    std::string_view bytes_;
    bool fine_ = true;
};

inline constexpr std::uint64_t checkpoint_seed = 0x6368'6563'6b70'7431ULL;

[[nodiscard]] inline std::unexpected<Error> no_checkpoint(
    std::string what, std::string mend = "start without it, or take an older checkpoint") {
    return std::unexpected(Error{.file = {}, .line = 0, .what = std::move(what), .mend = std::move(mend)});
}

/// Ends what began with a magic line at `from`: a checksum of all of it.
inline void sign_checkpoint(std::string& out, std::size_t from) {
    Writer write(out);
    write(hash_bytes(std::string_view(out).substr(from), checkpoint_seed));
}
/// What lies between the first line, `magic`, and the checksum; or what is wrong.
[[nodiscard]] inline Result<std::string_view> signed_contents(std::string_view bytes,
                                                              std::string_view magic) {
    if (!bytes.starts_with(magic)) return no_checkpoint("this is no checkpoint of this version");
    std::uint64_t checksum = 0;
    if (bytes.size() < magic.size() + sizeof checksum) return no_checkpoint("the checkpoint is cut short");
    std::memcpy(&checksum, bytes.data() + bytes.size() - sizeof checksum, sizeof checksum);
    bytes.remove_suffix(sizeof checksum);
    if (hash_bytes(bytes, checkpoint_seed) != checksum) return no_checkpoint("the checkpoint is damaged");
    return bytes.substr(magic.size());
}

}  // namespace tidegate::judge
