#pragma once
// Numbers as the journal writes them: LEB128, signed ones in zigzag (as event/binary.h has them).

#include <cstdint>
#include <string>
#include <string_view>

namespace tidegate::keep {

inline void put_varint(std::uint64_t value, std::string& out) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    out += static_cast<char>(value);
}
inline void put_zigzag(std::int64_t value, std::string& out) {
    put_varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63), out);
}

/// Takes pieces from the front of bytes. Once one is missing, `cut` stays true and all pieces are 0 or empty.
class Cursor {
public:
    explicit Cursor(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] bool cut() const { return cut_; }
    [[nodiscard]] std::string_view rest() const { return rest_; }

    std::uint8_t byte() {
        const std::string_view taken = bytes(1);
        return taken.empty() ? 0 : static_cast<std::uint8_t>(taken.front());
    }
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !cut_; shift += 7) {
            const std::uint64_t next = byte();
            if (shift == 63 && next > 1) break;
            value |= (next & 0x7f) << shift;
            if (next < 0x80) return cut_ ? 0 : value;
        }
        cut_ = true;
        return 0;
    }
    std::int64_t zigzag() {
        const std::uint64_t value = varint();
        return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
    }
    std::string_view bytes(std::uint64_t size) {
        cut_ = cut_ || size > rest_.size();
        if (cut_) return {};
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

private:
    std::string_view rest_;
    bool cut_ = false;
};

}  // namespace tidegate::keep
