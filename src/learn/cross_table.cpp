#include "learn/cross_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/terminal.h"
#include "learn/report_charts.h"
#include "learn/report_page.h"

namespace flowsift::learn {
namespace {

constexpr std::size_t kNameWidth = 22;
constexpr base::Style kPlainUtf8{.colour = false, .utf8 = true};

std::string name_column(std::string_view name, std::size_t width) {
    return kPlainUtf8.fit(base::printable(name), width);
}

std::size_t width_of(const std::vector<std::string>& names) {
    std::size_t width = 5;
    for (const std::string& name : names) width = std::max(width, base::column_count(base::printable(name)));
    return std::min(width, kNameWidth);
}

std::string share_text(std::uint64_t whole, double share) {
    return whole > 0 ? fmt::format("{:.2f} %", 100 * share) : "–";
}

/// The figures of one line, right of the names.
std::string figures_text(const CrossCell& cell) {
    if (!cell.evaluation) return "  " + base::printable(cell.missing);
    const Evaluation& e = *cell.evaluation;
    const Alarms alarms = count_alarms(e).value_or(Alarms{});
    return fmt::format("{:>11} {:>9.4f} {:>9.4f} {:>9} {:>13}{}", base::grouped(e.rows), e.accuracy, e.macro_f1,
                       share_text(alarms.attacks, alarms.recall()),
                       share_text(alarms.benign, alarms.false_alarm_rate()), cell.is_learnt ? " *" : "");
}

bool has_learnt_cell(const CrossTable& table) {
    return std::any_of(table.cells.begin(), table.cells.end(), [](const CrossCell& cell) { return cell.is_learnt; });
}

void append_cell(std::string& html, const CrossCell& cell, double benign_flows_per_day) {
    if (!cell.evaluation) {
        html += fmt::format("<td class=\"soft fine\">{}</td>", escape_html(cell.missing));
        return;
    }
    const Evaluation& e = *cell.evaluation;
    html += fmt::format(R"(<td><div class="heat"><span class="figure">{:.4f}</span>{}</div><div class="soft fine">{} )"
                        R"(flows · accuracy {:.4f}</div>)",
                        e.macro_f1, bar_svg({e.macro_f1, "precision", {}, {}}), base::grouped(e.rows), e.accuracy);
    const Alarms alarms = count_alarms(e).value_or(Alarms{});
    if (alarms.attacks > 0)
        html += fmt::format("<div class=\"soft fine\">{:.2f} % of {} attacks noticed</div>", 100 * alarms.recall(),
                            base::grouped(alarms.attacks));
    if (alarms.benign > 0)
        html += fmt::format("<div class=\"soft fine\">{:.2f} % false alarms, {} a day</div>",
                            100 * alarms.false_alarm_rate(),
                            whole_number(daily_false_alerts(alarms, benign_flows_per_day).expected));
    html += cell.is_learnt ? "<span class=\"tag\">learnt from it</span></td>" : "</td>";
}

void append_table(std::string& html, const CrossTable& table) {
    html += "<div class=\"scroll\"><table class=\"tight\"><thead><tr><th>Model</th>";
    for (const std::string& data : table.data) html += "<th>" + escape_html(data) + "</th>";
    html += "</tr></thead><tbody>\n";
    for (std::size_t m = 0; m < table.models.size(); ++m) {
        html += "<tr><td class=\"name\">" + escape_html(table.models[m]) + "</td>";
        for (std::size_t d = 0; d < table.data.size(); ++d)
            append_cell(html, table.at(m, d), table.benign_flows_per_day);
        html += "</tr>\n";
    }
    html += "</tbody></table></div>\n";
}

}  // namespace

std::string to_text(const CrossTable& table) {
    const std::size_t model_width = width_of(table.models), data_width = width_of(table.data);
    std::string out =
        fmt::format("{} {} {:>11} {:>9} {:>9} {:>9} {:>13}\n", name_column("model", model_width),
                    name_column("data", data_width), "flows", "accuracy", "macro-F1", "noticed", "false alarms");
    for (std::size_t m = 0; m < table.models.size(); ++m)
        for (std::size_t d = 0; d < table.data.size(); ++d)
            out += fmt::format("{} {} {}\n", name_column(table.models[m], model_width),
                               name_column(table.data[d], data_width), figures_text(table.at(m, d)));
    if (has_learnt_cell(table))
        out += "* the model has learnt from this data: its figures say nothing about new traffic\n";
    return out;
}

void write_json(const CrossTable& table, base::JsonWriter& json) {
    json.begin_object().key("results").begin_array();
    for (std::size_t m = 0; m < table.models.size(); ++m)
        for (std::size_t d = 0; d < table.data.size(); ++d) {
            const CrossCell& cell = table.at(m, d);
            json.begin_object().member("model", table.models[m]).member("data", table.data[d]);
            json.member("learnt_from_it", cell.is_learnt);
            if (!cell.evaluation) {
                json.member("missing", cell.missing).end_object();
                continue;
            }
            json.member("macro_f1", cell.evaluation->macro_f1).member("accuracy", cell.evaluation->accuracy);
            if (const auto alarms = count_alarms(*cell.evaluation)) {
                json.key("alarms");
                write_json(*alarms, table.benign_flows_per_day, json);
            }
            json.key("evaluation");
            write_json(*cell.evaluation, json);
            json.end_object();
        }
    json.end_array().end_object();
}

std::string html_report(const CrossTable& table, const std::vector<std::string>& remarks) {
    std::string html;
    append_page_begin(html, {"flowsift cross evaluation",
                             fmt::format("{} models, {} data sets", table.models.size(), table.data.size()),
                             "Every model on every data set.", ""});
    append_sentences(html, "Before you trust these figures", remarks);
    append_heading(html, "Macro-F1",
                   fmt::format("Over the classes of each data set; a class that the model does not know counts as "
                               "missed. Noticed: attack flows given any class that is not benign. False alerts: of {} "
                               "benign flows a day.",
                               whole_number(table.benign_flows_per_day)));
    append_table(html, table);
    append_page_end(html, "A model that does well only where it was made has learnt the place.");
    return html;
}

}  // namespace flowsift::learn
