#include "store/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

#include "store/wildcard.h"

namespace flowsift::store {
namespace {

/// How long a reader (`flowsift alerts`) or a second writer (`flowsift feedback`) waits for the other.
constexpr int kBusyMilliseconds = 5'000;

std::string_view text_of(sqlite3_value* value) {
    const auto* text = static_cast<const char*>(sqlite3_value_blob(value));
    return text ? std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(value))) : std::string_view();
}

/// matches(pattern, text): as filters have it; NULL is an empty text.
void matches(sqlite3_context* context, int, sqlite3_value** arguments) {
    sqlite3_result_int(context, matches_wildcard(text_of(arguments[0]), text_of(arguments[1])) ? 1 : 0);
}

}  // namespace

void Statement::Finalizer::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement& Statement::bind(std::int64_t number) {
    sqlite3_bind_int64(statement_.get(), ++bound_, number);
    return *this;
}

Statement& Statement::bind(double number) {
    sqlite3_bind_double(statement_.get(), ++bound_, number);
    return *this;
}

Statement& Statement::bind(std::string_view text) {
    sqlite3_bind_text64(statement_.get(), ++bound_, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(std::span<const std::uint8_t> blob) {
    sqlite3_bind_blob64(statement_.get(), ++bound_, blob.data(), blob.size(), SQLITE_TRANSIENT);
    return *this;
}

base::Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    const std::string reason = code == SQLITE_DONE ? "" : sqlite3_errmsg(sqlite3_db_handle(statement_.get()));
    reset();
    if (code == SQLITE_DONE) return false;
    return base::Error{reason};
}

base::Result<void> Statement::run() {
    const auto stepped = step();
    reset();
    if (!stepped) return stepped.error();
    return {};
}

void Statement::reset() {
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    bound_ = 0;
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string_view Statement::text(int column) const {
    const unsigned char* text = sqlite3_column_text(statement_.get(), column);
    if (!text) return {};
    return {reinterpret_cast<const char*>(text),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::span<const std::uint8_t> Statement::blob(int column) const {
    const void* blob = sqlite3_column_blob(statement_.get(), column);
    if (!blob) return {};
    return {static_cast<const std::uint8_t*>(blob),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

void Database::Closer::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

base::Result<Database> Database::open(const std::string& path, Access access) {
    const int flags = access == Access::kWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(path, handle);
    if (code != SQLITE_OK) return database.error("cannot open the store");
    sqlite3_busy_timeout(handle, kBusyMilliseconds);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_create_function_v2(handle, "matches", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, matches, nullptr,
                               nullptr, nullptr);
    // FULL: a commit is on the disk itself, so that what was acknowledged survives a loss of power as well.
    const auto set = database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    if (!set) return database.error("cannot open the store");
    return database;
}

base::Result<void> Database::execute(const char* sql) {
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return error("the store failed");
}

base::Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    if (code != SQLITE_OK) return error("the store failed");
    Statement statement;
    statement.statement_.reset(handle);
    return statement;
}

base::Result<std::int64_t> Database::number(std::string_view sql) {
    auto statement = prepare(sql);
    if (!statement) return statement.error();
    const auto stepped = statement->step();
    if (!stepped) return stepped.error();
    return *stepped ? statement->number(0) : 0;
}

bool Database::is_in_transaction() const {
    return sqlite3_get_autocommit(database_.get()) == 0;
}

std::int64_t Database::last_row() const {
    return sqlite3_last_insert_rowid(database_.get());
}

base::Error Database::error(std::string_view what) const {
    return base::Error{fmt::format("{}: {} ({})", what, path_, sqlite3_errmsg(database_.get()))};
}

}  // namespace flowsift::store
