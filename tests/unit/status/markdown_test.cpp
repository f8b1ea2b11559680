#include <gtest/gtest.h>

#include "tell/status/markdown_html.h"
#include "tell/status/text_html.h"

namespace tidegate::tell::status {
namespace {

TEST(StatusMarkdown, Lines) {
    struct Case {
        std::string_view markdown, html;
    };
    const Case cases[] = {
        {"plain", "plain"},
        {"a **b** c", "a <strong>b</strong> c"},
        {"a *b* c", "a <em>b</em> c"},
        {"**a *b* c**", "<strong>a <em>b</em> c</strong>"},
        {"2 * 3 * 4", "2 * 3 * 4"},
        {"**open", "**open"},
        {"`a<b`", "<code>a&lt;b</code>"},
        {"\\*no\\*", "*no*"},
        {"&#42;x&#60;", "*x&lt;"},
        {"&#7;&#300;&amp;", "&amp;#7;&amp;#300;&amp;amp;"},
        {"[x](https://example.org/a)", "<a href=\"https://example.org/a\" rel=\"nofollow noreferrer\">x</a>"},
        {"[x](javascript:alert(1))", "[x](javascript:alert(1))"},
        {"[x](https://example.org/\"y)",
         "[x](<a href=\"https://example.org/\" rel=\"nofollow "
         "noreferrer\">https://example.org/</a>&quot;y)"},
        {"![x](x.png) <b>", "![x](x.png) &lt;b&gt;"},
        {"h&#116;tp&#58;//example.org", "http://example.org"},
    };
    for (const Case& each : cases) EXPECT_EQ(markdown_line_html(each.markdown), each.html);
}

TEST(StatusMarkdown, Blocks) {
    EXPECT_EQ(markdown_html("# A\n## B\ntext\nmore\n\n* one\n  still one\n* two\n\n1. first\n2. second\n"),
              "<h3>A</h3>\n<h3>B</h3>\n<p>text more</p>\n<ul>\n<li>one\nstill one</li>\n<li>two</li>\n</ul>\n"
              "<ol>\n<li>first</li>\n<li>second</li>\n</ol>\n");
    EXPECT_EQ(markdown_html("| a | b |\n|---|--:|\n| 1 | <2 |\nend"),
              "<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">a</th><th "
              "scope=\"col\">b</th></tr>\n</thead>\n<tbody><tr><td>1</td><td>&lt;2</td></tr>\n</tbody>\n"
              "</table></div>\n<p>end</p>\n");
    EXPECT_EQ(
        markdown_html("```\n<b>\n# x\n```\n> q\n---\n"),
        "<pre tabindex=\"0\"><code>&lt;b&gt;\n# x\n</code></pre>\n<blockquote><p>q</p></blockquote>\n<hr>\n");
    EXPECT_EQ(markdown_html("```\nnever closed"), "<pre tabindex=\"0\"><code>never closed\n</code></pre>\n");
}

TEST(StatusText, ParagraphsAndLinks) {
    EXPECT_EQ(paragraphs_html("one\r\nline\n\n \nsee (https://example.org/x?a=1&b=2), ok"),
              "<p>one line</p>\n<p>see (<a href=\"https://example.org/x?a=1&amp;b=2\" rel=\"nofollow "
              "noreferrer\">https://example.org/x?a=1&amp;b=2</a>), ok</p>\n");
    EXPECT_EQ(linked_html("xhttps://example.org https://"), "xhttps://example.org https://");
}

}  // namespace
}  // namespace tidegate::tell::status
