#pragma once
// Asking the daemon, for the commands of operators.

#include <CLI/App.hpp>
#include <boost/json.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/http_client.h"

namespace tidegate::app {

/// Where the daemon listens for operators, and who asks.
struct Operator {
    std::string config = "/etc/tidegate/tidegate.toml";
    std::string socket;  // empty: as the configuration says
    std::string author;  // empty: the login name

    /// Adds --config, --socket and, for acts, --author.
    void add_options(CLI::App& command, bool acts);
    /// Fails: no daemon there, no permission, an answer that says why not (its error and mend).
    [[nodiscard]] Result<std::string> ask(std::string_view method, std::string_view target,
                                          std::string_view body = {}) const;
    /// `author`, or else the login name of whoever runs this.
    [[nodiscard]] std::string name() const;
};

/// A text of the daemon's answer; empty where there is none of this name.
[[nodiscard]] std::string text_in(const boost::json::value& answer, std::string_view name);

/// What the daemon did, in its words (`said`).
[[nodiscard]] std::string what_was_done(const boost::json::value& answer);

/// Prints a text; says an error.  Returns: the exit status.
[[nodiscard]] int print(std::string_view text);
[[nodiscard]] int failed(const Error& error);

/// Prints an answer in `words`, or as it is; an error to standard error.  Returns: the exit status.
[[nodiscard]] int show(const Result<std::string>& answer, bool as_json,
                       const std::function<std::string(const boost::json::value&)>& words);

/// A word of a URL's query.
[[nodiscard]] std::string query_word(std::string_view text);

}  // namespace tidegate::app
