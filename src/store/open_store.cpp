#include "store/open_store.h"

#include <chrono>

#include "store/migrations.h"

namespace flowsift::store {

base::Result<Database> open_store(const std::string& path) {
    auto store = Database::open(path, Database::Access::kRead);
    if (!store) return store.error();
    if (const auto migrated = migrate(*store); !migrated) return migrated.error();
    return store;
}

std::int64_t wall_clock_seconds() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace flowsift::store
