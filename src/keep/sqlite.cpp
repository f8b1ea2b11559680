#include "keep/sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <utility>

#include "base/check.h"

namespace tidegate::keep {
namespace {

constexpr int primary(int code) {
    return code & 0xff;
}

const char* mend_of(int code) {
    switch (primary(code)) {
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            return "move it away, or put a backup in its place (docs/journal.md)";
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return "another program has it open for writing: end that one first";
        case SQLITE_FULL:
            return "make room on its file system, or lower the journal's size";
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
            return "its folder and it must belong to the user that Tidegate runs as";
        case SQLITE_IOERR:
            return "look into the kernel's log for errors of the disk";
        default:
            return "";
    }
}

}  // namespace

void Statement::Finish::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement& Statement::bind(int at, std::int64_t value) {
    bad_ |= sqlite3_bind_int64(statement_.get(), at, value);
    return *this;
}

Statement& Statement::bind(int at, std::string_view text) {
    bad_ |= sqlite3_bind_text64(statement_.get(), at, text.empty() ? "" : text.data(), text.size(),
                                SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind_bytes(int at, std::string_view bytes) {
    bad_ |= sqlite3_bind_blob64(statement_.get(), at, bytes.data(), bytes.size(), SQLITE_STATIC);
    return *this;
}

Statement& Statement::bind_null(int at) {
    bad_ |= sqlite3_bind_null(statement_.get(), at);
    return *this;
}

Result<bool> Statement::step() {
    if (bad_ != 0) return connection_->failed(std::exchange(bad_, 0));
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    auto error = connection_->failed(code);
    reset();
    return error;
}

Result<void> Statement::run() {
    for (;;) {
        const auto row = step();
        if (!row) return std::unexpected(row.error());
        if (!*row) break;
    }
    reset();
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string_view Statement::bytes(int column) const {
    const void* start = sqlite3_column_blob(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return start == nullptr ? std::string_view{} : std::string_view(static_cast<const char*>(start), size);
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Mode mode) {
    std::unique_ptr<Connection> connection(new Connection(path));
    const int way = mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    const int code = sqlite3_open_v2(path.c_str(), &connection->database_,
                                     way | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    if (code != SQLITE_OK) return connection->failed(code);
    connection->wait_for_locks(std::chrono::seconds(1));
    return connection;
}

Connection::~Connection() {
    sqlite3_close_v2(database_);
}

Result<Statement> Connection::prepare(std::string_view sql) {
    sqlite3_stmt* made = nullptr;
    const int code = sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()), &made, nullptr);
    if (code != SQLITE_OK) return failed(code);
    return Statement(*this, made);
}

Result<void> Connection::execute(const std::string& sql) {
    const int code = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return failed(code);
    return {};
}

Result<std::int64_t> Connection::number(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return std::unexpected(statement.error());
    const auto row = statement->step();
    if (!row) return std::unexpected(row.error());
    return *row ? statement->number(0) : 0;
}

Result<void> Connection::transaction(const std::function<Result<void>()>& work) {
    if (auto begun = execute("BEGIN IMMEDIATE"); !begun) return begun;
    auto done = work();
    if (done) done = execute("COMMIT");
    // Some errors have rolled back already; that this one then fails says nothing.
    if (!done && sqlite3_get_autocommit(database_) == 0)
        sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
    return done;
}

void Connection::wait_for_locks(std::chrono::milliseconds time) {
    sqlite3_busy_timeout(database_, static_cast<int>(time.count()));
}

std::int64_t Connection::last_row() const {
    return sqlite3_last_insert_rowid(database_);
}

std::int64_t Connection::changes() const {
    return sqlite3_changes64(database_);
}

std::unexpected<Error> Connection::failed(int code) {
    CHECK(primary(code) != SQLITE_MISUSE && primary(code) != SQLITE_RANGE);
    const int cause = database_ == nullptr ? 0 : sqlite3_system_errno(database_);
    const bool no_room = primary(code) == SQLITE_IOERR && (cause == ENOSPC || cause == EDQUOT);
    full_ = primary(code) == SQLITE_FULL || no_room;
    const char* what = database_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database_);
    return std::unexpected(Error{path_, 0, what, mend_of(full_ ? SQLITE_FULL : code)});
}

}  // namespace tidegate::keep
