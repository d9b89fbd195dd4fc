// What `flowsift adapt` learns from besides the model's own rows: benign traffic and what analysts said of alerts, both
// as rows of the model. One thread.
#pragma once

#include <string>
#include <vector>

#include "app/inputs.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "dataset/table.h"
#include "model/model.h"
#include "store/feedback_list.h"

namespace flowsift::app {

struct BenignInputs {
    dataset::Table table;                       ///< Of the model's schema and classes; every row is benign.
    std::vector<features::FlowIdentity> flows;  ///< Per row.
    std::vector<model::Provenance::Input> files;
    std::vector<std::string> notes;
    bool was_damaged = false;
};

/// Captures or CSVs, measured as `model` wants it: schema, timeouts, checkpoints. Errors: those of load_inputs(); rows
/// cut by other timeouts; a model without a benign class; no row that a stage is for.
base::Result<BenignInputs> load_benign(const model::Model& model, const std::vector<std::string>& paths,
                                       const std::string& filter);

/// Per row, a hash of the address that answers; none where a file does not tell addresses.
std::vector<std::uint64_t> responders_of(const BenignInputs& benign);

struct FeedbackInputs {
    dataset::Table table;                          ///< Of the model's schema and classes, labelled by analysts.
    std::vector<features::FlowIdentity> wrong;     ///< What alerts told of that was benign.
    std::vector<std::uint64_t> right_five_tuples;  ///< What was an attack, as Table::five_tuples.
    std::vector<std::string> notes;                ///< What could not be used and why.
};

/// An alert that was right is of the class that it named, one that was wrong is benign, unless the analyst named a
/// class. `path` may be empty: no feedback. Errors: no store.
base::Result<FeedbackInputs> load_feedback(const model::Model& model, const std::string& path);

/// Per row, whether somebody has vouched for it: an address of it is in `trusted`, or an analyst called an alert wrong
/// that was of one of its hosts and of its service (protocol and port of the destination).
std::vector<bool> vouched_rows(const std::vector<features::FlowIdentity>& flows, const FeedbackInputs& feedback,
                               const std::vector<base::IpPrefix>& trusted);

}  // namespace flowsift::app
