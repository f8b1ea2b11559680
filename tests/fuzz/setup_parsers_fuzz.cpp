// A machine on which every tool says whatever the input says. The parsers and all that
// comes behind the parsers runs too: survey, proposal and audit must end, and print nothing that moves a
// terminal.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/check.h"
#include "setup/audit.h"
#include "setup/proposal.h"
#include "setup/words.h"

namespace {

using namespace tidegate;
using namespace tidegate::setup;

class OddMachine final : public Machine {
public:
    // The parts of the input, cut at 0xff, are what the tools say in turn.
    explicit OddMachine(std::string_view input) : input_(input) {}

    Result<Ran> run(const std::vector<std::string>& command) override {
        std::string& said = told_[command.front() + " " + command.back()];
        if (said.empty()) {
            const auto end = input_.find('\xff');
            said = input_.substr(0, end);
            input_.remove_prefix(end == std::string_view::npos ? input_.size() : end + 1);
        }
        return Ran{.status = 0, .out = said, .err = {}};
    }
    bool has_program(const std::string&) override { return true; }
    Result<std::string> read(const std::string&) override { return std::string(input_); }
    std::string tail(const std::string&, std::size_t bytes) override {
        return std::string(input_.substr(0, bytes));
    }
    std::optional<FileFacts> look(const std::string& path) override {
        FileFacts facts;
        facts.inode = std::hash<std::string>{}(path) % 4;
        return facts.inode == 3 ? std::nullopt : std::optional(facts);
    }
    bool has_journal() override { return !input_.empty(); }
    Time now() override { return {}; }

private:
    std::string_view input_;
    std::map<std::string, std::string> told_;
};

void check_printable(std::string_view text) {
    for (const char c : text) CHECK(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    OddMachine machine(std::string_view(reinterpret_cast<const char*>(data), size));
    const Survey found = survey(machine);
    const Secrets secrets{.nonce = "n", .dovecot_key = "d", .nginx_key = "x"};
    const Proposal proposal = propose(found, secrets);
    check_printable(text(proposal));
    check_printable(proposal.configuration);
    const Ours ours{.file = "/etc/tidegate/tidegate.toml",
                    .acts = size % 2 == 0,
                    .doors = {{DoorKind::auth_policy, "127.0.0.1:4080", "d", true},
                              {DoorKind::postfix_policy, "unix:/run/tidegate/policy.sock", "", false},
                              {DoorKind::nginx_auth, "[::1]:4082", "x", true}},
                    .follows = {{"/var/log/mail.log"}, {""}},
                    .forwarders = {}};
    check_printable(text(audit(machine, found, ours, [](const OurDoor&) { return Result<void>{}; })));
    check_printable(text(propose(found, secrets, ours)));
    return 0;
}
