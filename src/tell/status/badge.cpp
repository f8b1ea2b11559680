// Small pictures of the state.
#include <fmt/format.h>

#include <array>

#include "tell/status/frame.h"
#include "tell/status/text_html.h"
#include "tell/words.h"

namespace tidegate::tell::status {
namespace {

// White text on each has a contrast of 4.5 and more.
constexpr std::array<std::string_view, 6> colours{"#0b6b5e", "#566072", "#1d5a9e",
                                                  "#7a5200", "#a5330a", "#a1141f"};
constexpr std::size_t most_columns = 40;

std::string_view colour_of(ServiceState state) {
    return colours[static_cast<std::size_t>(state)];
}

// Of 11-pixel text, with room at both ends: a letter of the usual fonts is some 6.5 pixels wide.
std::size_t width_of(std::string_view text) {
    return columns_of(text) * 13 / 2 + 14;
}

}  // namespace

std::string badge(const PageWorld& world) {
    const ServiceState state = worst_of(world.record);
    const std::string left = clipped(harmless(world.record.provider), most_columns);
    const std::string right = clipped(harmless(world.words[world.words.of(state)]), most_columns);
    const std::size_t middle = width_of(left), width = middle + width_of(right);
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"20\" role=\"img\">\n"
        "<title>{left}: {right}</title>\n<rect width=\"{width}\" height=\"20\" rx=\"3\" fill=\"#2b3442\"/>\n"
        "<path d=\"M{middle} 0h{rest}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{rest}z\" fill=\"{colour}\"/>\n"
        "<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\" "
        "text-anchor=\"middle\">\n<text x=\"{left_x}\" y=\"14\" textLength=\"{left_width}\">{left}</text>\n"
        "<text x=\"{right_x}\" y=\"14\" textLength=\"{right_width}\">{right}</text>\n</g>\n</svg>\n",
        fmt::arg("width", width), fmt::arg("middle", middle), fmt::arg("rest", width - middle - 3),
        fmt::arg("left", xml_text(left)), fmt::arg("right", xml_text(right)),
        fmt::arg("colour", colour_of(state)), fmt::arg("left_x", middle / 2),
        fmt::arg("left_width", middle - 14), fmt::arg("right_x", middle + (width - middle) / 2),
        fmt::arg("right_width", width - middle - 14));
}

std::string icon(const PageWorld& world) {
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"7\" "
        "fill=\"{}\"/></svg>\n",
        colour_of(worst_of(world.record)));
}

}  // namespace tidegate::tell::status
