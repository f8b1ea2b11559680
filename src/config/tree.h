#pragma once
// A TOML document as a tree with line numbers, for files whose tables are not known beforehand (scenarios).

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "config/value.h"

namespace tidegate::config {

/// A value, a list or a table, and where it was written.
struct Tree {
    enum class Kind : std::uint8_t { value, list, table };
    struct Branch;

    Kind kind = Kind::value;
    std::uint64_t line = 0;        // from 1; 0 unknown
    Value value;                   // of a value
    std::vector<Tree> items;       // of a list, in order
    std::vector<Branch> branches;  // of a table, in the file's order

    /// The branch of that name, nullptr where there is none.
    [[nodiscard]] const Tree* find(std::string_view name) const;
};

struct Tree::Branch {
    std::string name;
    std::uint64_t line = 0;  // of the name
    Tree tree;
};

/// Reads `text`; `file` is for messages.  Fails: what is no TOML, with the line.
[[nodiscard]] Result<Tree> read_tree(std::string_view text, const std::string& file);
/// The whole file at `path`.  Fails: a folder, no such file, no right to read it.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

}  // namespace tidegate::config
