// Transaction: what is written from begin() to commit() is there as a whole or not at all. Rolled back where it was not
// committed. One thread; the database must outlive it.
#pragma once

#include <utility>

#include "store/database.h"

namespace flowsift::store {

class Transaction {
  public:
    /// Waits for another writer some seconds. Error: it went on for longer.
    static base::Result<Transaction> begin(Database& database) {
        if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return begun.error();
        return Transaction(database);
    }

    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    Transaction(const Transaction&) = delete;
    ~Transaction() {
        if (database_ && database_->is_in_transaction()) static_cast<void>(database_->execute("ROLLBACK").ok());
    }

    base::Result<void> commit() {
        auto committed = database_->execute("COMMIT");
        if (committed) database_ = nullptr;
        return committed;
    }

  private:
    explicit Transaction(Database& database) : database_(&database) {}

    Database* database_;
};

}  // namespace flowsift::store
