#pragma once
// What `exim -bP` and `exim -bP config` print.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::setup {

/// Exim's main options, and its whole configuration as it was read.
/// Thread: any may read.
class EximConf {
public:
    /// Never fails: what is not understood is left out.
    [[nodiscard]] static EximConf parse(std::string_view options, std::string_view config);

    /// The value of a main option; "yes" or "no" of a switch; empty where it is unset or not there.
    [[nodiscard]] std::string_view option(std::string_view name) const;
    /// Whether there is any authenticator.
    [[nodiscard]] bool authenticates() const { return authenticates_; }
    /// The lines of the ACL of that name, continued ones joined; empty where there is none.
    [[nodiscard]] std::vector<std::string> acl(std::string_view name) const;

private:
    std::map<std::string, std::string, std::less<>> options_;
    std::map<std::string, std::vector<std::string>, std::less<>> acls_;
    bool authenticates_ = false;
};

}  // namespace tidegate::setup
