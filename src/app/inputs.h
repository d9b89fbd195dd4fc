// Inputs: labelled data named on the command line, be it CSVs or captures with rules, as one Table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "dataset/load.h"
#include "model/model.h"

namespace CLI {
class App;
}

namespace flowsift::app {

enum class InputKind { kCapture, kCsv, kModel };

/// By content: a model, a capture file (or a compressed one), else CSV. "-" is a capture. Error: a file that cannot be
/// read.
base::Result<InputKind> kind_of_input(const std::string& path);

struct InputOptions {
    std::vector<std::string> paths;
    std::string rules;        ///< Label rules for captures.
    std::string label;        ///< Of every flow of captures, in place of rules; may be empty.
    std::string profile;      ///< For captures; empty: "default", or the model's where there is one.
    std::string filter;       ///< BPF, for captures.
    std::uint64_t depth = 0;  ///< For load_for(): of flows as they stood after so many packets; 0: of whole flows.
    std::vector<features::Checkpoint> checkpoints = {};  ///< Rows of flows that go on as well, as they stood then.
    dataset::LoadOptions load;                           ///< For CSVs; features, schema and merges also for captures.
};

/// Declares the options that every command with labelled data has.
void add_input_options(CLI::App& app, InputOptions& options);

struct Inputs {
    dataset::Table table;
    std::vector<model::Provenance::Input> files;  ///< With their hashes.
    std::vector<std::string> notes;               ///< What was left out and why; for standard error.
    std::vector<features::FlowIdentity> flows;    ///< Per row, where load.keeps_flows asks for them.
    bool was_damaged = false;
};

/// Errors, one sentence each: no such file, captures without rules, CSVs mixed with captures, and those of
/// dataset::load_csv_files.
base::Result<Inputs> load_inputs(const InputOptions& options);

/// Each note on its line of standard error.
void print_notes(const std::vector<std::string>& notes);

/// "a=b" pairs of the command line as (a, b). Error: one without '='.
base::Result<dataset::ClassMerges> parse_merges(const std::vector<std::string>& pairs);

}  // namespace flowsift::app
