#pragma once
// What `postconf -n`, `-M` and `-P` print.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::setup {

/// A line of master.cf.
struct PostfixService {
    std::string name;  // "submission", "smtp", "192.0.2.1:465"
    std::string type;  // "inet", "unix", "pass"
    bool in_chroot = true;
    std::string program;                                        // "smtpd", "postscreen"
    std::map<std::string, std::string, std::less<>> overrides;  // its -o, as postconf -P tells them

    /// "submission/inet", as postconf names it.
    [[nodiscard]] std::string id() const { return name + "/" + type; }
};

/// main.cf and master.cf.
/// Thread: any may read.
class PostfixConf {
public:
    /// Never fails: what is not understood is left out.
    [[nodiscard]] static PostfixConf parse(std::string_view main, std::string_view services,
                                           std::string_view overrides);

    [[nodiscard]] const std::vector<PostfixService>& services() const { return services_; }
    /// As it is written in main.cf, or Postfix's own default where we know it; empty otherwise.
    [[nodiscard]] std::string raw(std::string_view parameter) const;
    /// What holds for `service`, with $names expanded (postconf(5)): its own -o, then main.cf, then the
    /// default. Conditional forms (${name?...}) stay as they are.
    [[nodiscard]] std::string value(const PostfixService& service, std::string_view parameter) const;
    /// The same of main.cf alone.
    [[nodiscard]] std::string value(std::string_view parameter) const;

private:
    void take_service(std::string_view line);
    void take_override(std::string_view line);

    std::map<std::string, std::string, std::less<>> main_;
    std::vector<PostfixService> services_;
    std::map<std::string, std::size_t, std::less<>> by_id_;
};

/// A list of restrictions, cut at blanks and commas; what is in braces is one item, braces left out.
[[nodiscard]] std::vector<std::string> restrictions(std::string_view text);

}  // namespace tidegate::setup
