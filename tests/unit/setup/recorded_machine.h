#pragma once
// A machine out of tests/data/setup/NAME (its README says what is where), which a test can change in memory.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "setup/machine.h"

namespace tidegate::setup {

class RecordedMachine final : public Machine {
public:
    /// Any folder laid out like those of tests/data/setup.
    static RecordedMachine load(const std::filesystem::path& folder) {
        RecordedMachine machine;
        machine.load_commands(folder / "commands");
        machine.load_files(folder / "files");
        machine.load_facts(folder / "facts");
        return machine;
    }

    Result<Ran> run(const std::vector<std::string>& command) override {
        std::string line;
        for (const std::string& word : command) line += (line.empty() ? "" : " ") + word;
        const auto found = commands.find(line);
        if (found != commands.end()) return found->second;
        return std::unexpected(
            Error{.file = command.front(), .line = 0, .what = "is not installed", .mend = {}});
    }
    bool has_program(const std::string& name) override {
        const auto next = commands.lower_bound(name + " ");
        return next != commands.end() && next->first.starts_with(name + " ");
    }
    Result<std::string> read(const std::string& path) override {
        const auto found = files.find(path);
        if (found != files.end()) return found->second;
        return std::unexpected(Error{.file = path, .line = 0, .what = "cannot be read", .mend = {}});
    }
    std::string tail(const std::string& path, std::size_t bytes) override {
        const auto found = files.find(path);
        if (found == files.end()) return {};
        return found->second.substr(found->second.size() - std::min(found->second.size(), bytes));
    }
    std::optional<FileFacts> look(const std::string& path) override {
        const auto found = facts.find(path);
        if (found == facts.end()) return std::nullopt;
        return found->second;
    }
    bool has_journal() override { return facts.contains("/run/systemd/journal/socket"); }
    Time now() override { return clock; }

    void add_file(const std::string& path, std::string content) {
        files[path] = std::move(content);
        facts.try_emplace(path, FileFacts{.kind = FileFacts::Kind::file,
                                          .mode = 0640,
                                          .user = "root",
                                          .group = "adm",
                                          .bytes = files[path].size(),
                                          .modified = clock,
                                          .device = 1,
                                          .inode = 1000 + facts.size()});
    }

    std::map<std::string, Ran> commands;
    std::map<std::string, std::string> files;
    std::map<std::string, FileFacts> facts;
    Time clock = time_of_unix(1'790'000'000);

private:
    static std::string content(const std::filesystem::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    // "doveconf+-a" is the output of `doveconf -a`.
    void load_commands(const std::filesystem::path& folder) {
        if (!std::filesystem::exists(folder)) return;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            std::string line = entry.path().filename().string();
            for (char& c : line)
                if (c == '+') c = ' ';
            commands[line] = Ran{.status = 0, .out = content(entry.path()), .err = {}};
        }
    }
    void load_files(const std::filesystem::path& folder) {
        if (!std::filesystem::exists(folder)) return;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
            if (entry.is_regular_file())
                add_file("/" + std::filesystem::relative(entry.path(), folder).string(),
                         content(entry.path()));
    }
    // PATH KIND MODE USER GROUP INODE
    void load_facts(const std::filesystem::path& path) {
        std::ifstream lines(path);
        std::string name, kind, user, group;
        unsigned mode = 0;
        std::uint64_t inode = 0;
        while (lines >> name >> kind >> std::oct >> mode >> std::dec >> user >> group >> inode)
            facts[name] = FileFacts{.kind = kind == "folder"   ? FileFacts::Kind::folder
                                            : kind == "socket" ? FileFacts::Kind::socket
                                                               : FileFacts::Kind::file,
                                    .mode = mode,
                                    .user = user,
                                    .group = group,
                                    .bytes = 0,
                                    .modified = clock,
                                    .device = 1,
                                    .inode = inode};
    }
};

/// One of tests/data/setup.
inline RecordedMachine recorded(const std::string& name) {
    return RecordedMachine::load(std::filesystem::path(TIDEGATE_SOURCE_DIR) / "tests/data/setup" / name);
}

}  // namespace tidegate::setup
