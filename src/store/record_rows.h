// RecordRows: flows, alerts and the growth of episodes as rows of the store's tables: one prepared statement for each
// kind of row. Owned by the writer; its thread; within the writer's transactions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detect/episode.h"
#include "features/schema.h"
#include "store/database.h"
#include "store/row_kind.h"

namespace flowsift::store {

/// Copies: what waits to be written outlives whoever gave it.
struct FlowRecord {
    flow::FlowIdentity flow;
    bool has_verdict = false, is_novel = false;
    std::uint16_t class_index = 0;
    float probability = 0;
    std::uint64_t alert = 0;
    features::Application application = features::Application::kNone;
    std::string name;
};

struct ReasonRecord {
    std::string feature;
    detect::Reason reason;  ///< Without its name, which is a view.
};

struct AlertRecord {
    std::uint64_t number = 0;
    flow::FlowIdentity flow;
    float probability = 0;
    detect::Severity severity = detect::Severity::kMedium;
    std::string label, technique, model_hash, capture, name;
    features::Application application = features::Application::kNone;
    detect::CaptureLoss loss;
    std::vector<ReasonRecord> reasons;
    std::uint64_t depth = 0;           ///< detect::Alert::depth.
    std::vector<std::uint8_t> values;  ///< As in the store; empty: not kept.
};

/// Feature values that are kept beside what they are of.
struct KeptRows {
    const features::Schema* flows = nullptr;  ///< Of all flows; nullptr: none.
    std::optional<RowKind> alerts = {};       ///< Of the flows that alerts tell of.
};

class RecordRows {
  public:
    /// `database` must outlive it.
    explicit RecordRows(Database& database) : database_(database) {}

    /// `classes`: by class index.
    base::Result<void> prepare(std::span<const std::string> classes, const KeptRows& kept);

    /// Row of `labels`; 0: no verdict.
    std::int64_t label_row(const FlowRecord& record) const;

    /// `now`: wall clock, seconds. `values`: of the schema; empty: none are kept.
    base::Result<void> write(const FlowRecord& record, std::span<const float> values, std::int64_t now);
    base::Result<void> write(const AlertRecord& record, std::int64_t now);
    base::Result<void> write(const detect::Episode& episode);

  private:
    base::Result<void> prepare_statements();
    base::Result<void> write_reasons(const AlertRecord& record);
    base::Result<std::int64_t> row_of(const char* table, const char* column, const std::string& text);

    Database& database_;
    Statement insert_flow_, insert_features_, insert_alert_, insert_values_, insert_reason_, update_alert_;
    std::vector<std::int64_t> label_rows_;  ///< By class index.
    std::int64_t schema_row_ = 0, kind_row_ = 0;
};

}  // namespace flowsift::store
