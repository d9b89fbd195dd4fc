#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/terminal.h"
#include "learn/assessment.h"
#include "learn/report_page.h"

namespace flowsift::learn {
namespace {

constexpr double kNoticeable = 0.02;  // A difference in macro-F1 that is worth a sentence.
constexpr double kDependable = 0.9;   // A class whose F1 is surely above this can be relied on …
constexpr double kUnreliable = 0.5;   // … and one whose F1 is surely below this cannot.
constexpr double kMiscalibrated = 0.05;
constexpr std::size_t kNamed = 4;  // Names in a sentence; more are counted.

double percent(std::uint64_t part, std::uint64_t whole) {
    return whole ? 100 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

double macro_f1(const SplitAssessment& split) {
    return split.judgement.forest.macro_f1;
}

std::string listed(const std::vector<std::string>& names) {
    const std::size_t shown = std::min(names.size(), kNamed);
    std::string text =
        fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
    return text;
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// Which figure to believe, and why not the others.
void append_trust(std::vector<std::string>& verdict, const Assessment& assessment) {
    const SplitAssessment& trusted = assessment.trusted_split();
    if (trusted.name == "time")
        verdict.push_back(
            fmt::format("Trust the figure by time: macro-F1 {:.2f}. Only there is a model asked about "
                        "flows that come after all that it has seen of their class.",
                        macro_f1(trusted)));
    else if (trusted.name == "five-tuple")
        verdict.push_back(
            fmt::format("Trust the figure by five-tuple, macro-F1 {:.2f}, and that with care: without "
                        "times nobody can say what later traffic would bring, and it is usually worse.",
                        macro_f1(trusted)));
    else
        verdict.push_back(
            fmt::format("Trust no figure here: without addresses and times only a random split can be "
                        "made, and its macro-F1 of {:.2f} is an upper bound.",
                        macro_f1(trusted)));
}

std::string why_inflated(const SplitAssessment& split) {
    const Overlap& overlap = split.overlap;
    std::vector<std::string> reasons;
    const auto add = [&](std::uint64_t rows, std::string_view what) {
        const double share = percent(rows, overlap.tested);
        if (share >= 0.5) reasons.push_back(fmt::format("{:.0f} % {}", share, what));
    };
    add(overlap.twins, "of its judged rows have a twin in training, equal in every value");
    add(overlap.shared_pairs.value_or(0), "share their addresses and ports with a training row");
    add(overlap.neighbours.value_or(0), "begin within a second of a training row of their class");
    return reasons.empty() ? std::string() : fmt::format(": {}", fmt::join(reasons, ", "));
}

void append_inflation(std::vector<std::string>& verdict, const Assessment& assessment) {
    for (std::size_t i = 0; i < assessment.trusted; ++i) {
        const SplitAssessment& split = assessment.splits[i];
        const double gain = macro_f1(split) - macro_f1(assessment.trusted_split());
        if (!split.is_made() || gain < kNoticeable) continue;
        verdict.push_back(fmt::format("The {} figure, {:.2f}, is inflated by {:.2f}{}.",
                                      split.name == "stratified" ? "random" : split.name, macro_f1(split), gain,
                                      why_inflated(split)));
    }
}

/// What becomes of attacks that come for the first time after the training.
void append_new_attacks(std::vector<std::string>& verdict, const Assessment& assessment) {
    for (const SplitAssessment& split : assessment.splits) {
        if (!split.is_made() || split.new_rows == 0) continue;
        verdict.push_back(fmt::format(
            "Attacks that training never saw ({}) cannot be named; {:.0f} % of their flows are noticed as an attack of "
            "some kind. Cut at one moment, with these among the judged, macro-F1 is {:.2f}.",
            listed(split.new_classes), percent(split.new_found, split.new_rows), macro_f1(split)));
        return;
    }
}

std::vector<std::string> names_where(const Evaluation& evaluation, bool (*is_listed)(const ClassFigures&)) {
    std::vector<std::string> names;
    for (const ClassFigures& f : evaluation.classes)
        if (is_listed(f)) names.push_back(f.name);
    return names;
}

void append_classes(std::vector<std::string>& verdict, const Assessment& assessment) {
    const Evaluation& e = assessment.trusted_split().judgement.forest;
    const auto dependable = names_where(
        e, [](const ClassFigures& f) { return f.support >= kFewRows && f1_interval(f).low >= kDependable; });
    const auto poor = names_where(
        e, [](const ClassFigures& f) { return f.support >= kFewRows && f1_interval(f).high < kUnreliable; });
    const auto small = names_where(e, [](const ClassFigures& f) { return f.support > 0 && f.support < kFewRows; });
    if (!dependable.empty())
        verdict.push_back(fmt::format("Dependable, F1 surely above {:.1f}: {}.", kDependable, listed(dependable)));
    if (!poor.empty())
        verdict.push_back(fmt::format("Not to be relied on, F1 surely below {:.1f}: {}.", kUnreliable, listed(poor)));
    if (!small.empty())
        verdict.push_back(fmt::format("Too small to judge, fewer than {} rows held out: {}.", kFewRows, listed(small)));
}

void append_alarms(std::vector<std::string>& verdict, const Assessment& assessment) {
    const auto& alarms = assessment.trusted_split().judgement.alarms;
    if (!alarms || alarms->benign == 0) return;
    const DailyAlerts daily = daily_false_alerts(*alarms, assessment.benign_flows_per_day);
    const std::string range =
        fmt::format("{} to {}", whole_number(daily.interval.low), whole_number(daily.interval.high));
    const std::string flows = whole_number(assessment.benign_flows_per_day);
    verdict.push_back(alarms->false_alarms > 0
                          ? fmt::format("Of {} benign flows a day expect some {} false alerts (95 %: {}).", flows,
                                        whole_number(daily.expected), range)
                          : fmt::format("None of {} benign flows raised a false alert; of {} a day expect {} (95 %).",
                                        base::grouped(alarms->benign), flows, range));
    if (alarms->attacks > 0)
        verdict.push_back(
            fmt::format("{:.1f} % of the attack flows are noticed as an attack of some kind.", 100 * alarms->recall()));
}

/// One sentence per class that a single feature gives away: its best feature, and how many more there are.
void append_lone(std::vector<std::string>& verdict, const Assessment& assessment) {
    std::vector<std::string> told;
    std::vector<bool> is_told(assessment.class_rows.size());
    for (const LoneFeature& found : assessment.lone) {
        if (is_told[found.label]) continue;
        is_told[found.label] = true;
        told.push_back(fmt::format("{} by {} (F1 {:.2f})", assessment.class_rows[found.label].first,
                                   assessment.feature_names[found.feature], found.f1));
    }
    if (told.empty()) return;
    verdict.push_back(fmt::format("One feature alone gives {} away: {}. Good figures for {} need no good model.",
                                  counted(told.size(), "class", "classes"), listed(told),
                                  told.size() == 1 ? "it" : "them"));
}

void append_suspects(std::vector<std::string>& verdict, const Assessment& assessment) {
    const SplitAssessment& trusted = assessment.trusted_split();
    if (assessment.suspects.empty() || !trusted.restrained) return;
    std::vector<std::string> names;
    for (const Suspect& suspect : assessment.suspects) names.push_back(suspect.name);
    const double without = trusted.restrained->forest.macro_f1, loss = macro_f1(trusted) - without;
    const std::string_view meaning = loss > kNoticeable    ? "the model leans on them: prefer the lower figure"
                                     : loss < -kNoticeable ? "they mislead: train without them"
                                                           : "the model can do without them";
    verdict.push_back(fmt::format("Without the suspicious {} ({}) macro-F1 is {:.2f} instead of {:.2f}: {}.",
                                  names.size() == 1 ? "column" : "columns", listed(names), without, macro_f1(trusted),
                                  meaning));
}

void append_calibration(std::vector<std::string>& verdict, const Assessment& assessment) {
    const double error = assessment.trusted_split().judgement.reliability.expected_error;
    verdict.push_back(fmt::format(
        "{}: they are off by {:.1f} points on average.",
        error > kMiscalibrated ? "Do not take probabilities at their word" : "Probabilities mean what they say",
        100 * error));
}

void append_learning(std::vector<std::string>& verdict, const Assessment& assessment) {
    const auto& curve = assessment.learning_curve;
    if (curve.size() < 2) return;
    const double gain = curve.back().macro_f1 - curve[curve.size() - 2].macro_f1;
    if (gain > kNoticeable / 2)
        verdict.push_back(fmt::format("More rows would help: the last doubling won {:.3f} in macro-F1.", gain));
}

}  // namespace

std::vector<std::string> verdict_of(const Assessment& assessment) {
    std::vector<std::string> verdict;
    append_trust(verdict, assessment);
    append_inflation(verdict, assessment);
    append_new_attacks(verdict, assessment);
    append_classes(verdict, assessment);
    append_alarms(verdict, assessment);
    append_suspects(verdict, assessment);
    append_lone(verdict, assessment);
    append_calibration(verdict, assessment);
    append_learning(verdict, assessment);
    return verdict;
}

}  // namespace flowsift::learn
