#pragma once
// The daemon's folder: its own alone, and the words that must hold even if the journal can't be read.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tidegate::app {

/// A folder of the daemon's own, where the journal lies, too. Files are replaced whole or not at all.
/// Thread: one at a time for each kind of word.
class StateFolder {
public:
    /// Makes the folder if it is not there, and keeps others out as long as it lives.
    /// Fails: no permission, no folder, another daemon is in it.
    [[nodiscard]] static Result<StateFolder> open(const std::string& path);
    ~StateFolder();
    StateFolder(StateFolder&& other) noexcept;
    StateFolder& operator=(StateFolder&&) = delete;

    /// An operator said `tidegate watch --now`: who and why, in words; nothing takes it back.
    [[nodiscard]] Result<void> hold_watch(const std::optional<std::string>& words);
    [[nodiscard]] std::optional<std::string> held_watch() const;

    /// What operators ordered about servers behind the edge, as server_orders_text() has it; here and not in
    /// the journal, since a server that was drained must not be given anybody before that is open.
    [[nodiscard]] Result<void> keep_servers(std::string_view orders) const;
    /// Empty: nothing was ever kept.  Fails: it is there and can't be read.
    [[nodiscard]] Result<std::string> kept_servers() const;

    /// Likewise about domains that are moved to a listener of their own, as domain_moves_text() has it.
    [[nodiscard]] Result<void> keep_moves(std::string_view moves) const;
    [[nodiscard]] Result<std::string> kept_moves() const;

    /// What is remembered of those who bring mail, as guard::MailDesk saved it: the journal has no mail.
    [[nodiscard]] Result<void> keep_mail(std::string_view memory) const;
    /// Empty: nothing was ever kept.  Fails: it is there and can't be read.
    [[nodiscard]] Result<std::string> kept_mail() const;

    /// What was told, who was called and who has acknowledged, as tell::memory_text() has it.
    [[nodiscard]] Result<void> keep_alerts(std::string_view memory) const;
    /// Empty: nothing was ever kept.  Fails: it is there and can't be read.
    [[nodiscard]] Result<std::string> kept_alerts() const;
    /// Who wants updates of the public page by e-mail, as tell::status::Subscribers writes it.
    [[nodiscard]] Result<void> keep_subscribers(std::string_view text) const;
    /// Empty: nothing was ever kept.  Fails: it is there and can't be read.
    [[nodiscard]] Result<std::string> kept_subscribers() const;
    /// Seals links in e-mails. Drawn once and kept: the way off the list must outlive a restart.
    /// Fails: can't be read or written.
    [[nodiscard]] Result<std::string> status_key() const;
    /// What the case book knows, under a name of its own (CaseDesk): what customers were told must not be
    /// told again, and does not depend on the journal.
    [[nodiscard]] Result<void> keep_case_text(std::string_view name, std::string_view text) const;
    /// Empty: nothing was ever kept.  Fails: it is there and can't be read.
    [[nodiscard]] Result<std::string> kept_case_text(std::string_view name) const;

    /// What is usual of queues, as mail::queue_memories_text() has it.
    [[nodiscard]] Result<void> keep_queues(std::string_view memories) const;
    /// Empty: nothing was ever kept.  Fails: it is there and can't be read.
    [[nodiscard]] Result<std::string> kept_queues() const;
    /// What was kept and is none of ours lies beside it from now on.
    [[nodiscard]] Result<void> put_queues_aside(std::string_view text) const;

    /// A table of ours stands in the kernel: a daemon that was told meanwhile to leave the firewall alone
    /// knows by that what is to be removed. Where it can't be written, the table stays until its bans end.
    void mark_table(bool stands);
    [[nodiscard]] bool has_table() const;

    /// A daemon runs, and has not ended by itself. True: one before did not get to that end either.
    [[nodiscard]] bool mark_running();
    /// It ends. Who did not get so far as to say that he runs leaves the mark of the one before.
    void mark_ended();

    /// Drawn once and kept: codes that customers were told outlive a restart. Where it can't be read or
    /// written, they do not.
    [[nodiscard]] std::uint64_t code_key() const;

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    StateFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
    [[nodiscard]] std::string file(std::string_view name) const;
    [[nodiscard]] Result<std::string> kept(std::string_view name) const;

    std::string path_;
    int lock_;
    bool is_marked_ = false;  // as running, by us
};

}  // namespace tidegate::app
