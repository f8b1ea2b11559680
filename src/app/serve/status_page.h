#pragma once
// The public status page as the daemon runs it.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/serve/state_folder.h"
#include "base/address.h"
#include "base/error.h"
#include "base/time.h"
#include "config/settings.h"
#include "event/public_record.h"
#include "net/inherited.h"
#include "tell/live/telling.h"
#include "tell/status/public_desk.h"

namespace tidegate::app {

/// What the page needs of the daemon. Owner: the daemon; outlives it. `about` is called on the page's
/// threads.
struct StatusWorld {
    tell::Telling& telling;
    std::function<Time()> clock;
    /// Our own record and each partner's.
    std::function<std::vector<PublicRecord>()> records;
    std::function<std::optional<tell::status::VisitorStanding>(const Address&)> about;
    const StateFolder& state;
    std::string help_url;
};

class OpenStatusPage;

/// What only the page itself can tell: texts that there are not, a zone that nobody knows.
[[nodiscard]] std::vector<Error> status_mistakes(const config::Settings& settings);

/// Nothing, where no page is configured.
/// Thread: the main one; forget() any, one at a time.
class StatusPage {
public:
    explicit StatusPage(StatusWorld world);
    ~StatusPage();
    StatusPage(const StatusPage&) = delete;
    StatusPage& operator=(const StatusPage&) = delete;

    /// At the start and after a reload; where the settings are as before nothing happens.
    /// Fails: an address in use, a bad text, a key or list that can't be read; then there is no page.
    [[nodiscard]] std::vector<Error> open(const config::Settings& settings, net::Inherited* passed);
    /// Once a second: looks whether there is something new to say.
    void tick();
    /// Takes addresses off the lists of subscribers.  Fails: the disk.
    [[nodiscard]] Result<std::size_t> forget(const std::function<bool(std::string_view)>& is_meant);
    void stop(std::chrono::milliseconds grace);

private:
    StatusWorld world_;
    std::unique_ptr<OpenStatusPage> open_;
};

}  // namespace tidegate::app
