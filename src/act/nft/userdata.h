#pragma once
// What nft keeps beside tables, chains, sets and rules: their comments, the byte order of keys.

#include <libnftnl/udata.h>

#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>

namespace tidegate::act::nft {

/// Thread: one.  Fails: std::bad_alloc.
class UserData {
public:
    UserData() : buffer_(nftnl_udata_buf_alloc(256)) {
        if (buffer_ == nullptr) throw std::bad_alloc();
    }
    UserData&& text(std::uint8_t type, const std::string& value) && {
        nftnl_udata_put_strz(buffer_.get(), type, value.c_str());
        return std::move(*this);
    }
    UserData&& number(std::uint8_t type, std::uint32_t value) && {
        nftnl_udata_put_u32(buffer_.get(), type, value);
        return std::move(*this);
    }
    [[nodiscard]] const void* bytes() const { return nftnl_udata_buf_data(buffer_.get()); }
    [[nodiscard]] std::uint32_t size() const { return nftnl_udata_buf_len(buffer_.get()); }

private:
    struct Free {
        void operator()(nftnl_udata_buf* buffer) const { nftnl_udata_buf_free(buffer); }
    };
    std::unique_ptr<nftnl_udata_buf, Free> buffer_;
};

/// The text of this type; empty where there is none, whatever the bytes.
[[nodiscard]] std::string text_in(std::span<const std::uint8_t> userdata, std::uint8_t type);

}  // namespace tidegate::act::nft
