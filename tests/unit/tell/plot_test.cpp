#include "tell/plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace tidegate::tell {
namespace {

using boost::property_tree::ptree;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Plot sample() {
    return {.title = "Log-ins",
            .description = "For each ten minutes.",
            .series = {{"log-ins", "logins", {10, 20, 40, 0}, false},
                       {"got through", "through", {0, 20, 0, 0}, false},
                       {"expected", "expected", {10, 10, -1, 20}, true}},
            .hints = {"a", "b", "c", "d"},
            .ticks = {{1, "14:00"}, {3, "14:20"}},
            .marks = {{1, 3, "attack"}}};
}

/// The root element. Throws where it is no XML.
ptree parsed(const std::string& text) {
    std::istringstream in(text);
    ptree tree;
    boost::property_tree::read_xml(in, tree);
    return tree.get_child("svg");
}

double attribute(const ptree& element, const std::string& name) {
    return element.get<double>("<xmlattr>." + name);
}

std::vector<std::string> texts(const ptree& root) {
    std::vector<std::string> out;
    for (const auto& [name, each] : root)
        if (name == "text") out.push_back(each.data());
    return out;
}

const ptree& text_named(const ptree& root, const std::string& words) {
    for (const auto& [name, each] : root)
        if (name == "text" && each.data() == words) return each;
    throw std::runtime_error("no text " + words);
}

std::string path_of(const ptree& drawing, const std::string& css) {
    for (const auto& [name, each] : drawing)
        if (name == "path" && each.get<std::string>("<xmlattr>.class") == css)
            return each.get<std::string>("<xmlattr>.d");
    return {};
}

TEST(PlotDocument, SaysAllThatAFigureSays) {
    const ptree root = parsed(document(sample()));
    EXPECT_THAT(texts(root), ElementsAre("Log-ins", "log-ins", "got through", "expected", "40", "20", "0",
                                         "14:00", "14:20"));
    EXPECT_EQ(root.get<std::string>("svg.<xmlattr>.aria-label"), "Log-ins. For each ten minutes.");
}

TEST(PlotDocument, TheScaleAndTheTicksStandWhereWhatTheyMeanIsDrawn) {
    const ptree root = parsed(document(sample()));
    const ptree& drawing = root.get_child("svg");
    const double top = attribute(drawing, "y"), high = attribute(drawing, "height");
    const double left = attribute(drawing, "x"), wide = attribute(drawing, "width");
    EXPECT_GT(wide, high);
    EXPECT_LE(left + wide, attribute(root, "width"));
    EXPECT_LT(top + high, attribute(root, "height"));
    // A text's y is its base line.
    const double base = attribute(text_named(root, "40"), "y") - top;
    EXPECT_EQ(attribute(text_named(root, "20"), "y"), base + top + high / 2);
    EXPECT_EQ(attribute(text_named(root, "0"), "y"), base + top + high);
    EXPECT_LT(base, 10);
    EXPECT_LE(attribute(text_named(root, "40"), "x"), left);
    EXPECT_NEAR(attribute(text_named(root, "14:00"), "x"), left + wide / 4, 0.1);
    EXPECT_NEAR(attribute(text_named(root, "14:20"), "x"), left + wide * 3 / 4, 0.1);
}

TEST(PlotDocument, ColumnsStandOnOneAnotherAndALineHasGaps) {
    const ptree root = parsed(document(sample()));
    const ptree& drawing = root.get_child("svg");
    EXPECT_EQ(path_of(drawing, "fill logins"),
              "M0 100.00V75.00H1V100.00ZM1 100.00V50.00H2V100.00ZM2 100.00V0.00H3V100.00Z");
    EXPECT_EQ(path_of(drawing, "fill through"), "M1 50.00V0.00H2V50.00Z");
    EXPECT_EQ(path_of(drawing, "line expected"), "M0 75.00H1L1 75.00H2M3 50.00H4");
}

TEST(PlotDocument, ATopThatIsGivenHoldsAndNothingIsDrawnAboveIt) {
    Plot plot = sample();
    plot.top = 20;
    plot.unit = " s";
    const ptree root = parsed(document(plot));
    EXPECT_THAT(texts(root), Contains("20 s"));
    EXPECT_THAT(texts(root), Contains("10 s"));
    EXPECT_THAT(path_of(root.get_child("svg"), "fill logins"), HasSubstr("M2 100.00V0.00H3"));
    EXPECT_THAT(path_of(root.get_child("svg"), "fill logins"), Not(HasSubstr("-")));
}

TEST(PlotDocument, WhateverItsWordsAreItIsXml) {
    const std::string hostile = R"(</text><script>alert("1")</script>&'<![CDATA[)";
    Plot plot = sample();
    plot.title = plot.description = plot.unit = hostile;
    for (PlotSeries& each : plot.series) each.name = hostile;
    for (std::string& each : plot.hints) each = hostile;
    for (auto& [column, label] : plot.ticks) label = hostile;
    plot.marks[0].label = hostile;
    const std::string text = document(plot);
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    const ptree root = parsed(text);
    EXPECT_THAT(texts(root), ElementsAre(hostile, hostile, hostile, hostile, "40" + hostile, "20" + hostile,
                                         "0", hostile, hostile));
    EXPECT_THAT(figure(plot), Not(HasSubstr("<script")));
}

}  // namespace
}  // namespace tidegate::tell
