#pragma once
// The edge that is rehearsed: `tidegate serve` itself, in a process of its own.

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/child.h"
#include "net/endpoint.h"
#include "rehearse/folder.h"
#include "rehearse/small.h"
#include "rehearse/sources.h"

namespace tidegate::rehearse {

/// A daemon with nothing but an edge before the targets, listening on 127.0.0.1, which acts. Configuration,
/// state and log lie in `folder`. It knows nothing of a drill. Killed when this goes.
/// Thread: one at a time; log() and ask() any.  Owner: `folder` outlives it.
class EdgeProcess {
public:
    struct Plan {
        std::string program;  // tidegate's own file
        const Small& small;
        const Sources& sources;
        std::string_view mail_memory;  // as guard::MailDesk saves it
    };
    /// Returns once it answers.  Fails: a server that does not answer, no free port, a daemon that ends: says
    /// why.
    [[nodiscard]] static Result<std::unique_ptr<EdgeProcess>> start(const Folder& folder, const Plan& plan);

    /// Where clients connect; port 0: no server speaks that.
    [[nodiscard]] const net::Endpoint& place(drill::Port port) const {
        return port == drill::Port::smtp ? smtp_ : imap_;
    }
    /// Over its control socket.  Fails: no answer in ten seconds, or a status that is not 200.
    [[nodiscard]] Result<std::string> ask(std::string_view method, std::string_view target,
                                          std::string_view body = {}) const;
    [[nodiscard]] bool has_ended() const;
    /// What it has said so far.
    [[nodiscard]] std::string log() const { return text_of_file(folder_ / "tidegate.log"); }

private:
    EdgeProcess(const Folder& folder, net::Child child, net::Endpoint smtp, net::Endpoint imap)
        : folder_(folder), child_(std::move(child)), smtp_(std::move(smtp)), imap_(std::move(imap)) {}

    const Folder& folder_;
    net::Child child_;
    net::Endpoint smtp_, imap_;
};

/// The configuration of such a daemon, with its tables in the same folder. For tests.
[[nodiscard]] std::string configuration(const Folder& folder, const Small& small, const net::Endpoint& smtp,
                                        const net::Endpoint& imap);

}  // namespace tidegate::rehearse
