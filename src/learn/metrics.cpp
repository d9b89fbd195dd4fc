#include "learn/metrics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

#include "base/terminal.h"

namespace flowsift::learn {
namespace {

constexpr std::size_t kTextColumns = 100;
constexpr std::size_t kLongestName = 34;
constexpr std::size_t kListedConfusions = 20;

double ratio(double part, double whole) {
    return whole > 0 ? part / whole : 0;
}

std::size_t place_of(const std::vector<std::string>& names, const std::string& name) {
    return static_cast<std::size_t>(std::lower_bound(names.begin(), names.end(), name) - names.begin());
}

/// Names of classes that have rows or were predicted, sorted, distinct.
std::vector<std::string> seen_classes(const Predictions& p) {
    std::vector<std::string> names;
    const auto add = [&](std::span<const std::string> classes, std::span<const ClassIndex> rows) {
        std::vector<bool> is_seen(classes.size());
        for (const ClassIndex c : rows) is_seen[c] = true;
        for (std::size_t c = 0; c < classes.size(); ++c)
            if (is_seen[c]) names.push_back(classes[c]);
    };
    add(p.data_classes, p.truth);
    add(p.model_classes, p.predicted);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

/// For each of `classes` its place in the sorted `names`; names.size() or beyond where it is not there.
std::vector<std::size_t> places_of(std::span<const std::string> classes, const std::vector<std::string>& names) {
    std::vector<std::size_t> places;
    for (const std::string& name : classes) {
        const std::size_t place = place_of(names, name);
        places.push_back(place < names.size() && names[place] == name ? place : names.size());
    }
    return places;
}

double mean_log_loss(const Predictions& p) {
    std::vector<std::size_t> column;  // Of each data class among the model's.
    for (const std::string& name : p.data_classes)
        column.push_back(static_cast<std::size_t>(std::find(p.model_classes.begin(), p.model_classes.end(), name) -
                                                  p.model_classes.begin()));
    double sum = 0;
    for (std::size_t row = 0; row < p.truth.size(); ++row) {
        const std::size_t c = column[p.truth[row]];
        const bool is_known = c < p.model_classes.size();
        const double probability = is_known ? p.probabilities[row * p.model_classes.size() + c] : 0;
        sum -= std::log(std::clamp(probability, 1e-15, 1.0));
    }
    return ratio(sum, static_cast<double>(p.truth.size()));
}

void fill_figures(Evaluation& evaluation) {
    const std::size_t n = evaluation.classes.size();
    for (std::size_t c = 0; c < n; ++c) {
        ClassFigures& figures = evaluation.classes[c];
        for (std::size_t other = 0; other < n; ++other) {
            figures.support += evaluation.confused(c, other);
            figures.predicted += evaluation.confused(other, c);
        }
        figures.correct = evaluation.confused(c, c);
        const auto correct = static_cast<double>(figures.correct), support = static_cast<double>(figures.support),
                   predicted = static_cast<double>(figures.predicted);
        figures.precision = ratio(correct, predicted);
        figures.recall = ratio(correct, support);
        figures.f1 = ratio(2 * correct, support + predicted);
        figures.is_averaged = figures.support >= evaluation.minimum_support;
        evaluation.correct += figures.correct;
    }
    evaluation.accuracy = ratio(static_cast<double>(evaluation.correct), static_cast<double>(evaluation.rows));
    evaluation.macro_f1 = macro_f1_from(evaluation, evaluation.minimum_support);
}

/// Characters as a terminal counts them (one per code point: class names are not East Asian wide as a rule).
std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// At most `width` characters; control characters become '?', so that no class name can drive a terminal.
std::string shortened(std::string_view name, std::size_t width) {
    std::string out;
    std::size_t taken = 0;
    const bool is_cut = width_of(name) > width;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool begins = (byte & 0xc0) != 0x80;
        if (begins && is_cut && taken + 1 == width) break;
        taken += begins;
        out += byte < 0x20 || byte == 0x7f ? '?' : c;
    }
    return is_cut ? out + "…" : out;
}

std::string padded(std::string_view name, std::size_t width) {
    std::string text = shortened(name, width);
    return text.append(width - std::min(width, width_of(text)), ' ');
}

std::size_t name_width(const Evaluation& evaluation) {
    std::size_t width = 5;
    for (const ClassFigures& figures : evaluation.classes) width = std::max(width, width_of(figures.name));
    return std::min(width, kLongestName);
}

void append_class_table(std::string& out, const Evaluation& evaluation) {
    const std::size_t width = name_width(evaluation);
    out += fmt::format("  #  {} {:>9} {:>9} {:>9} {:>12} {:>12}\n", padded("class", width), "precision", "recall", "F1",
                       "rows", "predicted");
    for (std::size_t c = 0; c < evaluation.classes.size(); ++c) {
        const ClassFigures& f = evaluation.classes[c];
        const char* mark = !f.is_known ? " †" : f.is_averaged ? "" : " *";
        out += fmt::format("{:>3}  {} {:>9.4f} {:>9.4f} {:>9.4f} {:>12} {:>12}{}\n", c + 1, padded(f.name, width),
                           f.precision, f.recall, f.f1, base::grouped(f.support), base::grouped(f.predicted), mark);
    }
}

/// Each column of the matrix is as wide as its largest count and a blank; empty where a line would not fit.
std::vector<std::size_t> matrix_widths(const Evaluation& evaluation) {
    const std::size_t n = evaluation.classes.size();
    std::vector<std::size_t> widths(n);
    for (std::size_t said = 0; said < n; ++said) {
        widths[said] = std::to_string(said + 1).size();
        for (std::size_t truth = 0; truth < n; ++truth)
            widths[said] = std::max(widths[said], std::to_string(evaluation.confused(truth, said)).size());
        widths[said] += 2;
    }
    if (std::accumulate(widths.begin(), widths.end(), std::size_t{3}) > kTextColumns) widths.clear();
    return widths;
}

void append_matrix(std::string& out, const Evaluation& evaluation, const std::vector<std::size_t>& widths) {
    out += "\nConfusion (rows: what it was; columns: what the model said; numbers as in the table above)\n   ";
    for (std::size_t said = 0; said < widths.size(); ++said) out += fmt::format("{:>{}}", said + 1, widths[said]);
    out += '\n';
    for (std::size_t truth = 0; truth < widths.size(); ++truth) {
        out += fmt::format("{:>3}", truth + 1);
        for (std::size_t said = 0; said < widths.size(); ++said) {
            const std::uint64_t count = evaluation.confused(truth, said);
            out += fmt::format("{:>{}}", count ? std::to_string(count) : "·", widths[said]);
        }
        out += '\n';
    }
}

struct Confusion {
    std::size_t truth, said;
    std::uint64_t count;
};

std::vector<Confusion> most_frequent_confusions(const Evaluation& evaluation) {
    std::vector<Confusion> all;
    for (std::size_t truth = 0; truth < evaluation.classes.size(); ++truth)
        for (std::size_t said = 0; said < evaluation.classes.size(); ++said)
            if (truth != said && evaluation.confused(truth, said) > 0)
                all.push_back({truth, said, evaluation.confused(truth, said)});
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
    all.resize(std::min(all.size(), kListedConfusions));
    return all;
}

void append_confusions(std::string& out, const Evaluation& evaluation) {
    const auto confusions = most_frequent_confusions(evaluation);
    if (confusions.empty()) return;
    out += "\nMost frequent confusions\n";
    for (const Confusion& c : confusions)
        out += fmt::format("{:>12}  {} taken for {}\n", base::grouped(c.count),
                           shortened(evaluation.classes[c.truth].name, kLongestName),
                           shortened(evaluation.classes[c.said].name, kLongestName));
}

std::vector<std::string> names_where(const Evaluation& evaluation, bool (*is_listed)(const ClassFigures&)) {
    std::vector<std::string> names;
    for (const ClassFigures& figures : evaluation.classes)
        if (is_listed(figures)) names.push_back(shortened(figures.name, kLongestName));
    return names;
}

/// Lines of at most kTextColumns characters, broken at blanks.
void append_wrapped(std::string& out, std::string_view text) {
    std::size_t column = 0;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, std::min(text.find(' '), text.size()));
        if (column > 0 && column + 1 + width_of(word) > kTextColumns) {
            out += '\n';
            column = 0;
        }
        if (column > 0) out += ' ';
        out += word;
        column += width_of(word) + (column > 0);
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    out += '\n';
}

}  // namespace

