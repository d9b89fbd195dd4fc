// Triage: what analysts decide about alerts. Every decision is a row of the alert's history. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "store/database.h"

namespace flowsift::store {

enum class TriageAction : std::uint8_t { kArchive, kReopen, kEscalate, kDeescalate, kFeedback };

/// "archive", "reopen", "escalate", "deescalate", "feedback".
std::string_view to_string(TriageAction action);
std::optional<TriageAction> find_triage_action(std::string_view name);

struct Triage {
    TriageAction action = TriageAction::kArchive;
    std::string user;
    bool is_right = false;   ///< kFeedback: it was what the alert says.
    std::string label = {};  ///< kFeedback: what it really was; empty: not said.
};

inline constexpr std::size_t kMostTriaged = 10'000;  ///< Alerts at once.

/// In one transaction, on disk when it returns. How many alerts it changed: those that there are and that were not
/// so before; each word of kFeedback is a change. Error: too many, the store is not to be written.
base::Result<std::uint64_t> triage(Database& store, std::span<const std::uint64_t> alerts, const Triage& decision);

/// Within a transaction: one more row of the alert's history.
base::Result<void> add_history(Database& store, std::uint64_t alert, const std::string& user, std::string_view action,
                               const std::string& detail);

}  // namespace flowsift::store
