#include "learn/audit_sections.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/terminal.h"
#include "learn/report_charts.h"
#include "learn/report_page.h"
#include "learn/report_tree.h"

namespace flowsift::learn {
namespace {

constexpr std::size_t kNamedFeatures = 5;  ///< Of a class, besides the best.

std::string share_cells(std::optional<std::uint64_t> part, std::uint64_t whole) {
    if (!part) return "<td class=\"number soft\">unknown</td><td class=\"of-bar\"></td>";
    const double share = whole ? static_cast<double>(*part) / static_cast<double>(whole) : 0;
    return fmt::format(R"(<td class="number">{:.1f} %</td><td class="of-bar">{}</td>)", 100 * share,
                       bar_svg({share, "recall", {}, {}}));
}

void append_overlap(std::string& html, const Assessment& assessment) {
    append_heading(html, "What the judged rows share with training",
                   "Twins equal a training row in every value and in class. Same talkers: a training row has their "
                   "addresses and ports. Neighbours begin within a second of a training row of their class. "
                   "Contradicted: equal in every value to training rows of other classes alone, so no model can be "
                   "right.");
    html += "<div class=\"scroll\"><table><thead><tr><th>Split</th><th class=\"number\">Judged</th>";
    for (const char* name : {"Twins", "Same talkers", "Neighbours", "Contradicted"})
        html += fmt::format(R"(<th class="number">{}</th><th></th>)", name);
    html += "</tr></thead><tbody>\n";
    for (const SplitAssessment& split : assessment.splits) {
        if (!split.is_made()) continue;
        const Overlap& o = split.overlap;
        html += fmt::format(R"(<tr><td class="name">{}</td><td class="number">{}</td>)", escape_html(split.title),
                            base::grouped(o.tested));
        html += share_cells(o.twins, o.tested) + share_cells(o.shared_pairs, o.tested) +
                share_cells(o.neighbours, o.tested) + share_cells(o.contradictions, o.tested) + "</tr>\n";
    }
    html += "</tbody></table></div>\n";
}

std::string range_text(const LoneFeature& found) {
    return found.low == found.high ? fmt::format("= {:.6g}", found.low)
                                   : fmt::format("{:.6g} … {:.6g}", found.low, found.high);
}

/// The best feature of a class, and the names of the next ones.
void append_lone_class(std::string& html, const Assessment& assessment, std::size_t label) {
    std::vector<const LoneFeature*> found;
    for (const LoneFeature& lone : assessment.lone)
        if (lone.label == label) found.push_back(&lone);
    if (found.empty()) return;
    const LoneFeature& best = *found.front();
    std::vector<std::string> others;
    for (std::size_t i = 1; i < std::min(found.size(), kNamedFeatures + 1); ++i)
        others.push_back(assessment.feature_names[found[i]->feature]);
    std::string also = fmt::format("{}", fmt::join(others, ", "));
    if (found.size() > kNamedFeatures + 1) also += fmt::format(" and {} more", found.size() - kNamedFeatures - 1);
    html += fmt::format(R"(<tr><td class="name">{}</td><td>{} <span class="soft range">{}</span></td>)",
                        escape_html(assessment.class_rows[label].first),
                        escape_html(assessment.feature_names[best.feature]), escape_html(range_text(best)));
    append_measure(html, best.f1, "recall");
    html += fmt::format(R"(<td class="number">{:.4f}</td><td class="soft fine">{}</td></tr>)", best.balanced_accuracy,
                        escape_html(also));
    html += '\n';
}

void append_lone(std::string& html, const Assessment& assessment) {
    if (assessment.lone.empty()) return;
    append_heading(
        html, "Classes that one feature gives away",
        "The rule \"the value lies in this range\" finds the class nearly as well as the whole model. Either "
        "the attack is that simple, or the recording is.");
    html +=
        "<div class=\"scroll\"><table><thead><tr><th>Class</th><th>Feature and range</th><th class=\"number\">F1</th>"
        "<th></th><th class=\"number\">Balanced accuracy</th><th>So do</th></tr></thead><tbody>\n";
    for (std::size_t c = 0; c < assessment.class_rows.size(); ++c) append_lone_class(html, assessment, c);
    html += "</tbody></table></div>\n";
}

void append_suspects(std::string& html, const Assessment& assessment) {
    if (assessment.suspects.empty()) return;
    append_heading(html, "Suspicious columns",
                   "They tell where or with what the recording was made rather than what an attack does. The table of "
                   "splits has the figures of a model without them.");
    std::vector<std::pair<std::string, std::string>> groups;  // Reason, names.
    for (const Suspect& suspect : assessment.suspects) {
        auto group =
            std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == suspect.reason; });
        if (group == groups.end()) group = groups.insert(groups.end(), {suspect.reason, ""});
        group->second += (group->second.empty() ? "" : ", ") + suspect.name;
    }
    html += "<table><thead><tr><th>Features</th><th>Why</th></tr></thead><tbody>\n";
    for (const auto& [reason, names] : groups)
        html += fmt::format("<tr><td class=\"name\">{}</td><td class=\"soft\">{}</td></tr>\n", escape_html(names),
                            escape_html(reason));
    html += "</tbody></table>\n";
}

void append_surrogate(std::string& html, const Assessment& assessment) {
    if (!assessment.surrogate) return;
    const Surrogate& s = *assessment.surrogate;
    const double most = s.rows ? 100 * static_cast<double>(s.most_frequent) / static_cast<double>(s.rows) : 0;
    append_heading(
        html, "The model in a few questions",
        fmt::format("A tree of at most {} questions in a row, fitted to the answers of the model ({}), not "
                    "to the truth. It gives the model's answer for {:.1f} % of {} held-out flows (always the "
                    "commonest answer: {:.1f} %): so much of the model is no more than this.",
                    kSurrogateDepth, assessment.trusted_split().title, 100 * s.fidelity(), base::grouped(s.rows),
                    most));
    html += "<div class=\"scroll\">" + surrogate_svg(s, assessment.feature_names, assessment.class_rows) + "</div>\n";
}

}  // namespace

void append_audit(std::string& html, const Assessment& assessment) {
    append_overlap(html, assessment);
    append_lone(html, assessment);
    append_suspects(html, assessment);
    append_surrogate(html, assessment);
}

}  // namespace flowsift::learn
