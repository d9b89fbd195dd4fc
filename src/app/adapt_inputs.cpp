#include "app/adapt_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/terminal.h"
#include "dataset/five_tuple.h"
#include "learn/alarms.h"
#include "learn/kept_table.h"
#include "store/open_store.h"
#include "store/row_kind.h"

namespace flowsift::app {
namespace {

using dataset::ClassIndex;

/// The rows that may be learnt from as benign: not those that bear another label, or that no stage is for.
std::vector<std::uint32_t> usable_rows(const model::Model& model, const Inputs& inputs,
                                       std::vector<std::string>& notes) {
    const std::vector<std::uint64_t> depths = model.depths();
    std::vector<std::uint32_t> rows;
    std::uint64_t labelled = 0;
    for (std::uint32_t row = 0; row < inputs.table.rows(); ++row) {
        const std::string& label = inputs.table.classes[inputs.table.labels[row]];
        const bool is_other = label != dataset::kUnlabelled && !learn::is_benign(label);
        labelled += is_other ? 1 : 0;
        if (!is_other && learn::stage_index(depths, inputs.table.depth(row))) rows.push_back(row);
    }
    if (labelled > 0)
        notes.push_back(
            fmt::format("{} rows bear a label that is not benign and were left out", base::grouped(labelled)));
    return rows;
}

InputOptions options_for(const model::Model& model, const std::vector<std::string>& paths, const std::string& filter) {
    InputOptions options;
    options.paths = paths;
    options.filter = filter;
    options.profile = model.profile;
    options.label = model.classes[static_cast<std::size_t>(model.benign_class())];
    options.checkpoints = model.schedule;
    options.load.schema = model.schema;
    options.load.needs_labels = options.load.needs_two_classes = false;
    options.load.keeps_live = model.stages.size() > 1;
    options.load.keeps_flows = true;
    return options;
}

/// What one alert was, in the model's classes; empty with a reason where it cannot be told.
std::optional<ClassIndex> class_of(const model::Model& model, const store::JudgedAlert& feedback, std::string& reason) {
    std::string label = feedback.label;
    if (label.empty() && feedback.is_right) label = feedback.alert_label;
    if (label.empty() || learn::is_benign(label)) return static_cast<ClassIndex>(model.benign_class());
    const auto found = std::find(model.classes.begin(), model.classes.end(), label);
    if (found != model.classes.end()) return static_cast<ClassIndex>(found - model.classes.begin());
    reason = fmt::format("the model has no class \"{}\"", label);
    return std::nullopt;
}

/// The alert's row as the model wants it; empty with a reason where it is of another kind.
std::vector<float> values_for(const model::Model& model, const store::JudgedAlert& feedback, std::string& reason) {
    const auto kind = store::parse_row_kind(feedback.kind);
    if (!kind || kind->features.size() != feedback.values.size()) {
        reason = "the store kept no row of the alert's flow (it was told by an earlier flowsift)";
    } else if (kind->definitions_version != model.definitions_version || kind->profile != model.profile) {
        reason = "the row was measured by other timeouts or definitions than the model's";
    } else if (!learn::stage_index(model.depths(), feedback.depth)) {
        reason = "the flow was judged earlier than any stage of the model judges";
    }
    std::vector<float> values;
    for (std::size_t i = 0; i < model.schema.size() && reason.empty(); ++i) {
        const auto place = std::find(kind->features.begin(), kind->features.end(), model.schema.feature(i).name);
        if (place == kind->features.end())
            reason = "the row was measured by another schema than the model's";
        else
            values.push_back(feedback.values[static_cast<std::size_t>(place - kind->features.begin())]);
    }
    return reason.empty() ? values : std::vector<float>();
}

void add_row(const store::JudgedAlert& feedback, const std::vector<float>& values, ClassIndex label,
             dataset::Table& table) {
    for (std::size_t i = 0; i < values.size(); ++i) table.columns[i].push_back(values[i]);
    table.labels.push_back(label);
    table.five_tuples.push_back(dataset::five_tuple_of(feedback.flow));
    table.hosts.push_back(dataset::host_of(feedback.flow));
    table.times.push_back(feedback.flow.first);
    table.sources.push_back(0);
    table.depths.push_back(feedback.depth);
}

bool is_near(const features::FlowIdentity& flow, const features::FlowIdentity& other) {
    return flow.protocol == other.protocol && flow.destination_port == other.destination_port &&
           (flow.source == other.source || flow.destination == other.destination);
}

}  // namespace

base::Result<BenignInputs> load_benign(const model::Model& model, const std::vector<std::string>& paths,
                                       const std::string& filter) {
    if (model.benign_class() < 0)
        return base::Error{"the model has no class BENIGN, so there is nothing that benign traffic could be added to"};
    auto inputs = load_inputs(options_for(model, paths, filter));
    if (!inputs) return inputs.error();
    if (inputs->table.rows() > 0 && inputs->table.profile != model.profile)
        return base::Error{
            fmt::format("the rows were cut by the assembly profile \"{}\", the model's by \"{}\", so their "
                        "numbers do not compare; give the captures themselves, or make the rows with "
                        "`flowsift flows --profile {}`",
                        inputs->table.profile, model.profile, model.profile)};
    const std::vector<std::uint32_t> rows = usable_rows(model, *inputs, inputs->notes);
    if (rows.empty()) return base::Error{"there is no flow in the benign input that could be learnt from"};
    BenignInputs benign{.table = dataset::select_rows(inputs->table, rows),
                        .flows = {},
                        .files = std::move(inputs->files),
                        .notes = std::move(inputs->notes),
                        .was_damaged = inputs->was_damaged};
    for (const std::uint32_t row : rows) benign.flows.push_back(inputs->flows[row]);
    benign.table.schema = model.schema;
    benign.table.classes = model.classes;
    benign.table.labels.assign(rows.size(), static_cast<ClassIndex>(model.benign_class()));
    return benign;
}

std::vector<std::uint64_t> responders_of(const BenignInputs& benign) {
    const std::vector<std::uint64_t>& hosts = benign.table.hosts;
    if (std::find(hosts.begin(), hosts.end(), 0U) != hosts.end()) return {};
    std::vector<std::uint64_t> responders;
    for (features::FlowIdentity flow : benign.flows) {
        flow.source = flow.destination;
        responders.push_back(dataset::host_of(flow));
    }
    return responders;
}

base::Result<FeedbackInputs> load_feedback(const model::Model& model, const std::string& path) {
    FeedbackInputs inputs;
    inputs.table.schema = model.schema;
    inputs.table.classes = model.classes;
    inputs.table.profile = model.profile;
    inputs.table.source_names = {"feedback"};
    inputs.table.columns.resize(model.schema.size());
    if (path.empty()) return inputs;
    auto store = store::open_store(path);
    if (!store) return store.error();
    const auto words = store::list_feedback(*store);
    if (!words) return words.error();
    std::map<std::string, std::uint64_t> skipped;
    for (const store::JudgedAlert& feedback : *words) {
        std::string reason;
        const auto label = class_of(model, feedback, reason);
        if (label && *label == static_cast<ClassIndex>(model.benign_class()))
            inputs.wrong.push_back(feedback.flow);
        else if (label)
            inputs.right_five_tuples.push_back(dataset::five_tuple_of(feedback.flow));
        const std::vector<float> values = label ? values_for(model, feedback, reason) : std::vector<float>();
        if (reason.empty())
            add_row(feedback, values, *label, inputs.table);
        else
            ++skipped[reason];
    }
    if (model.stages.size() == 1) inputs.table.depths.clear();
    for (const auto& [reason, count] : skipped)
        inputs.notes.push_back(fmt::format("the word on {} alert(s) could not be learnt from: {}", count, reason));
    return inputs;
}

std::vector<bool> vouched_rows(const std::vector<features::FlowIdentity>& flows, const FeedbackInputs& feedback,
                               const std::vector<base::IpPrefix>& trusted) {
    std::vector<bool> vouched;
    vouched.reserve(flows.size());
    for (const features::FlowIdentity& flow : flows) {
        const bool is_trusted = std::any_of(trusted.begin(), trusted.end(), [&](const base::IpPrefix& prefix) {
            return prefix.contains(flow.source) || prefix.contains(flow.destination);
        });
        vouched.push_back(is_trusted || std::any_of(feedback.wrong.begin(), feedback.wrong.end(),
                                                    [&](const auto& other) { return is_near(flow, other); }));
    }
    return vouched;
}

}  // namespace flowsift::app
