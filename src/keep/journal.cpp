#include "keep/journal.h"

#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "keep/checkpoint.h"

namespace tidegate::keep {

Result<std::unique_ptr<Journal>> Journal::open(const std::string& folder, WriterOptions options) {
    CHECK(options.clock != nullptr);
    if (auto made = make_folder(folder); !made) return std::unexpected(made.error());
    auto lock = lock_file(folder + "/journal.lock");
    if (!lock) return std::unexpected(lock.error());
    auto store = Store::open(database_in(folder));
    if (!store) return std::unexpected(store.error());
    // What a crash left of checkpoints.
    if (auto tidy = remove_old_checkpoints((*store)->connection(), folder); !tidy)
        return std::unexpected(tidy.error());
    return std::unique_ptr<Journal>(
        new Journal(folder, std::move(*lock), std::move(*store), std::move(options)));
}

Result<void> Journal::save_checkpoint(std::uint64_t sequence, std::string_view bytes) {
    CHECK(sequence <= writer_.standing().last);
    const std::unique_lock lock(upkeep_);
    // Its row must not say that it covers what the disk does not have.
    if (auto written = writer_.flush(); !written) return written;
    CheckpointRow row{.sequence = sequence, .bytes = bytes.size(), .written = writer_.now()};
    row.file = "checkpoint-" + std::to_string(sequence) + "-" + std::to_string(micros(row.written));
    row.checksum = hash_bytes(bytes, checkpoint_seed);
    // Written here: the writer's thread has commits to make in the meantime.
    if (auto written = write_durably(folder_ + "/" + row.file, bytes); !written) return written;
    return writer_.run_if_written([&](Store& store) -> Result<void> {
        if (auto inserted = insert_checkpoint(store.connection(), row); !inserted) return inserted;
        return remove_old_checkpoints(store.connection(), folder_);
    });
}

Result<std::uint64_t> Journal::add_exemption(Exemption exemption) {
    const bool allow = exemption.effect == Effect::allow;
    Deed deed{.time = exemption.created,
              .author = exemption.author,
              .action = allow ? "allow" : "deny",
              .subject = exemption.subject,
              .reason = exemption.reason};
    const auto done = writer_.run([&](Store& store) {
        return store.connection().transaction([&]() -> Result<void> {
            if (auto put = insert_exemption(store.connection(), exemption); !put) return put;
            deed.detail = "{\"exception\":" + std::to_string(exemption.id) + "}";
            return insert_deed(store.connection(), deed);
        });
    });
    if (!done) return std::unexpected(done.error());
    return exemption.id;
}

Result<Exemption> Journal::lift_exemption(std::uint64_t id, const std::string& author,
                                          const std::string& reason) {
    const Time now = writer_.now();
    Exemption lifted;
    const auto done = writer_.run([&](Store& store) {
        return store.connection().transaction([&]() -> Result<void> {
            auto marked = mark_lifted(store.connection(), id, now, author);
            if (!marked) return std::unexpected(marked.error());
            lifted = std::move(*marked);
            Deed deed{.time = now,
                      .author = author,
                      .action = "lift",
                      .subject = lifted.subject,
                      .reason = reason,
                      .detail = "{\"exception\":" + std::to_string(id) + "}"};
            return insert_deed(store.connection(), deed);
        });
    });
    if (!done) return std::unexpected(done.error());
    return lifted;
}

Result<std::uint64_t> Journal::record(Deed deed) {
    const auto done = writer_.run([&](Store& store) { return insert_deed(store.connection(), deed); });
    if (!done) return std::unexpected(done.error());
    return deed.id;
}

Result<void> Journal::close() {
    const std::unique_lock lock(upkeep_);
    auto closed = writer_.close();
    lock_ = OpenFile();
    return closed;
}

}  // namespace tidegate::keep
