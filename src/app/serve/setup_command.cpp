// tidegate setup and audit: what the mail servers must be told, and whether they were.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/commands.h"
#include "app/output.h"
#include "config/settings.h"
#include "setup/audit.h"
#include "setup/ours.h"
#include "setup/proposal.h"
#include "setup/real_machine.h"
#include "setup/survey.h"
#include "setup/write_once.h"

namespace tidegate::app {
namespace {

struct Options {
    std::string config = "/etc/tidegate/tidegate.toml";
    std::string folder;  // of state and control socket; empty: the system's
    bool write = false;
};

setup::Places places_in(const std::string& folder) {
    if (folder.empty()) return {};
    const auto whole = std::filesystem::absolute(folder).lexically_normal();
    return {.state = (whole / "state").string(), .control = (whole / "control.sock").string()};
}

setup::Ours ours_of(const std::string& file, const config::Settings& settings) {
    setup::Ours ours;
    ours.file = file;
    ours.acts = settings.serve.acts;
    for (const config::Door& door : settings.doors)
        ours.doors.push_back(
            {static_cast<setup::DoorKind>(door.kind), door.listen, door.key, door.fails_open});
    ours.watches_queues = !settings.queues.empty();
    for (const config::Follow& follow : settings.follows) ours.follows.push_back({follow.file});
    for (const config::Forwarder& forwarder : settings.forwarders)
        if (forwarder.network) ours.forwarders.push_back(*forwarder.network);
    return ours;
}

/// The configuration that is there. Nothing: none is. Says what is wrong with it.
std::optional<setup::Ours> ours_at(const std::string& file, bool& broken) {
    broken = false;
    if (!std::filesystem::exists(file)) return std::nullopt;
    const auto loaded = config::load(file);
    for (const Error& error : loaded.errors) say(error);
    broken = !loaded.errors.empty();
    return ours_of(file, loaded.settings);
}

int write(const Options& options, const setup::Proposal& proposal, Output& out) {
    if (!options.write || proposal.configuration.empty()) return all_well;
    const auto written =
        setup::write_once(options.config, proposal.configuration, setup::group_number("tidegate"));
    if (!written) {
        say(written.error());
        return bad_input;
    }
    out.write(*written ? fmt::format("\n{}: written\n", options.config)
                       : fmt::format("\n{}: there already, left as it is\n", options.config));
    return all_well;
}

/// Keys that nobody keeps must not get into a configuration.
Result<setup::Secrets> not_drawn() {
    const std::string place = "DRAWN-WITH---write";
    return setup::Secrets{.nonce = place, .dovecot_key = place, .nginx_key = place};
}

int propose(const Options& options) {
    bool broken = false;
    const auto there = ours_at(options.config, broken);
    if (broken) return bad_input;
    const bool looks_only = !there && !options.write;
    const auto secrets = looks_only ? not_drawn() : setup::draw_secrets();
    if (!secrets) {
        say(secrets.error());
        return bad_input;
    }
    setup::RealMachine machine;
    const setup::Survey found = setup::survey(machine);
    const setup::Proposal proposal = setup::propose(found, *secrets, there, places_in(options.folder));
    Output out(1);
    out.write(setup::text(proposal));
    if (looks_only)
        out.write(
            fmt::format("\nNothing was written. `tidegate setup --write` writes {}, and prints these lines "
                        "with its keys:\n\n{}",
                        options.config, proposal.configuration));
    const int status = write(options, proposal, out);
    if (!out.flush()) {
        say(out.error());
        return bad_input;
    }
    return status;
}

int audit(const Options& options) {
    bool broken = false;
    const auto there = ours_at(options.config, broken);
    if (!there) {
        say(Error{options.config, 0, "there is no configuration",
                  "`tidegate setup --write` makes a first one"});
        return bad_input;
    }
    setup::RealMachine machine;
    const setup::Findings findings = setup::audit(machine, setup::survey(machine), *there);
    Output out(1);
    out.write(setup::text(findings));
    if (!out.flush()) {
        say(out.error());
        return bad_input;
    }
    const bool wrong = std::ranges::any_of(
        findings, [](const setup::Finding& each) { return each.severity > setup::Severity::note; });
    return broken ? bad_input : wrong ? found_wrong : all_well;
}

}  // namespace

void add_setup(CLI::App& program, int& status) {
    auto proposing = std::make_shared<Options>();
    auto* setup_command =
        program.add_subcommand("setup", "Finds the mail servers here and prints what they must be told");
    setup_command->add_option("--config", proposing->config, "Where Tidegate's own settings are, or will be")
        ->type_name("FILE")
        ->capture_default_str();
    setup_command
        ->add_option("--state-in", proposing->folder,
                     "A folder for state and control socket, instead of the system's: for trying it")
        ->type_name("FOLDER");
    setup_command->add_flag("--write", proposing->write, "Write that file, if there is none yet");
    setup_command->footer(
        "Asks the mail servers' own tools (doveconf, postconf, nginx -T, exim -bP) and changes none of their "
        "files.\n"
        "Exit status: 0, or 2 for bad usage or what could not be written.");
    setup_command->callback([proposing, &status] { status = propose(*proposing); });
    auto auditing = std::make_shared<Options>();
    auto* audit_command =
        program.add_subcommand("audit", "Checks that the mail servers here really ask Tidegate");
    audit_command->add_option("--config", auditing->config, "Tidegate's own settings")
        ->type_name("FILE")
        ->capture_default_str();
    audit_command->footer("Exit status: 0 nothing wrong, 1 something is, 2 bad usage or no configuration.");
    audit_command->callback([auditing, &status] { status = audit(*auditing); });
}

}  // namespace tidegate::app
