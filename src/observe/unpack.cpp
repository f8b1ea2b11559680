#include "observe/unpack.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "wire/log/parser.h"

namespace tidegate::observe {
namespace {

constexpr std::size_t block_bytes = std::size_t{128} << 10;

/// What all unpackers share: a block of packed bytes and where they are in it.
class Packed {
public:
    Packed(std::unique_ptr<ByteSource> below, std::string file)
        : below_(std::move(below)), file_(std::move(file)), block_(block_bytes, '\0') {}

    /// Bytes not used yet; reads more when there are none. Empty at the end.
    Result<std::string_view> rest() {
        if (at_ == size_) {
            const auto got = below_->read(block_);
            if (!got) return std::unexpected(got.error());
            at_ = 0;
            size_ = *got;
        }
        return std::string_view(block_).substr(at_, size_ - at_);
    }
    void use(std::size_t size) {
        at_ += size;
        used_ += size;
    }
    bool would_wait() const { return at_ == size_ && below_->would_wait(); }
    std::uint64_t used() const { return used_; }
    Error error(std::string what) const { return Error{file_, 0, std::move(what), {}}; }

private:
    std::unique_ptr<ByteSource> below_;
    std::string file_;
    std::string block_;
    std::size_t at_ = 0;
    std::size_t size_ = 0;
    std::uint64_t used_ = 0;
};

class Gunzip final : public ByteSource {
public:
    Gunzip(std::unique_ptr<ByteSource> below, std::string file) : packed_(std::move(below), std::move(file)) {
        constexpr int gzip_only = 16;
        CHECK(inflateInit2(&stream_, MAX_WBITS + gzip_only) == Z_OK);
    }
    ~Gunzip() override { inflateEnd(&stream_); }
    Gunzip(const Gunzip&) = delete;
    Gunzip& operator=(const Gunzip&) = delete;

    Result<std::size_t> read(std::span<char> out) override {
        while (!ended_) {
            const auto in = packed_.rest();
            if (!in) return std::unexpected(in.error());
            if (in->empty()) return at_end();
            if (between_members_ && !begin_member(*in)) continue;
            const auto got = inflate_some(*in, out);
            if (!got || *got != 0) return got;
        }
        return 0;
    }
    bool would_wait() const override { return packed_.would_wait(); }
    std::uint64_t used() const override { return packed_.used(); }

private:
    Result<std::size_t> at_end() {
        ended_ = true;
        if (between_members_) return 0;
        return std::unexpected(packed_.error("the gzip file is cut short after " + std::to_string(unpacked_) +
                                             " unpacked bytes; what was there has been read"));
    }
    // Tapes and careless copies pad with zeros; anything else that is no member shows in its header.
    bool begin_member(std::string_view in) {
        const std::size_t zeros = std::min(in.find_first_not_of('\0'), in.size());
        if (zeros != 0) {
            packed_.use(zeros);
            return false;
        }
        inflateReset(&stream_);
        between_members_ = false;
        return true;
    }
    Result<std::size_t> inflate_some(std::string_view in, std::span<char> out) {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        stream_.avail_in = static_cast<uInt>(in.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), 1U << 30));
        const std::size_t room = stream_.avail_out;
        const int state = inflate(&stream_, Z_NO_FLUSH);
        packed_.use(in.size() - stream_.avail_in);
        const std::size_t got = room - stream_.avail_out;
        unpacked_ += got;
        between_members_ = state == Z_STREAM_END;
        if (state == Z_OK || state == Z_STREAM_END || state == Z_BUF_ERROR) return got;
        return damaged(got);
    }
    // What came before the damage is given first, the error with the next read.
    Result<std::size_t> damaged(std::size_t got) {
        if (got != 0 && !reported_) {
            reported_ = true;
            return got;
        }
        ended_ = true;
        const char* why = stream_.msg != nullptr ? stream_.msg : "not gzip";
        return std::unexpected(packed_.error("the gzip file is damaged after " + std::to_string(unpacked_) +
                                             " unpacked bytes (" + why +
                                             "); what came before has been read"));
    }

    Packed packed_;
    z_stream stream_{};
    bool between_members_ = false;
    bool ended_ = false;
    bool reported_ = false;
    std::uint64_t unpacked_ = 0;
};

