#pragma once
// The case book tied to the daemon's parts.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/serve/case_control.h"
#include "app/serve/case_desk.h"
#include "app/serve/recorder.h"
#include "edge/servers/server.h"
#include "event/naming.h"
#include "guard/desk.h"
#include "judge/policy.h"
#include "mail/queue_order.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// What the daemon lends. All outlive the desk of cases.
struct CaseGround {
    tell::Telling& telling;
    std::function<Time()> clock;
    guard::Desk& desk;
    std::function<std::vector<edge::ServerStanding>()> servers;
    std::function<std::vector<mail::QueueStanding>()> queues;
    std::function<Result<std::string>(std::string_view name)> kept;
    std::function<Result<void>(std::string_view name, std::string_view text)> keep;
    /// What has to be given each text. A page reads CaseDesk::record() instead.
    std::vector<CaseOutlet> outlets{};
};
[[nodiscard]] CaseWorld case_world(CaseGround ground);
[[nodiscard]] CaseControlWorld case_control_world(CaseDesk& cases, const Recorder& recorder,
                                                  guard::Desk& desk, std::function<Time()> clock);
/// Whether a name is one of this account's.
[[nodiscard]] AccountTest account_test(std::string account, std::shared_ptr<const judge::Policy> policy);

}  // namespace tidegate::app
