// Detection as bytes, and back: a first line with the version, every member in the order of each_field(), a
// checksum. What is read was perhaps written by somebody else: every number is checked.

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "judge/detect/detection.h"
#include "judge/detect/parts.h"

namespace tidegate::judge {
namespace {

static_assert(std::endian::native == std::endian::little, "checkpoints are little endian");

// The first version did not know how long a deviation lasts.
constexpr int latest = 2;
constexpr std::string_view magic = "tidegate detection 2\n", first_magic = "tidegate detection 1\n";
static_assert(magic.size() == first_magic.size());
constexpr std::uint64_t checksum_seed = 0x6465'7465'6374'3031ULL;

template <class T>
concept Plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;

class Writer {
public:
    explicit Writer(std::string& out) : out_(out) {}
    void operator()(const Plain auto& value) {
        out_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    template <Plain T, std::size_t size>
    void operator()(const std::array<T, size>& values) {
        out_.append(reinterpret_cast<const char*>(values.data()), sizeof values);
    }
    void operator()(const std::vector<std::uint64_t>& values) {
        for (const std::uint64_t each : values) (*this)(each);
    }
    void since(int /*version*/, auto&& fields) { fields(); }

private:
    std::string& out_;
};

bool is_sane(std::floating_point auto value) {
    return std::abs(value) <= 1e30F;
}
// Moments of the years 0000 to 9999.
bool is_sane(std::int64_t seconds) {
    return seconds >= -62'167'219'200 && seconds <= 253'402'300'799;
}
bool is_sane(auto) {
    return true;
}

/// Takes values off the front; once something did not fit, everything fails.
class Reader {
public:
    Reader(std::string_view bytes, int version) : bytes_(bytes), version_(version) {}
    template <Plain T>
    void operator()(T& value) {
        std::array<char, sizeof(T)> raw{};
        take(raw.data(), raw.size());
        if (!fine_) return;
        if constexpr (std::is_same_v<T, bool>)
            value = raw[0] != 0;
        else
            value = std::bit_cast<T>(raw);
        fine_ = is_sane(value);
    }
    template <Plain T, std::size_t size>
    void operator()(std::array<T, size>& values) {
        for (T& each : values) (*this)(each);
    }
    void operator()(std::vector<std::uint64_t>& values) {
        for (std::uint64_t& each : values) (*this)(each);
    }
    /// Fields that earlier versions did not have stay as they are.
    void since(int version, auto&& fields) {
        if (version_ >= version) fields();
    }
    [[nodiscard]] bool finished() const { return fine_ && bytes_.empty(); }

private:
    void take(char* out, std::size_t size) {
        fine_ = fine_ && size <= bytes_.size();
        if (!fine_) return;
        std::memcpy(out, bytes_.data(), size);
        bytes_.remove_prefix(size);
    }

    std::string_view bytes_;
    int version_;
    bool fine_ = true;
};

void each_field(auto& parts, auto& visit) {
    parts.newcomers.each_field(visit);
    for (auto& watch : parts.watches) watch.each_field(visit);
    visit(parts.counts);
    visit(parts.ids);
    visit(parts.last_id);
    visit(parts.bin);
    visit(parts.latest);
    visit(parts.bins);
    visit(parts.usual_ratio);
}

std::unexpected<Error> refusal(std::string what) {
    return std::unexpected(Error{.file = {}, .line = 0, .what = std::move(what), .mend = "start without it"});
}

}  // namespace

void Detection::save(std::string& out) const {
    const std::size_t from = out.size();
    out += magic;
    Writer write(out);
    each_field(std::as_const(*parts_), write);
    write(hash_bytes(std::string_view(out).substr(from), checksum_seed));
}

Result<Detection> Detection::load(std::string_view bytes, DetectionSettings settings) {
    std::uint64_t checksum = 0;
    const int version = bytes.starts_with(first_magic) ? 1 : latest;
    if (version != 1 && !bytes.starts_with(magic)) return refusal("this is no detection of this version");
    if (bytes.size() < magic.size() + sizeof checksum) return refusal("the detection's file is cut short");
    std::memcpy(&checksum, bytes.data() + bytes.size() - sizeof checksum, sizeof checksum);
    bytes.remove_suffix(sizeof checksum);
    if (hash_bytes(bytes, checksum_seed) != checksum) return refusal("the detection's file is damaged");
    Detection out(std::move(settings));
    Reader read(bytes.substr(magic.size()), version);
    each_field(*out.parts_, read);
    bool sane = read.finished() && out.parts_->newcomers.is_sane();
    for (const SeriesWatch& watch : out.parts_->watches) sane = sane && watch.is_sane();
    if (!sane) return refusal("the detection's file does not fit");
    return out;
}

}  // namespace tidegate::judge
