// The line from files to a fold, with steps of known cost: what the pipeline itself costs, what a second
// thread gains, and look-ups in AS tables and block lists.
//
//   observe_bench FILE [ROUNDS]     one thread, two threads and two copies side by side, interleaved

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "observe/as_table.h"
#include "observe/pipeline.h"
#include "wire/log/parser.h"

namespace {

using namespace tidegate;

double seconds_of(const std::function<void()>& what) {
    const auto start = std::chrono::steady_clock::now();
    what();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double cpu_seconds() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    const auto of = [](const timeval& it) {
        return static_cast<double>(it.tv_sec) + 1e-6 * static_cast<double>(it.tv_usec);
    };
    return of(use.ru_utime) + of(use.ru_stime);
}

/// A fold of about the judge's weight: ten cache lines of a table an event.
class Table {
public:
    void fold(const Event& event) {
        std::uint64_t at = event.address.low();
        for (int i = 0; i < 10; ++i) {
            at = at * 0x9e3779b97f4a7c15 + 1;
            lines_[(at >> 40) % lines_.size()] += event.attempts;
        }
    }

private:
    std::vector<std::uint64_t> lines_ = std::vector<std::uint64_t>(std::size_t{1} << 23);
};

void replay(const std::string& file, unsigned threads) {
    observe::Input input;
    input.files = {file};
    input.threads = threads;
    Table table;
    std::uint64_t tallied = 0;
    observe::Steps steps;
    steps.prepare = [](observe::Work& work) {
        work.knocks.resize(work.batch.events.size());
        for (std::size_t i = 0; i < work.knocks.size(); ++i)
            work.knocks[i].account = std::hash<std::string_view>{}(work.batch.events[i].account);
    };
    steps.fold = [&](observe::Work& work) {
        for (const Event& event : work.batch.events) table.fold(event);
    };
    steps.tally = [&](observe::Work& work) {
        for (const auto& knock : work.knocks) tallied += knock.account & 1;
    };
    if (!observe::run(input, steps)) std::abort();
}

/// The parser alone, chunk by chunk from memory, with a fresh batch for each as the pipeline has.
void parse_alone(const std::string& text) {
    const auto parser = wire::LogParser::create({.anchor = {}, .zone = "UTC"});
    const auto cursor = parser->cursor();
    EventBatch batch;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(text.size(), at + (std::size_t{256} << 10));
        end = end == text.size() ? end : text.rfind('\n', end) + 1;
        batch.clear();
        (void)parser->parse(std::string_view(text).substr(at, end - at), 1, "f", *cursor, batch);
        at = end;
    }
}

double two_copies(const std::string& file) {
    return seconds_of([&] {
        for (int i = 0; i < 2; ++i)
            if (::fork() == 0) {
                replay(file, 1);
                ::_exit(0);
            }
        while (::wait(nullptr) > 0) {
        }
    });
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void measure_line(const std::string& file, int rounds) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto lines = static_cast<double>(std::ranges::count(text, '\n'));
    std::vector<double> parser, one, one_cpu, gain;
    for (int i = 0; i < rounds; ++i) {
        const double cpu_before = cpu_seconds();
        parse_alone(text);
        const double cpu_between = cpu_seconds();
        const double alone = seconds_of([&] { replay(file, 1); });
        const double cpu_after = cpu_seconds();
        const double together = seconds_of([&] { replay(file, 2); });
        const double copies = two_copies(file);
        parser.push_back(cpu_between - cpu_before);
        one_cpu.push_back(cpu_after - cpu_between);
        one.push_back(alone);
        gain.push_back((alone / together) / (2 * alone / copies));
    }
    std::printf("parser alone      %9.0f lines/s of CPU\n", lines / median(parser));
    std::printf("line, one thread  %9.0f lines/s of CPU, %.0f lines/s\n", lines / median(one_cpu),
                lines / median(one));
    std::printf("two threads reach %.3f of what two copies reach (median of %d)\n", median(gain), rounds);
}

void measure_look_ups() {
    std::mt19937 random(1);
    std::string rows;
    for (std::uint32_t i = 0; i < 400'000; ++i) {
        const Address first = Address::v4(i * 10'737);
        rows += first.text() + '\t' + Address::v4(i * 10'737 + 10'736 - i % 5).text() + '\t' +
                std::to_string(1 + i % 60'000) + "\tZZ\tx\n";
    }
    const auto table = observe::AsTable::parse(rows, "rows");
    std::vector<Address> asked;
    for (int i = 0; i < 4'000'000; ++i) asked.push_back(Address::v4(static_cast<std::uint32_t>(random())));
    std::uint64_t found = 0;
    const double before = cpu_seconds();
    for (const Address address : asked) found += table->number(address) != 0;
    const double took = cpu_seconds() - before;
    std::printf("AS look-up        %9.1f ns of CPU (400,000 ranges, random addresses, %.2f of them found)\n",
                took * 1e9 / static_cast<double>(asked.size()),
                static_cast<double>(found) / static_cast<double>(asked.size()));
}

}  // namespace

int main(int argc, char** argv) {
    measure_look_ups();
    if (argc > 1) measure_line(argv[1], argc > 2 ? std::atoi(argv[2]) : 5);
}