Evaluation evaluate_predictions(const Predictions& predictions, std::uint64_t minimum_support) {
    Evaluation evaluation;
    evaluation.rows = predictions.truth.size();
    evaluation.minimum_support = std::max<std::uint64_t>(minimum_support, 1);
    const std::vector<std::string> names = seen_classes(predictions);
    for (const std::string& name : names) {
        ClassFigures& figures = evaluation.classes.emplace_back();
        figures.name = name;
        const auto& known = predictions.model_classes;
        figures.is_known = std::find(known.begin(), known.end(), name) != known.end();
    }
    const auto truth_place = places_of(predictions.data_classes, names);
    const auto said_place = places_of(predictions.model_classes, names);
    evaluation.confusion.resize(names.size() * names.size());
    for (std::size_t row = 0; row < predictions.truth.size(); ++row)
        ++evaluation
              .confusion[truth_place[predictions.truth[row]] * names.size() + said_place[predictions.predicted[row]]];
    fill_figures(evaluation);
    if (!predictions.probabilities.empty()) evaluation.log_loss = mean_log_loss(predictions);
    return evaluation;
}

Interval wilson_interval(std::uint64_t successes, std::uint64_t trials) {
    if (trials == 0) return {0, 1};
    constexpr double kZ = 1.959963984540054;  // 97.5 % quantile of the normal distribution
    const auto n = static_cast<double>(trials);
    const double share = static_cast<double>(successes) / n;
    const double scale = 1 / (1 + kZ * kZ / n);
    const double middle = scale * (share + kZ * kZ / (2 * n));
    const double half = scale * kZ * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
    return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

Interval f1_interval(const ClassFigures& figures) {
    const Interval overlap = wilson_interval(figures.correct, figures.support + figures.predicted - figures.correct);
    return {2 * overlap.low / (1 + overlap.low), 2 * overlap.high / (1 + overlap.high)};
}

double macro_f1_from(const Evaluation& evaluation, std::uint64_t minimum_support) {
    double sum = 0, averaged = 0;
    for (const ClassFigures& figures : evaluation.classes) {
        if (figures.support < std::max<std::uint64_t>(minimum_support, 1)) continue;
        sum += figures.f1;
        averaged += 1;
    }
    return ratio(sum, averaged);
}

std::vector<std::string> caveats(const Evaluation& evaluation) {
    std::vector<std::string> sentences;
    const auto small = names_where(evaluation, [](const ClassFigures& f) { return !f.is_averaged && f.support > 0; });
    const auto absent = names_where(evaluation, [](const ClassFigures& f) { return f.support == 0; });
    const auto unknown = names_where(evaluation, [](const ClassFigures& f) { return !f.is_known; });
    if (!small.empty())
        sentences.push_back(fmt::format("Too small to judge (under {} rows), not averaged into macro-F1: {}.",
                                        evaluation.minimum_support, fmt::join(small, ", ")));
    if (!absent.empty())
        sentences.push_back(
            fmt::format("Predicted though no row is of it, not averaged: {}.", fmt::join(absent, ", ")));
    if (!unknown.empty())
        sentences.push_back(
            fmt::format("Unknown to the model, so every row of it counts as wrong: {}.", fmt::join(unknown, ", ")));
    return sentences;
}

std::string to_text(const Evaluation& evaluation) {
    std::string out = fmt::format("{} rows · accuracy {:.4f} · macro-F1 {:.4f}", base::grouped(evaluation.rows),
                                  evaluation.accuracy, evaluation.macro_f1);
    if (evaluation.log_loss) out += fmt::format(" · log loss {:.4f}", *evaluation.log_loss);
    out += "\n\n";
    append_class_table(out, evaluation);
    const auto sentences = caveats(evaluation);
    if (!sentences.empty()) out += "\n* not averaged   † unknown to the model\n";
    for (const std::string& sentence : sentences) append_wrapped(out, sentence);
    const auto widths = matrix_widths(evaluation);
    if (widths.empty())
        append_confusions(out, evaluation);
    else
        append_matrix(out, evaluation, widths);
    return out;
}

void write_interval(std::string_view name, const Interval& interval, base::JsonWriter& json) {
    json.key(name).begin_array().value(interval.low).value(interval.high).end_array();
}

void write_json(const Evaluation& evaluation, base::JsonWriter& json) {
    json.begin_object();
    json.member("rows", evaluation.rows).member("correct", evaluation.correct);
    json.member("accuracy", evaluation.accuracy).member("macro_f1", evaluation.macro_f1);
    json.member("minimum_support", evaluation.minimum_support);
    if (evaluation.log_loss) json.member("log_loss", *evaluation.log_loss);
    json.key("classes").begin_array();
    for (const ClassFigures& f : evaluation.classes) {
        json.begin_object().member("name", f.name);
        json.member("support", f.support).member("predicted", f.predicted).member("correct", f.correct);
        json.member("precision", f.precision).member("recall", f.recall).member("f1", f.f1);
        write_interval("precision_interval", wilson_interval(f.correct, f.predicted), json);
        write_interval("recall_interval", wilson_interval(f.correct, f.support), json);
        write_interval("f1_interval", f1_interval(f), json);
        json.member("averaged", f.is_averaged).member("known_to_model", f.is_known);
        json.end_object();
    }
    json.end_array().key("confusion").begin_array();
    for (std::size_t truth = 0; truth < evaluation.classes.size(); ++truth) {
        json.begin_array();
        for (std::size_t said = 0; said < evaluation.classes.size(); ++said)
            json.value(evaluation.confused(truth, said));
        json.end_array();
    }
    json.end_array();
    json.end_object();
}

}  // namespace flowsift::learn
