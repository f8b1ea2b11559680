#pragma once
// What `doveconf -a` and `doveconf -n` print, of Dovecot 2.2 to 2.4.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "setup/version.h"

namespace tidegate::setup {

struct DovecotSetting {
    std::string path;  // sections and name: "service anvil/unix_listener anvil-auth-penalty/mode"
    std::string value;
    bool is_hidden = false;  // a secret that doveconf did not show
};

/// A place where Dovecot looks passwords up.
struct DovecotPassdb {
    std::string name;    // "passdb NAME {" of 2.4; empty before
    std::string driver;  // 2.3; in 2.4 mostly the name
    std::string fields;  // 2.3: what it adds to a success, override_fields
    bool only_denies = false;
    bool is_marked = false;  // a success carries tidegate=...

    [[nodiscard]] std::string title() const;
};

/// Dovecot's settings in the order printed.
/// Thread: any may read.  Cost: a walk for each question.
class DovecotConf {
public:
    /// Never fails: what is not understood is left out; what is deeper than max_depth or behind
    /// max_output_bytes too.
    [[nodiscard]] static DovecotConf parse(std::string_view text);

    [[nodiscard]] Version version() const { return version_; }
    /// The main file, from doveconf's first line; empty where it is not there.
    [[nodiscard]] const std::string& file() const { return file_; }
    [[nodiscard]] const std::vector<DovecotSetting>& settings() const { return settings_; }

    /// The last one of that path, nullptr where there is none.
    [[nodiscard]] const DovecotSetting* find(std::string_view path) const;
    /// Its value; empty where there is none.
    [[nodiscard]] std::string_view text(std::string_view path) const;
    /// Whether it says yes; `standard` where it is not there.
    [[nodiscard]] bool says_yes(std::string_view path, bool standard = false) const;

    /// "auth_policy_NAME", which 2.4 prints as NAME in `auth_policy {}` once it was set.
    [[nodiscard]] const DovecotSetting* policy(std::string_view name) const;
    [[nodiscard]] std::string_view policy_text(std::string_view name) const;
    /// The fields of a policy request, one string in 2.3 and a list in 2.4: name to expression.
    [[nodiscard]] std::map<std::string, std::string, std::less<>> request_attributes() const;

    /// Those in which a right password may be found, in the order asked.
    [[nodiscard]] std::vector<DovecotPassdb> passdbs() const;

private:
    void begin_section(const std::string& path);
    void take_passdb(std::string_view name, std::string_view value);
    void take_head(std::string_view comment);
    void take_setting(const std::string& section, std::string_view line);

    Version version_;
    std::string file_;
    std::vector<DovecotSetting> settings_;
    std::vector<DovecotPassdb> passdbs_;
};

}  // namespace tidegate::setup
