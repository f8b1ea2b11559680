// The arrows of the house (ARCHITECTURE.md): which folder of src may include which. Data never walks
// backwards.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

using Folders = std::set<std::string, std::less<>>;

// Beside itself, each folder may include these; `base` and `event` are open to all but `base`. `app` may
// include all.
const std::map<std::string, Folders, std::less<>> allowed = {
    {"base", {}},
    {"event", {"base"}},
    {"wire", {"base", "event"}},
    {"judge", {"base", "event"}},
    {"net", {"base"}},
    {"observe", {"base", "event", "net", "wire", "judge"}},
    {"edge", {"base", "event", "net", "wire", "judge"}},
    {"act", {"base", "event", "net"}},
    {"console", {"base", "event", "net"}},
    {"mail", {"base", "event", "net", "wire"}},
    {"tell", {"base", "event", "net"}},
    {"keep", {"base", "event"}},
    {"share", {"base", "event", "net"}},
    {"guard", {"base", "event", "judge", "tell"}},
    {"drill", {"base", "event", "judge", "edge", "tell", "config", "guard"}},
    {"rehearse", {"base", "event", "net", "tell", "drill"}},
    {"config", {"base", "event"}},
    {"setup", {"base", "event", "net"}},
};

/// Folders within those that may less: they are pure.
const std::map<std::string, Folders, std::less<>> narrower = {
    {"tell/cases", {"base", "event", "tell"}},
};

bool may_include_here(std::string_view path, std::string_view to) {
    for (const auto& [folder, needs] : narrower)
        if (path.starts_with(folder + "/")) return needs.contains(to);
    return true;
}

bool may_include(std::string_view from, std::string_view to) {
    if (from == "app" || from == to) return true;
    const auto row = allowed.find(from);
    return row != allowed.end() && row->second.contains(to);
}

std::string first_folder(std::string_view path) {
    const auto slash = path.find('/');
    return std::string(slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash));
}

// What is wrong with the includes of one file, in words. `path` is relative to src.
std::vector<std::string> complaints(const std::string& path, std::istream& text) {
    static const std::regex quoted(R"re(^\s*#\s*include\s*"([^"]*)")re");
    static const std::regex angled(R"re(^\s*#\s*include\s*<([^>]*)>)re");
    std::vector<std::string> found;
    const std::string from = first_folder(path);
    std::string line;
    for (int number = 1; std::getline(text, line); ++number) {
        const std::string where = path + ":" + std::to_string(number) + ": ";
        std::smatch match;
        if (std::regex_search(line, match, quoted)) {
            const std::string to = first_folder(match[1].str());
            if (to.empty() || to == "." || to == "..")
                found.push_back(where + "say the folder: " + match[1].str());
            else if (!may_include(from, to) || !may_include_here(path, to))
                found.push_back(where + from + " may not know " + to);
        } else if (std::regex_search(line, match, angled)) {
            const std::string to = first_folder(match[1].str());
            if (allowed.contains(to) || to == "app") found.push_back(where + "our own headers go in quotes");
        }
    }
    return found;
}

std::vector<std::string> complaints(const std::string& path, const std::string& text) {
    std::istringstream stream(text);
    return complaints(path, stream);
}

bool is_source(const fs::path& path) {
    return path.extension() == ".h" || path.extension() == ".cpp";
}

TEST(Layers, EveryArrowInSrcIsAllowed) {
    const fs::path src = fs::path(TIDEGATE_SOURCE_DIR) / "src";
    std::vector<std::string> found;
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(src)) {
        if (!is_source(entry.path())) continue;
        std::ifstream text(entry.path());
        ASSERT_TRUE(text) << entry.path();
        std::ranges::copy(complaints(fs::relative(entry.path(), src).string(), text),
                          std::back_inserter(found));
        ++files;
    }
    EXPECT_THAT(found, IsEmpty());
    EXPECT_GT(files, 20) << "src was not found";
}

TEST(Layers, EveryFolderHasADuty) {
    for (const auto& entry : fs::directory_iterator(fs::path(TIDEGATE_SOURCE_DIR) / "src")) {
        if (!entry.is_directory()) continue;
        const std::string folder = entry.path().filename().string();
        EXPECT_TRUE(folder == "app" || allowed.contains(folder))
            << folder << " is not in the table of arrows";
    }
}

TEST(Layers, TheTableHasNoCircle) {
    // Folders whose needs are all placed can be placed; if that ends early, the rest go round in a circle.
    Folders placed;
    for (std::size_t before = allowed.size() + 1; before != placed.size();) {
        before = placed.size();
        for (const auto& [folder, needs] : allowed)
            if (std::ranges::all_of(needs, [&](const auto& need) { return placed.contains(need); }))
                placed.insert(folder);
    }
    EXPECT_EQ(placed.size(), allowed.size());
}

TEST(Layers, AWrongArrowIsSeen) {
    EXPECT_THAT(complaints("judge/judge.cpp", "#include <vector>\n#include \"wire/log/line.h\"\n"),
                ElementsAre("judge/judge.cpp:2: judge may not know wire"));
    EXPECT_THAT(complaints("base/time.h", "  #  include \"event/event.h\""),
                ElementsAre("base/time.h:1: base may not know event"));
    EXPECT_THAT(complaints("tell/report.h", "#include \"app/main.h\""),
                ElementsAre("tell/report.h:1: tell may not know app"));
    EXPECT_THAT(complaints("cellar/cask.h", "#include \"base/time.h\""),
                ElementsAre("cellar/cask.h:1: cellar may not know base"));
    EXPECT_THAT(complaints("tell/cases/book.h", "#include \"net/loop.h\""),
                ElementsAre("tell/cases/book.h:1: tell may not know net"));
}

TEST(Layers, AnIncludeWithoutItsFolderIsSeen) {
    EXPECT_THAT(complaints("wire/log/line.cpp", "#include \"line.h\"\n#include \"../../base/time.h\"\n"),
                ElementsAre("wire/log/line.cpp:1: say the folder: line.h",
                            "wire/log/line.cpp:2: say the folder: ../../base/time.h"));
    EXPECT_THAT(complaints("wire/log/line.cpp", "#include <base/time.h>"),
                ElementsAre("wire/log/line.cpp:1: our own headers go in quotes"));
}

TEST(Layers, AllowedArrowsPass) {
    EXPECT_THAT(
        complaints("observe/pipeline.h", "#include \"wire/log/parser.h\"\n#include \"judge/knock.h\"\n"),
        IsEmpty());
    EXPECT_THAT(complaints("app/replay.cpp", "#include \"tell/summary.h\"\n#include \"app/options.h\"\n"),
                IsEmpty());
    EXPECT_THAT(complaints("base/time.cpp", "// #include \"app/main.h\" is only a comment\n"), IsEmpty());
}

}  // namespace
}  // namespace tidegate
