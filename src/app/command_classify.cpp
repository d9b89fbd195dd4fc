#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/command.h"
#include "app/extraction.h"
#include "app/inputs.h"
#include "app/sinks.h"
#include "app/stop_signal.h"
#include "base/progress_bar.h"
#include "base/terminal.h"
#include "dataset/load.h"
#include "model/model_file.h"
#include "output/predictions_csv.h"

namespace flowsift::app {
namespace {

struct ClassifyOptions {
    std::string model;
    std::string input;
    std::string output = "-";
    std::string filter;
    double set_error = 0;
};

/// The flows of one capture, judged as they end.
class JudgingListener : public CaptureListener {
  public:
    explicit JudgingListener(detect::Detector& detector) : detector_(detector) {}

    void on_capture(const std::string&) override {}
    void on_flow_ended(const features::FlowRow& row) override { detector_.on_flow_ended(row); }
    void on_checkpoint(const features::FlowRow& row) override { detector_.on_checkpoint(row); }

  private:
    detect::Detector& detector_;
};

base::Result<int> classify_capture(const ClassifyOptions& options, const model::Model& model) {
    Sinks sinks;
    const auto opened = sinks.add("predictions", {.path = options.output,
                                                  .schema = model.schema,
                                                  .profile = model.profile,
                                                  .classes = model.classes,
                                                  .set_error = options.set_error,
                                                  .has_stages = model.stages.size() > 1});
    if (!opened) return opened.error();
    detect::Detector detector(model, model.schema, detect::default_policy(model), {.capture = options.input}, sinks);
    JudgingListener listener(detector);
    const auto extraction = extract_flows({options.input},
                                          {.schema = model.schema,
                                           .profile = *features::find_profile(model.profile),
                                           .checkpoints = model.schedule,
                                           .filter = options.filter},
                                          listener);
    const auto written = sinks.finish();
    if (!extraction) return extraction.error();
    if (!written) return written.error();
    const detect::DetectorCounters& counters = detector.counters();
    fmt::print(stderr, "{} flows classified\n", base::grouped(counters.verdicts));
    if (counters.live_verdicts > 0)
        fmt::print(stderr, "{} verdicts while they went on\n", base::grouped(counters.live_verdicts));
    return extraction->was_damaged ? 1 : 0;
}

base::Result<int> classify_table(const ClassifyOptions& options, const model::Model& model) {
    dataset::LoadOptions load{.schema = model.schema, .may_mix_profiles = true};
    load.needs_labels = false;
    load.needs_two_classes = false;
    load.keeps_live = model.stages.size() > 1;
    base::ProgressBar bar({.label = "reading " + options.input, .unit = "bytes"}, stop_requested());
    const auto loaded = dataset::load_csv_files({options.input}, load, bar.progress());
    if (!loaded) return loaded.error();
    print_notes(loaded->notes);

    auto csv = output::PredictionsCsv::open(options.output, {.classes = model.classes,
                                                             .rows = output::PredictionsCsv::Rows::kNumbered,
                                                             .set_error = options.set_error,
                                                             .has_stages = model.stages.size() > 1});
    if (!csv) return csv.error();
    std::vector<float> row(model.schema.size()), probabilities(model.classes.size());
    std::uint64_t judged = 0;
    detect::Judge judge(model);
    for (std::size_t i = 0; i < loaded->table.rows(); ++i) {
        for (std::size_t j = 0; j < row.size(); ++j) row[j] = loaded->table.columns[j][i];
        const std::uint64_t depth = loaded->table.depth(i);
        if (!judge.has_stage(depth)) continue;
        ++judged;
        (*csv)->write(loaded->lines[i] - 1, judge.judge(depth, row, probabilities));
    }
    const auto written = (*csv)->finish();
    if (!written) return written.error();
    fmt::print(stderr, "{} rows classified\n", base::grouped(judged));
    if (judged < loaded->table.rows())
        fmt::print(stderr, "note: {} rows are of flows that had too few packets for any stage of the model\n",
                   base::grouped(loaded->table.rows() - judged));
    return 0;
}

base::Result<int> run_classify(const ClassifyOptions& options) {
    const auto model = model::open_model(options.model);
    if (!model) return model.error();
    if (const auto servable = model->check_servable(); !servable) return servable.error();
    const auto kind = kind_of_input(options.input);
    if (!kind) return kind.error();
    return *kind == InputKind::kCapture ? classify_capture(options, *model) : classify_table(options, *model);
}

}  // namespace

Runner configure_classify(CLI::App& app) {
    auto options = std::make_shared<ClassifyOptions>();
    app.add_option("MODEL", options->model, "Model file, as `flowsift train` writes it")->required();
    app.add_option("INPUT", options->input, "A capture (- for standard input), or a CSV of flows")->required();
    app.add_option("-o,--output", options->output, "CSV to write; - for standard output")->capture_default_str();
    app.add_option("--filter", options->filter, "BPF expression for captures: only packets that match");
    app.add_option(
           "--sets", options->set_error,
           "Column Set: all classes that a flow may be of, so that at most this share of a class is left out (0.05)")
        ->check(CLI::Range(0.0, 1.0));
    return [options] { return run_classify(*options); };
}

}  // namespace flowsift::app
