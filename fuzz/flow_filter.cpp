// Any bytes as a filter of flows and of alerts: what parses must be SQL that SQLite prepares, with as many places as
// values; what does not says why, with a column within the text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/filter.h"
#include "store/migrations.h"

namespace {

using namespace flowsift;

store::Database& empty_store() {
    static auto database = store::Database::open(":memory:", store::Database::Access::kWrite);
    static const bool is_made = database.ok() && store::migrate(*database).ok();
    if (!is_made) std::abort();
    return *database;
}

void check(std::string_view text, store::Records records, const char* table) {
    std::size_t at = 0;
    const auto filter = store::parse_filter(text, records, &at);
    if (!filter) {
        if (filter.error().message.empty() || at == 0 || at > text.size() + 1) std::abort();
        return;
    }
    auto statement =
        empty_store().prepare("SELECT count(*) FROM " + std::string(table) + " WHERE 1" + filter->and_where());
    if (!statement) std::abort();
    filter->bind(*statement);
    if (const auto found = statement->step(); !found || !*found) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(text, store::Records::kFlows, "flows");
    check(text, store::Records::kAlerts, "alerts");
    return 0;
}
