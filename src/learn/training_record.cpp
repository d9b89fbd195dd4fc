#include "learn/training_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "learn/option_text.h"

namespace flowsift::learn {
namespace {

using base::Error;

constexpr std::string_view kScaled = "yes, folded into the thresholds";

std::string depths_text(const std::vector<std::uint64_t>& depths) {
    std::string text;
    for (const std::uint64_t packets : depths) text += fmt::format("{},", packets);
    return text + "end";
}

std::string smote_text(const std::optional<dataset::SmoteOptions>& smote) {
    if (!smote) return "no";
    return fmt::format(
        "{}, {} neighbours, {}", smote->variant == dataset::SmoteVariant::kBorderline ? "borderline" : "plain",
        smote->neighbours,
        smote->cap ? fmt::format("classes up to {} rows", *smote->cap) : "as large as the largest class");
}

bool read_smote(const std::string& text, std::optional<dataset::SmoteOptions>& smote) {
    if (text == "no") return true;
    smote.emplace();
    if (text.starts_with("borderline")) smote->variant = dataset::SmoteVariant::kBorderline;
    unsigned long long neighbours = 0, cap = 0;
    const int found = std::sscanf(text.c_str(), "%*[a-z], %llu neighbours, classes up to %llu rows", &neighbours, &cap);
    if (found < 1) return false;
    smote->neighbours = neighbours;
    if (found == 2) smote->cap = cap;
    return smote_text(smote) == text;
}

const Algorithm* algorithm_titled(const std::string& title) {
    const auto known = algorithms();
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const Algorithm& each) { return each.title == title; });
    return found == known.end() ? nullptr : &*found;
}

/// The options that are no learner's.
bool read_common(const OptionTexts& texts, TrainingOptions& options) {
    const std::string split = text_of(texts, "split");
    const auto kind = find_split(split);
    if (!kind) return false;
    options.split = *kind;
    options.drops_shared = text_of(texts, "drops_shared") == "yes";
    options.learner.scales = text_of(texts, "scaled") == kScaled;
    return (!kind->split || read_option(texts, "held_out_share", options.test_share)) &&
           read_option(texts, "seed", options.seed) &&
           read_option(texts, "reliability_share", options.reliability_share) &&
           read_option(texts, "kept_rows_per_class", options.kept_rows) &&
           read_smote(text_of(texts, "smote"), options.learner.smote);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> record_of(const TrainingOptions& options) {
    OptionTexts texts = {{"algorithm", std::string(options.learner.algorithm.title)},
                         {"split", std::string(options.split.name)},
                         {"held_out_share", options.split.split ? fmt::format("{}", options.test_share) : "0"},
                         {"seed", fmt::format("{}", options.seed)},
                         {"reliability_share", fmt::format("{}", options.reliability_share)},
                         {"stages", depths_text(options.depths)},
                         {"drops_shared", options.drops_shared ? "yes" : "no"},
                         {"kept_rows_per_class", fmt::format("{}", options.kept_rows)},
                         {"scaled", options.learner.scales ? std::string(kScaled) : "no"},
                         {"smote", smote_text(options.learner.smote)}};
    for (auto& option : options.learner.algorithm.describe(options.learner)) texts.push_back(std::move(option));
    return texts;
}

base::Result<TrainingOptions> options_of(const model::Model& model) {
    const OptionTexts& texts = model.provenance.options;
    TrainingOptions options;
    const Algorithm* algorithm = algorithm_titled(text_of(texts, "algorithm"));
    if (algorithm) options.learner.algorithm = *algorithm;
    if (!algorithm || !read_common(texts, options) || !algorithm->restore(texts, options.learner))
        return Error{
            "the model does not keep all options that it was trained by (it was made by an earlier flowsift, or by "
            "another program); train it again with this one"};
    options.schedule = model.schedule;
    options.depths = model.depths();
    return options;
}

}  // namespace flowsift::learn
