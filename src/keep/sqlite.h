#pragma once
// SQLite's connection and statements as values that close themselves and speak Result.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tidegate::keep {

class Connection;

/// A prepared statement; `?1` is bound by bind(1, ...). Errors of bind() come out of the next step().
/// Thread: that of its connection, which outlives it.  Fails: step(), with the database's file and reason.
class Statement {
public:
    Statement& bind(int at, std::int64_t value);
    Statement& bind(int at, std::uint64_t value) { return bind(at, static_cast<std::int64_t>(value)); }
    Statement& bind(int at, std::string_view text);         // copied
    Statement& bind_bytes(int at, std::string_view bytes);  // must live until the next step() or reset()
    Statement& bind_null(int at);

    /// True: a row is there.
    [[nodiscard]] Result<bool> step();
    /// Runs to the end and makes it ready for another time.
    [[nodiscard]] Result<void> run();
    void reset();

    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] std::uint64_t unsigned_number(int column) const {
        return static_cast<std::uint64_t>(number(column));
    }
    [[nodiscard]] bool is_null(int column) const;
    /// Text or blob, valid until the next step() or reset().
    [[nodiscard]] std::string_view bytes(int column) const;
    [[nodiscard]] std::string text(int column) const { return std::string(bytes(column)); }

private:
    friend class Connection;
    struct Finish {
        void operator()(sqlite3_stmt* statement) const;
    };
    Statement(Connection& connection, sqlite3_stmt* statement)
        : connection_(&connection), statement_(statement) {}

    Connection* connection_;
    std::unique_ptr<sqlite3_stmt, Finish> statement_;
    int bad_ = 0;
};

/// One connection.  Thread: one at a time.  Fails: with file, reason and mend. Not movable: statements point
/// to it.
class Connection {
public:
    enum class Mode : std::uint8_t { read, write };  // write: the file must exist

    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const std::string& path, Mode mode);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    /// One or more statements without rows of interest.
    [[nodiscard]] Result<void> execute(const std::string& sql);
    /// The first column of the only row; 0 where there is none.
    [[nodiscard]] Result<std::int64_t> number(std::string_view sql);
    /// BEGIN IMMEDIATE, `work`, COMMIT; rolled back where anything fails.
    [[nodiscard]] Result<void> transaction(const std::function<Result<void>()>& work);
    /// How long others' locks are waited for.
    void wait_for_locks(std::chrono::milliseconds time);

    [[nodiscard]] std::int64_t last_row() const;
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] const std::string& path() const { return path_; }
    /// The last error was for want of room on the disk (or in a quota).
    [[nodiscard]] bool full() const { return full_; }

private:
    friend class Statement;
    explicit Connection(std::string path) : path_(std::move(path)) {}
    [[nodiscard]] std::unexpected<Error> failed(int code);

    std::string path_;
    sqlite3* database_ = nullptr;
    bool full_ = false;
};

}  // namespace tidegate::keep
