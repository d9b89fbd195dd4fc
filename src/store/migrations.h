// Migrations: the one table of the steps that bring a store of any past version to the present one. The version is
// SQLite's user_version; 0 is an empty file.
#pragma once

#include <span>

#include "store/database.h"

namespace flowsift::store {

/// What makes version N + 1 of version N is at place N. Rows are only ever added.
std::span<const char* const> migrations();

/// Runs, each in a transaction of its own, the steps that are missing. Error: a store of a later version than this
/// program knows, no store of flowsift.
base::Result<void> migrate(Database& database);

}  // namespace flowsift::store
