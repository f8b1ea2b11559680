// A batch: one zstd frame with a checksum, around version, first sequence, count and the entries.

#include <zstd.h>

#include "base/check.h"
#include "keep/run.h"
#include "keep/varint.h"

namespace tidegate::keep {
namespace {

constexpr std::uint8_t layout_version = 1;

std::unexpected<Error> refused(std::string what) {
    return std::unexpected(Error{"", 0, std::move(what), ""});
}

Result<std::string> decompress(ZSTD_DCtx* context, std::string_view batch) {
    const unsigned long long size = ZSTD_getFrameContentSize(batch.data(), batch.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
        return refused("is no compressed batch");
    if (size > most_run_bytes) return refused("says that it is larger than any batch");
    std::string out(size, '\0');
    const std::size_t got = ZSTD_decompressDCtx(context, out.data(), out.size(), batch.data(), batch.size());
    if (ZSTD_isError(got) != 0) return refused(std::string("is damaged: ") + ZSTD_getErrorName(got));
    if (got != size) return refused("is damaged: it unpacks to another length than it says");
    return out;
}

}  // namespace

void Packer::Free::operator()(void* context) const {
    ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(context));
}

Packer::Packer() : context_(ZSTD_createCCtx()) {
    auto* context = static_cast<ZSTD_CCtx*>(context_.get());
    CHECK(context != nullptr);
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
}

std::string Packer::pack(const Run& run) const {
    std::string raw;
    raw.reserve(run.bytes.size() + 24);
    raw += static_cast<char>(layout_version);
    put_varint(run.first, raw);
    put_varint(run.count, raw);
    raw += run.bytes;
    std::string out(ZSTD_compressBound(raw.size()), '\0');
    auto* context = static_cast<ZSTD_CCtx*>(context_.get());
    const std::size_t size = ZSTD_compress2(context, out.data(), out.size(), raw.data(), raw.size());
    CHECK(ZSTD_isError(size) == 0);
    out.resize(size);
    return out;
}

void Unpacker::Free::operator()(void* context) const {
    ZSTD_freeDCtx(static_cast<ZSTD_DCtx*>(context));
}

Unpacker::Unpacker() : context_(ZSTD_createDCtx()) {
    CHECK(context_ != nullptr);
}

Result<Run> Unpacker::unpack(std::string_view batch) const {
    auto raw = decompress(static_cast<ZSTD_DCtx*>(context_.get()), batch);
    if (!raw) return std::unexpected(raw.error());
    Cursor in(*raw);
    const std::uint8_t version = in.byte();
    if (version == 0 || version > layout_version) return refused("has a layout of another version");
    Run run;
    run.first = in.varint();
    run.count = in.varint();
    if (in.cut() || run.first == 0 || run.count == 0 || run.count > in.rest().size())
        return refused("has a damaged head");
    if (run.first + run.count < run.first) return refused("has a damaged head");
    run.bytes = in.rest();
    return run;
}

}  // namespace tidegate::keep
