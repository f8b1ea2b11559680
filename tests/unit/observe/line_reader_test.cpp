#include "observe/line_reader.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <vector>

#include "temporary_folder.h"
#include "wire/log/parser.h"

namespace tidegate::observe {
namespace {

constexpr std::size_t smallest_buffer = wire::max_line_bytes + 1024;

struct Read {
    std::string text;
    std::vector<Lines> pieces;
    std::optional<Error> error;
};

Read read_lines(std::unique_ptr<ByteSource> source, std::size_t buffer_bytes = smallest_buffer) {
    Read all;
    LineReader reader(std::move(source));
    std::vector<char> buffer(buffer_bytes);
    for (Lines lines = reader.next(buffer); lines.bytes != 0; lines = reader.next(buffer)) {
        all.text.append(buffer.data(), lines.bytes);
        all.pieces.push_back(lines);
    }
    all.error = reader.error();
    return all;
}

Read read_file(const std::string& name, std::size_t buffer_bytes = smallest_buffer) {
    auto source = open_bytes(name);
    if (!source) return {{}, {}, source.error()};
    return read_lines(std::move(*source), buffer_bytes);
}

std::string many_lines(std::size_t count) {
    std::string text;
    for (std::size_t i = 1; i <= count; ++i) text += "line " + std::to_string(i) + " of many\n";
    return text;
}

/// Gives the text in pieces of any size, then perhaps fails.
class Pieces final : public ByteSource {
public:
    Pieces(std::string text, unsigned seed, std::optional<Error> error = {})
        : text_(std::move(text)), random_(seed), error_(std::move(error)) {}
    Result<std::size_t> read(std::span<char> out) override {
        if (at_ == text_.size() && error_) return std::unexpected(*error_);
        const std::size_t size =
            text_.copy(out.data(), std::min<std::size_t>(out.size(), 1 + random_() % 5000), at_);
        at_ += size;
        return size;
    }
    bool would_wait() const override { return at_ % 3 == 0; }
    std::uint64_t used() const override { return at_; }

private:
    std::string text_;
    std::mt19937 random_;
    std::optional<Error> error_;
    std::size_t at_ = 0;
};

TEST(LineReader, CutsAtLineEndsAndNumbersLines) {
    const std::string text = many_lines(20000);
    for (unsigned seed = 0; seed < 20; ++seed) {
        const Read read = read_lines(std::make_unique<Pieces>(text, seed), smallest_buffer + seed * 100);
        ASSERT_EQ(read.text, text);
        std::uint64_t next = 1;
        std::size_t at = 0;
        for (const Lines& piece : read.pieces) {
            ASSERT_EQ(piece.first_line, next);
            ASSERT_EQ(text.substr(at, 5 + std::to_string(next).size()), "line " + std::to_string(next));
            ASSERT_EQ(text[at + piece.bytes - 1], '\n');
            next += piece.count;
            at += piece.bytes;
        }
        EXPECT_EQ(next, 20001U);
    }
}

TEST(LineReader, TheLastLineNeedsNoEnd) {
    const Read read = read_lines(std::make_unique<Pieces>("one\ntwo", 1));
    EXPECT_EQ(read.text, "one\ntwo");
    EXPECT_EQ(read.pieces.back().first_line + read.pieces.back().count, 3U);
    EXPECT_FALSE(read.error);
}

TEST(LineReader, AnIncompleteLineBeforeAnErrorIsLeftOut) {
    const Read read =
        read_lines(std::make_unique<Pieces>("one\nrip=192.0.2.1", 1, Error{"f", 0, "broken", {}}));
    EXPECT_EQ(read.text, "one\n");
    ASSERT_TRUE(read.error);
    EXPECT_EQ(read.error->what, "broken");
}

TEST(LineReader, ALineLargerThanAnyBufferIsCutOffAndNumbersStayRight) {
    for (const std::size_t size :
         {smallest_buffer - 1, smallest_buffer, smallest_buffer + 1, std::size_t{1} << 20}) {
        for (unsigned seed = 0; seed < 5; ++seed) {
            const std::string text =
                "first\n" + std::string(size, 'x') + "\nthird\n" + std::string(size, 'y');
            const Read read = read_lines(std::make_unique<Pieces>(text, seed));
            EXPECT_EQ(read.pieces.back().first_line + read.pieces.back().count, 5U);
            EXPECT_LE(read.text.size(), text.size() + 2);
            const std::size_t third = read.text.find("\nthird\n");
            ASSERT_NE(third, std::string::npos);
            // Long enough for the parser to see that it is too long.
            EXPECT_GT(third, wire::max_line_bytes + 6);
            EXPECT_GT(read.text.size() - third, wire::max_line_bytes + 7);
        }
    }
}

TEST(LineReader, CountsLines) {
    EXPECT_EQ(count_lines({}), 0U);
    const std::string text = many_lines(1000) + std::string(1000, '\n') + "end";
    EXPECT_EQ(count_lines(text), 2000U);
}

TEST(ByteSource, ReadsPlainGzipAndZstdAlike) {
    const TemporaryFolder folder;
    const std::string text = many_lines(30000);
    const std::string half = text.substr(0, 100000);
    const std::string rest = text.substr(100000);
    for (const auto& [name, packed] : std::vector<std::pair<std::string, std::string>>{
             {"plain", text},
             {"gz", gzipped(text)},
             {"zst", zstd_compressed(text)},
             {"members", gzipped(half) + gzipped("") + gzipped(rest)},
             {"padded", gzipped(text) + std::string(1024, '\0')},
             {"frames", zstd_compressed(half) + zstd_compressed("") + zstd_compressed(rest)}}) {
        const Read read = read_file(folder.write(name, packed));
        EXPECT_FALSE(read.error) << name << ": " << read.error->text();
        EXPECT_TRUE(read.text == text) << name;
    }
}

TEST(ByteSource, WhatComesBeforeTheCutIsRead) {
    const TemporaryFolder folder;
    const std::string text = many_lines(50000);
    for (const std::string& packed : {gzipped(text), zstd_compressed(text)}) {
        const std::string file = folder.write("cut", packed.substr(0, packed.size() / 2));
        const Read read = read_file(file);
        ASSERT_TRUE(read.error);
        EXPECT_EQ(read.error->file, file);
        EXPECT_NE(read.error->what.find("cut short"), std::string::npos) << read.error->what;
        EXPECT_GT(read.text.size(), 1000U);
        EXPECT_EQ(read.text.back(), '\n');
        EXPECT_TRUE(text.starts_with(read.text));
    }
}

TEST(ByteSource, DamageAnywhereIsAnErrorNeverWrongText) {
    const TemporaryFolder folder;
    const std::string text = many_lines(300);
    const std::string good = gzipped(text);
    int errors = 0;
    for (std::size_t i = 2; i < good.size(); i += 3) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x55);
        errors += read_file(folder.write("bad.gz", bad)).error.has_value();
    }
    // Bytes of the header (time, operating system) change nothing.
    EXPECT_GT(errors, static_cast<int>(good.size() / 3) - 5);
    EXPECT_TRUE(read_file(folder.write("tail.gz", good + "no member")).error);
    EXPECT_TRUE(read_file(folder.write("tail.zst", zstd_compressed(text) + "no frame")).error);
}

