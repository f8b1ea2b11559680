#pragma once
// Text of others within Markdown.

#include <string>
#include <string_view>

namespace tidegate::tell {

/// Comes out as text wherever CommonMark and GitHub's tables allow text within a line: no markup, no HTML, no
/// web links, no control or invisible characters; line ends become spaces.
[[nodiscard]] std::string markdown_text(std::string_view text);
/// A name: as code where it is an ordinary one, else as markdown_text().
[[nodiscard]] std::string markdown_name(std::string_view name);

}  // namespace tidegate::tell
