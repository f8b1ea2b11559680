#include "app/serve/log_output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "net/descriptor.h"

namespace tidegate::app {
namespace {

struct Ends {
    net::Descriptor reading, writing;
};

Ends make_pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    return {net::Descriptor(ends[0]), net::Descriptor(ends[1])};
}

Ends make_sockets() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    return {net::Descriptor(ends[0]), net::Descriptor(ends[1])};
}

std::string read_all(const net::Descriptor& from) {
    ::fcntl(from.number(), F_SETFL, O_NONBLOCK);
    std::string all;
    std::array<char, 4096> some{};
    for (ssize_t got = 0; (got = ::read(from.number(), some.data(), some.size())) > 0;)
        all.append(some.data(), static_cast<std::size_t>(got));
    return all;
}

class LogOutputTest : public testing::TestWithParam<Ends (*)()> {};

// These would wait for ever if it did.
TEST_P(LogOutputTest, WhoDoesNotReadLosesLinesAndNobodyWaits) {
    const Ends ends = GetParam()();
    LogOutput output(ends.writing.number());
    const std::string line = std::string(99, 'x') + '\n';
    int taken = 0;
    while (output.write(line)) ASSERT_LT(++taken, 100'000);
    EXPECT_GT(taken, 20);
    EXPECT_FALSE(output.write(line));
    EXPECT_EQ(read_all(ends.reading).size(), line.size() * static_cast<std::size_t>(taken));
    EXPECT_TRUE(output.write(line)) << "it goes on once somebody reads";
}

TEST_P(LogOutputTest, AHalfWrittenLineEndsBeforeTheNext) {
    const Ends ends = GetParam()();
    LogOutput output(ends.writing.number());
    const std::string longest(std::size_t{1} << 20, 'y');
    EXPECT_FALSE(output.write(longest + '\n'));
    const std::string half = read_all(ends.reading);
    EXPECT_GT(half.size(), 4096U);
    EXPECT_EQ(half.find('\n'), std::string::npos);
    EXPECT_TRUE(output.write("next\n"));
    EXPECT_EQ(read_all(ends.reading), "\nnext\n");
}

INSTANTIATE_TEST_SUITE_P(PipesAndSockets, LogOutputTest, testing::Values(&make_pipe, &make_sockets));

TEST(LogOutput, ADescriptorThatIsNoneTakesNothing) {
    LogOutput output(-1);
    EXPECT_FALSE(output.write("line\n"));
}

}  // namespace
}  // namespace tidegate::app
