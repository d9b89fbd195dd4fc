// Database and Statement: SQLite behind Result, each handle closed by its owner. One thread each.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace flowsift::store {

class Database;

/// A prepared statement: bind what its `?` stand for, in their order, then step.
class Statement {
  public:
    Statement() = default;

    Statement& bind(std::int64_t number);
    Statement& bind(double number);
    Statement& bind(std::string_view text);
    Statement& bind(std::span<const std::uint8_t> blob);
    Statement& bind_null() { return ++bound_, *this; }

    /// The next row: true; no more: false, and the statement can be bound anew.
    base::Result<bool> step();
    /// For what gives no rows.
    base::Result<void> run();
    void reset();

    /// Of the row at hand, by column from 0. Views are valid until the next step().
    std::int64_t number(int column) const;
    double real(int column) const;
    bool is_null(int column) const;
    std::string_view text(int column) const;
    std::span<const std::uint8_t> blob(int column) const;

  private:
    friend class Database;
    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const;
    };

    std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
    int bound_ = 0;
};

class Database {
  public:
    enum class Access : std::uint8_t { kRead, kWrite };

    /// kWrite creates the file where there is none, in write-ahead mode. Error: no SQLite file, no permission.
    static base::Result<Database> open(const std::string& path, Access access);

    /// Statements without results, divided by ';'.
    base::Result<void> execute(const char* sql);
    base::Result<Statement> prepare(std::string_view sql);

    /// The one number that `sql` gives; 0 where it gives none.
    base::Result<std::int64_t> number(std::string_view sql);

    /// Whether a transaction is open: some failures end it (disk full).
    bool is_in_transaction() const;
    std::int64_t last_row() const;
    const std::string& path() const { return path_; }

    /// The reason of the latest failure, with the file's name.
    base::Error error(std::string_view what) const;

  private:
    struct Closer {
        void operator()(sqlite3* database) const;
    };

    Database(std::string path, sqlite3* database) : path_(std::move(path)), database_(database) {}

    std::string path_;
    std::unique_ptr<sqlite3, Closer> database_;
};

}  // namespace flowsift::store