class Unzstd final : public ByteSource {
public:
    Unzstd(std::unique_ptr<ByteSource> below, std::string file)
        : packed_(std::move(below), std::move(file)), stream_(ZSTD_createDStream()) {
        CHECK(stream_ != nullptr);
        // A hostile frame may ask for any window; 128 MiB is what the zstd command takes.
        ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, 27);
    }
    ~Unzstd() override { ZSTD_freeDStream(stream_); }
    Unzstd(const Unzstd&) = delete;
    Unzstd& operator=(const Unzstd&) = delete;

    Result<std::size_t> read(std::span<char> out) override {
        while (!ended_) {
            const auto in = packed_.rest();
            if (!in) return std::unexpected(in.error());
            if (in->empty() && !full_) return at_end();
            const auto got = unpack_some(*in, out);
            if (!got || *got != 0) return got;
        }
        return 0;
    }
    bool would_wait() const override { return !full_ && packed_.would_wait(); }
    std::uint64_t used() const override { return packed_.used(); }

private:
    Result<std::size_t> at_end() {
        ended_ = true;
        if (!in_frame_) return 0;
        return std::unexpected(packed_.error("the zstd file is cut short after " + std::to_string(unpacked_) +
                                             " unpacked bytes; what was there has been read"));
    }
    Result<std::size_t> unpack_some(std::string_view in, std::span<char> out) {
        ZSTD_inBuffer from{in.data(), in.size(), 0};
        ZSTD_outBuffer to{out.data(), out.size(), 0};
        const std::size_t state = ZSTD_decompressStream(stream_, &to, &from);
        packed_.use(from.pos);
        unpacked_ += to.pos;
        if (ZSTD_isError(state)) return damaged(state);
        in_frame_ = state != 0;
        full_ = to.pos == to.size;
        return to.pos;
    }
    Result<std::size_t> damaged(std::size_t state) {
        ended_ = true;
        return std::unexpected(packed_.error("the zstd file is damaged after " + std::to_string(unpacked_) +
                                             " unpacked bytes (" + ZSTD_getErrorName(state) +
                                             "); what came before has been read"));
    }

    Packed packed_;
    ZSTD_DStream* stream_;
    bool in_frame_ = false;
    bool full_ = false;  // more may lie unpacked inside the stream
    bool ended_ = false;
    std::uint64_t unpacked_ = 0;
};

/// Entries that are too long to be kept whole are cut off here, so that memory stays bounded.
constexpr std::size_t longest_entry_bytes = std::size_t{8} << 20;

class JournalLines final : public ByteSource {
public:
    JournalLines(std::unique_ptr<ByteSource> below, std::string file)
        : below_(std::move(below)), file_(std::move(file)) {}

    Result<std::size_t> read(std::span<char> out) override {
        while (given_ == lines_.size()) {
            if (ended_) return error_ ? Result<std::size_t>(std::unexpected(*error_)) : 0;
            refill();
        }
        const std::size_t size = lines_.copy(out.data(), out.size(), given_);
        given_ += size;
        return size;
    }
    bool would_wait() const override { return given_ == lines_.size() && below_->would_wait(); }
    std::uint64_t used() const override { return below_->used(); }

private:
    void refill() {
        lines_.clear();
        given_ = 0;
        const std::size_t have = entries_.size();
        entries_.resize(have + block_bytes);
        const auto got = below_->read(std::span(entries_).subspan(have));
        entries_.resize(have + got.value_or(0));
        ended_ = !got || *got == 0;
        if (!got) error_ = got.error();
        entries_.erase(0, wire::journal_export_to_lines(entries_, ended_, lines_));
        if (entries_.size() > longest_entry_bytes) drop_entry();
    }
    void drop_entry() {
        entries_.clear();
        if (!error_)
            error_ = Error{file_, 0, "holds journal entries longer than 8 MiB, which were left out", {}};
    }

    std::unique_ptr<ByteSource> below_;
    std::string file_;
    std::string entries_;
    std::string lines_;
    std::size_t given_ = 0;
    bool ended_ = false;
    std::optional<Error> error_;
};

}  // namespace

std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed, std::string file) {
    return std::make_unique<Gunzip>(std::move(packed), std::move(file));
}

std::unique_ptr<ByteSource> unzstd(std::unique_ptr<ByteSource> packed, std::string file) {
    return std::make_unique<Unzstd>(std::move(packed), std::move(file));
}

std::unique_ptr<ByteSource> journal_lines(std::unique_ptr<ByteSource> exported, std::string file) {
    return std::make_unique<JournalLines>(std::move(exported), std::move(file));
}

}  // namespace tidegate::observe
