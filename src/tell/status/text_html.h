#pragma once
// Texts of people as HTML and XML: escaped, with paragraphs, and with links where they wrote addresses.

#include <string>
#include <string_view>
#include <vector>

namespace tidegate::tell::status {

/// Paragraphs are parted by empty lines. Line ends within one become blanks; what is empty is left out.
[[nodiscard]] std::vector<std::string> paragraphs_of(std::string_view text);

/// One line, escaped. What begins with http:// or https:// becomes a link.
[[nodiscard]] std::string linked_html(std::string_view line);

/// `<p>...</p>` for each paragraph.
[[nodiscard]] std::string paragraphs_html(std::string_view text);

/// Escaped for HTML and XML alike, line ends kept; holds no character that XML 1.0 does not have.
[[nodiscard]] std::string xml_text(std::string_view text);

/// Whether a link may go there: http, https or mailto, nothing that ends an attribute or hides.
[[nodiscard]] bool is_safe_link(std::string_view url);

}  // namespace tidegate::tell::status
