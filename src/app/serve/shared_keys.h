#pragma once
// The keys by which passwords are marked, for all who see some.

#include <mutex>
#include <shared_mutex>
#include <string_view>

#include "base/time.h"
#include "guard/password_keys.h"
#include "wire/door/question.h"

namespace tidegate::app {

/// Doors and the edge mark alike, so that a guess is the same guess wherever it is made.
/// Thread: any.  Cost: two hashes.
class SharedKeys {
public:
    void advance(Time now) {
        const std::unique_lock lock(mutex_);
        keys_.advance(now);
    }
    [[nodiscard]] wire::PasswordMarks marks(std::string_view password, std::string_view account) const {
        const std::shared_lock lock(mutex_);
        return {keys_.guess(password), keys_.tag(account, password)};
    }

private:
    mutable std::shared_mutex mutex_;
    guard::PasswordKeys keys_;
};

}  // namespace tidegate::app
