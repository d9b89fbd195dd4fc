#include "app/inputs.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numeric>

#include "app/extraction.h"
#include "app/stop_signal.h"
#include "base/hash.h"
#include "base/progress_bar.h"
#include "base/terminal.h"
#include "dataset/label_rules.h"
#include "model/model_file.h"

namespace flowsift::app {
namespace {

/// First bytes of pcap (four ways), pcapng, gzip and zstd files.
constexpr std::string_view kCaptureMagics[] = {
    {"\xd4\xc3\xb2\xa1", 4}, {"\xa1\xb2\xc3\xd4", 4}, {"\x4d\x3c\xb2\xa1", 4},
    {"\xa1\xb2\x3c\x4d", 4}, {"\x34\xcd\xb2\xa1", 4}, {"\xa1\xb2\xcd\x34", 4},
    {"\x0a\x0d\x0d\x0a", 4}, {"\x1f\x8b", 2},         {"\x28\xb5\x2f\xfd", 4},
};

/// Labels the flows of captures, by rules or all alike, and gathers them in a table.
class LabellingListener : public CaptureListener {
  public:
    /// `rules`: nullptr where all flows bear options.label. Both must outlive the listener.
    LabellingListener(const dataset::LabelRules* rules, const InputOptions& options, dataset::TableBuilder& builder)
        : rules_(rules), options_(options), builder_(builder) {}

    void on_capture(const std::string& name) override {
        capture_ = name;
        builder_.begin_source(name);
    }

    void on_flow_ended(const features::FlowRow& row) override { add(row, 0); }
    void on_checkpoint(const features::FlowRow& row) override {
        add(row, row.identity.forward_packets + row.identity.backward_packets);
    }

    std::uint64_t unlabelled() const { return unlabelled_; }
    const base::Result<void>& full() const { return full_; }
    std::vector<features::FlowIdentity> take_flows() { return std::move(flows_); }

  private:
    const std::string* label_of(const features::FlowRow& row) const {
        if (!rules_) return &options_.label;
        const auto label = rules_->label_of(capture_, row.identity);
        return label ? &rules_->labels()[*label] : nullptr;
    }

    void add(const features::FlowRow& row, std::uint64_t depth) {
        const std::string* label = label_of(row);
        if (!label) {
            unlabelled_ += depth == 0 ? 1 : 0;
        } else if (full_.ok()) {
            full_ = builder_.add_row(row, *label, depth);
            if (options_.load.keeps_flows && full_.ok()) flows_.push_back(row.identity);
        }
    }

    const dataset::LabelRules* rules_;
    const InputOptions& options_;
    dataset::TableBuilder& builder_;
    std::string capture_;
    std::uint64_t unlabelled_ = 0;
    std::vector<features::FlowIdentity> flows_;
    base::Result<void> full_;  ///< The first row that the table had no room for.
};

base::Result<dataset::ChosenFeatures> features_for_captures(const dataset::LoadOptions& load) {
    if (load.schema) return dataset::ChosenFeatures{*load.schema, {}};
    return dataset::choose_features(load.features, load.features.among.value_or(features::cic_schema()).features,
                                    false);
}

/// None where all flows bear one label.
base::Result<std::optional<dataset::LabelRules>> rules_of(const InputOptions& options) {
    if (!options.label.empty()) return std::optional<dataset::LabelRules>();
    if (options.rules.empty())
        return base::Error{
            fmt::format("{} is a capture, and captures have no labels: name the rules that label its flows "
                        "with --rules RULES.toml ('flowsift label --help' shows their format)",
                        options.paths.front()),
            base::ErrorKind::kUsage};
    auto rules = dataset::LabelRules::open(options.rules);
    if (!rules) return rules.error();
    return std::optional(std::move(*rules));
}

base::Result<Inputs> load_captures(const InputOptions& options) {
    const auto rules = rules_of(options);
    if (!rules) return rules.error();
    const auto profile = profile_named(options.profile.empty() ? "default" : options.profile);
    if (!profile) return profile.error();
    const auto chosen = features_for_captures(options.load);
    if (!chosen) return chosen.error();

    dataset::TableBuilder builder(chosen->schema, std::string(profile->name), options.load.merges);
    LabellingListener listener(*rules ? &**rules : nullptr, options, builder);
    const auto extraction = extract_flows(
        options.paths,
        {.schema = chosen->schema, .profile = *profile, .checkpoints = options.checkpoints, .filter = options.filter},
        listener);
    if (!extraction) return extraction.error();
    if (extraction->was_stopped) return base::Error{"stopped before all captures were read"};
    if (!listener.full()) return listener.full().error();

    Inputs inputs{.table = builder.finish(),
                  .notes = chosen->notes,
                  .flows = listener.take_flows(),
                  .was_damaged = extraction->was_damaged};
    if (listener.unlabelled() > 0)
        inputs.notes.push_back(fmt::format("{} flows met no rule of {} and were left out",
                                           base::grouped(listener.unlabelled()), options.rules));
    if (options.load.needs_two_classes) {
        const auto learnable = dataset::check_learnable(inputs.table);
        if (!learnable) return learnable.error();
    }
    return inputs;
}

base::Result<Inputs> load_tables(const InputOptions& options) {
    base::ProgressBar bar({.label = "reading rows", .unit = "bytes"}, stop_requested());
    auto loaded = dataset::load_csv_files(options.paths, options.load, bar.progress());
    if (!loaded) return loaded.error();
    return Inputs{
        .table = std::move(loaded->table), .notes = std::move(loaded->notes), .flows = std::move(loaded->flows)};
}

base::Result<void> describe_files(Inputs& inputs, const std::vector<std::string>& paths) {
    std::vector<std::uint64_t> rows(inputs.table.source_names.size());
    for (const std::uint32_t source : inputs.table.sources) ++rows[source];
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const auto digest = paths[i] == "-" ? std::string() : base::sha256_of_file(paths[i]);
        if (!digest) return digest.error();
        inputs.files.push_back(
            {std::filesystem::path(paths[i]).filename().string(), *digest, i < rows.size() ? rows[i] : 0});
    }
    return {};
}

}  // namespace

