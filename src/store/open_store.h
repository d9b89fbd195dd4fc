// The store as everybody opens it who is not its writer. Any thread, one database each.
#pragma once

#include <string>

#include "store/database.h"

namespace flowsift::store {

/// Of the present version, migrated where it is older. Error: no such file, not a store.
base::Result<Database> open_store(const std::string& path);

/// Wall clock, seconds since 1970: by which what is stored ages and mutes expire.
std::int64_t wall_clock_seconds();

}  // namespace flowsift::store
