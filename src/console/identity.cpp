#include "console/identity.h"

#include <fmt/format.h>

namespace tidegate::console {

Digest stamp_of(const User& user) {
    return digest_of(fmt::format("{}\n{}\n{}", user.password, user.totp, name(user.role)));
}

std::string_view cookie_name(const Caller& caller) {
    return caller.is_secure ? "__Host-tidegate" : "tidegate";
}

}  // namespace tidegate::console
