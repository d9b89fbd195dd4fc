// What people ask the store, and tell it: its alerts, and whether they were right. Works beside a writer in another
// process. Any thread, one database each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "detect/alert.h"
#include "store/database.h"

namespace flowsift::store {

struct StoredAlert {
    std::uint64_t number = 0;
    base::Nanoseconds first = 0;
    base::Nanoseconds last = 0;
    detect::Severity severity = detect::Severity::kMedium;
    std::string label;
    double probability = 0;
    base::IpAddress source;
    base::IpAddress destination;
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::uint8_t protocol = 0;
    std::uint64_t flows = 0;
    std::optional<bool> is_right;  ///< The latest word of an analyst; empty: none was given.
    std::string right_label;       ///< What it was, if the analyst said so.
};

/// Of the present version, migrated where it is older. Error: no such file, not a store.
base::Result<Database> open_store(const std::string& path);

/// The newest first, at most `most`.
base::Result<std::vector<StoredAlert>> list_alerts(Database& store, std::uint64_t most);

/// On disk when it returns. `label`: what the alert really was; empty: not said. Error: there is no such alert.
base::Result<void> add_feedback(Database& store, std::uint64_t alert, bool is_right, const std::string& label);

}  // namespace flowsift::store
