#include "judge/normalise.h"

#include "base/hash.h"
#include "judge/policy.h"

namespace tidegate::judge {
namespace {

constexpr std::uint64_t account_seed = 0x6163'636f'756e'7401ULL;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t from = text.find_first_not_of(space);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(space) - from + 1);
}

void append_lower(std::string& out, std::string_view text) {
    for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

std::string_view normalise(std::string_view account, const Policy& policy, std::string& out) {
    account = trimmed(account);
    out.clear();
    if (account.empty()) return out;
    const std::size_t at = account.rfind('@');
    std::string_view local = account.substr(0, at);
    if (policy.strip_plus_tag) {
        const std::size_t plus = local.find('+');
        if (plus != std::string_view::npos && plus > 0) local = local.substr(0, plus);
    }
    append_lower(out, local);
    if (at != std::string_view::npos) {
        append_lower(out, account.substr(at));
    } else if (!policy.default_realm.empty()) {
        out += '@';
        append_lower(out, policy.default_realm);
    }
    if (policy.aliases.empty()) return out;
    const auto alias = policy.aliases.find(out);
    if (alias != policy.aliases.end()) out = alias->second;
    return out;
}

std::uint64_t account_key(std::string_view normalised) {
    if (normalised.empty()) return 0;
    const std::uint64_t key = hash_bytes(normalised, account_seed);
    return key != 0 ? key : 1;
}

}  // namespace tidegate::judge