TEST(ByteSource, EmptyDirectoryMissing) {
    const TemporaryFolder folder;
    const Read empty = read_file(folder.write("empty", ""));
    EXPECT_FALSE(empty.error);
    EXPECT_TRUE(empty.pieces.empty());
    const Read directory = read_file(folder.path(""));
    ASSERT_TRUE(directory.error);
    EXPECT_EQ(directory.error->what, "is a directory");
    const Read missing = read_file(folder.path("none"));
    ASSERT_TRUE(missing.error);
    EXPECT_EQ(missing.error->file, folder.path("none"));
}

TEST(ByteSource, UnreadableSaysSo) {
    const TemporaryFolder folder;
    const std::string file = folder.write("secret", "x\n");
    ASSERT_EQ(::chmod(file.c_str(), 0), 0);
    const bool root = ::geteuid() == 0;  // who reads everything
    if (root) ASSERT_EQ(::seteuid(65534), 0);
    const Read read = read_file(file);
    if (root) ASSERT_EQ(::seteuid(0), 0);
    ASSERT_TRUE(read.error);
    EXPECT_NE(read.error->what.find("Permission denied"), std::string::npos);
}

TEST(ByteSource, AFileThatShrinksIsAnErrorAndNoSignal) {
    const TemporaryFolder folder;
    const std::string file = folder.write("log", many_lines(100000));
    auto source = open_bytes(file);
    ASSERT_TRUE(source.has_value());
    std::filesystem::resize_file(file, 5000);
    const Read read = read_lines(std::move(*source));
    ASSERT_TRUE(read.error);
    EXPECT_NE(read.error->what.find("became shorter"), std::string::npos) << read.error->what;
}

TEST(ByteSource, AFileThatGrowsEndsWithTheLineThatWasBeingWritten) {
    const TemporaryFolder folder;
    const std::string before = many_lines(1000);
    const std::string file = folder.write("log", before + "two and mo");
    auto source = open_bytes(file);
    ASSERT_TRUE(source.has_value());
    std::ofstream(file, std::ios::app) << "re\nthree\nfour\n";
    EXPECT_EQ(read_lines(std::move(*source)).text, before + "two and more\n");
}

TEST(ByteSource, ReadsNoMoreThanItIsToldAndTheRestOfThatLine) {
    const TemporaryFolder folder;
    const std::string file = folder.write("log", "one\ntwo\nthree\n");
    for (const auto& [most, text] : std::vector<std::pair<std::uint64_t, std::string>>{
             {4, "one\n"}, {6, "one\ntwo\n"}, {8, "one\ntwo\n"}, {99, "one\ntwo\nthree\n"}}) {
        auto source = open_bytes(file, most);
        ASSERT_TRUE(source.has_value());
        EXPECT_EQ(read_lines(std::move(*source)).text, text) << most;
    }
}

TEST(ByteSource, ReadsAPipe) {
    const TemporaryFolder folder;
    const std::string pipe = folder.path("pipe");
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const std::string text = many_lines(40000);
    const pid_t writer = ::fork();
    if (writer == 0) {
        std::ofstream(pipe) << text;
        ::_exit(0);
    }
    const Read read = read_file(pipe);
    ::waitpid(writer, nullptr, 0);
    EXPECT_FALSE(read.error);
    EXPECT_TRUE(read.text == text);
}

TEST(ByteSource, AnEmptyJournalHasNoLines) {
    const TemporaryFolder folder;
    const Read read = read_file("journal:" + folder.path(""));
    EXPECT_FALSE(read.error) << read.error->text();
    EXPECT_TRUE(read.pieces.empty());
    EXPECT_TRUE(read_file("journal:" + folder.path("none")).error);
}

}  // namespace
}  // namespace tidegate::observe
