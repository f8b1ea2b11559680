#pragma once
// Our own Markdown as HTML: what reports of incidents are written in, and no more.

#include <string>
#include <string_view>

namespace tidegate::tell::status {

/// Headings (one step below the page's own), paragraphs, lists of one level, tables, quotations, fenced code,
/// rules; within a line `**strong**`, `*emphasis*`, `` `code` ``, `[links](https://...)` and numeric
/// entities. Everything else, HTML and pictures among it, comes out as the text that it is.
/// Thread: any.  Cost: linear.  Fails: never.
[[nodiscard]] std::string markdown_html(std::string_view markdown);

/// One line of it.
[[nodiscard]] std::string markdown_line_html(std::string_view line);

}  // namespace tidegate::tell::status
