#pragma once
// What the public page and its partners' pages say: the case book's word, under the names that the page's
// settings give.

#include <functional>
#include <string_view>
#include <vector>

#include "config/status_settings.h"
#include "event/public_record.h"

namespace tidegate::app {

/// Our own record, then each partner's. `record_of` gives the case book's, of ours where `partner` is empty.
[[nodiscard]] std::vector<PublicRecord> status_records(
    const std::function<PublicRecord(std::string_view partner)>& record_of, const config::Status& settings);

}  // namespace tidegate::app
