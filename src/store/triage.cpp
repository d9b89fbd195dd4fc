#include "store/triage.h"

#include <fmt/format.h>

#include "store/open_store.h"
#include "store/transaction.h"

namespace flowsift::store {
namespace {

struct ActionRow {
    std::string_view name;
    std::string_view sql;  ///< Changes the alert whose number is bound; no row where it is so already.
};

/// By TriageAction.
constexpr ActionRow kActions[] = {
    {"archive", "UPDATE alerts SET is_archived = 1 WHERE number = ? AND is_archived = 0 RETURNING number"},
    {"reopen", "UPDATE alerts SET is_archived = 0 WHERE number = ? AND is_archived = 1 RETURNING number"},
    {"escalate", "UPDATE alerts SET is_escalated = 1 WHERE number = ? AND is_escalated = 0 RETURNING number"},
    {"deescalate", "UPDATE alerts SET is_escalated = 0 WHERE number = ? AND is_escalated = 1 RETURNING number"},
    {"feedback", "SELECT number FROM alerts WHERE number = ?"},
};

std::string detail_of(const Triage& decision) {
    if (decision.action != TriageAction::kFeedback) return "";
    const std::string word = decision.is_right ? "right" : "wrong";
    return decision.label.empty() ? word : word + ": " + decision.label;
}

base::Result<void> add_feedback(Database& store, std::uint64_t alert, const Triage& decision) {
    auto insert = store.prepare("INSERT INTO feedback (alert, stored, is_right, label, user) VALUES (?, ?, ?, ?, ?)");
    if (!insert) return insert.error();
    insert->bind(static_cast<std::int64_t>(alert)).bind(wall_clock_seconds()).bind(std::int64_t{decision.is_right});
    decision.label.empty() ? insert->bind_null() : insert->bind(std::string_view(decision.label));
    return insert->bind(std::string_view(decision.user)).run();
}

base::Result<std::uint64_t> decide(Database& store, std::span<const std::uint64_t> alerts, const Triage& decision) {
    auto change = store.prepare(kActions[static_cast<std::size_t>(decision.action)].sql);
    if (!change) return change.error();
    std::uint64_t changed = 0;
    for (const std::uint64_t alert : alerts) {
        const auto found = change->bind(static_cast<std::int64_t>(alert)).step();
        if (!found) return found.error();
        change->reset();
        if (!*found) continue;
        ++changed;
        if (decision.action == TriageAction::kFeedback)
            if (auto added = add_feedback(store, alert, decision); !added) return added.error();
        if (auto added = add_history(store, alert, decision.user, to_string(decision.action), detail_of(decision));
            !added)
            return added.error();
    }
    return changed;
}

}  // namespace

std::string_view to_string(TriageAction action) {
    return kActions[static_cast<std::size_t>(action)].name;
}

std::optional<TriageAction> find_triage_action(std::string_view name) {
    for (std::size_t i = 0; i < std::size(kActions); ++i)
        if (kActions[i].name == name) return static_cast<TriageAction>(i);
    return {};
}

base::Result<std::uint64_t> triage(Database& store, std::span<const std::uint64_t> alerts, const Triage& decision) {
    if (alerts.size() > kMostTriaged)
        return base::Error{fmt::format("{} alerts are too many at once; at most {}", alerts.size(), kMostTriaged),
                           base::ErrorKind::kUsage};
    auto transaction = Transaction::begin(store);
    if (!transaction) return transaction.error();
    const auto changed = decide(store, alerts, decision);
    if (!changed) return changed.error();
    if (auto done = transaction->commit(); !done) return done.error();
    return *changed;
}

base::Result<void> add_history(Database& store, std::uint64_t alert, const std::string& user, std::string_view action,
                               const std::string& detail) {
    auto insert = store.prepare("INSERT INTO history (alert, stored, user, action, detail) VALUES (?, ?, ?, ?, ?)");
    if (!insert) return insert.error();
    insert->bind(static_cast<std::int64_t>(alert)).bind(wall_clock_seconds()).bind(std::string_view(user));
    return insert->bind(action).bind(std::string_view(detail)).run();
}

}  // namespace flowsift::store