base::Result<InputKind> kind_of_input(const std::string& path) {
    if (path == "-") return InputKind::kCapture;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
    char first[8] = {};
    const std::size_t length = file ? std::fread(first, 1, sizeof first, file.get()) : 0;
    if (!file || std::ferror(file.get()))
        return base::Error{fmt::format("cannot read {}: {}", path, std::strerror(errno)),
                           errno == EACCES ? base::ErrorKind::kPermission : base::ErrorKind::kFailed};
    const std::string_view start(first, length);
    if (model::begins_as_model({reinterpret_cast<const std::uint8_t*>(first), length})) return InputKind::kModel;
    const bool is_capture = std::any_of(std::begin(kCaptureMagics), std::end(kCaptureMagics),
                                        [&](std::string_view magic) { return start.starts_with(magic); });
    return is_capture ? InputKind::kCapture : InputKind::kCsv;
}

void add_input_options(CLI::App& app, InputOptions& options) {
    app.add_option("DATA", options.paths, "Labelled CSVs, or captures (with --rules)")->required();
    app.add_option("--rules", options.rules, "Label rules (TOML) for captures; 'flowsift label --help' has the format");
    app.add_option("--filter", options.filter, "BPF expression for captures: only packets that match");
}

base::Result<Inputs> load_inputs(const InputOptions& options) {
    const auto first = kind_of_input(options.paths.front());
    if (!first) return first.error();
    for (const std::string& path : options.paths) {
        const auto kind = kind_of_input(path);
        if (!kind) return kind.error();
        if (*kind != *first)
            return base::Error{fmt::format("{} and {} are not of one kind: turn the capture into rows first, by "
                                           "'flowsift flows' and 'flowsift label'",
                                           options.paths.front(), path),
                               base::ErrorKind::kUsage};
    }
    auto inputs = *first == InputKind::kCapture ? load_captures(options) : load_tables(options);
    if (!inputs) return inputs.error();
    const auto described = describe_files(*inputs, options.paths);
    if (!described) return described.error();
    return inputs;
}

void print_notes(const std::vector<std::string>& notes) {
    for (const std::string& note : notes) fmt::print(stderr, "note: {}\n", base::printable(note));
}

base::Result<dataset::ClassMerges> parse_merges(const std::vector<std::string>& pairs) {
    dataset::ClassMerges merges;
    for (const std::string& pair : pairs) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == pair.size())
            return base::Error{fmt::format("--merge wants \"CLASS=NAME\", not \"{}\"", pair), base::ErrorKind::kUsage};
        merges.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    return merges;
}

}  // namespace flowsift::app
