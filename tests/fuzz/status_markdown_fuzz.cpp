// Reports and texts as HTML: whatever they hold, every '<' begins an element that we know, quotes within it
// are in pairs, elements are closed in turn, and links lead to the web or to a mailbox.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "tell/status/markdown_html.h"
#include "tell/status/text_html.h"

namespace {

using namespace tidegate::tell::status;

const std::set<std::string_view> known{"p",      "ul",    "ol",    "li",  "h3",         "h4", "h5",  "h6",
                                       "table",  "thead", "tbody", "tr",  "th",         "td", "pre", "code",
                                       "strong", "em",    "a",     "div", "blockquote", "hr"};

void check_link(std::string_view element) {
    const std::size_t at = element.find("href=\"");
    CHECK(at == 2);
    const std::string_view url = element.substr(at + 6);
    CHECK(url.starts_with("https://") || url.starts_with("http://") || url.starts_with("mailto:"));
}

void check(const std::string& html) {
    std::vector<std::string_view> open;
    for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
        const std::size_t end = html.find('>', at);
        CHECK(end != std::string::npos);
        std::string_view element = std::string_view(html).substr(at + 1, end - at - 1);
        CHECK(std::ranges::count(element, '"') % 2 == 0 && !element.contains('<'));
        const bool closes = element.starts_with('/');
        if (closes) element.remove_prefix(1);
        const std::string_view name = element.substr(0, element.find(' '));
        CHECK(known.contains(name));
        if (name == "a" && !closes) check_link(element);
        if (name == "hr") continue;
        if (closes) {
            CHECK(!open.empty() && open.back() == name);
            open.pop_back();
        } else {
            open.push_back(name);
        }
    }
    CHECK(open.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(markdown_html(text));
    check(markdown_line_html(text));
    check(paragraphs_html(text));
    check(linked_html(text));
    CHECK(xml_text(text).find_first_of("<>\"'") == std::string::npos);
    return 0;
}
