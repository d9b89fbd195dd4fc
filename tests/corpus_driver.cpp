// Takes many captures through what `flowsift flows CAPTURE -o /dev/null` does, in one process: a process for each would
// spend most of a sweep under sanitizers on starting. tests/corpus_sweep.py runs it.
//
// Reads a path per line from standard input; answers each by a line: processor seconds, frames received, and either
// "ok" or what is wrong. A capture that is refused, cut or damaged is no fault; a fault is a sum that does not close, a
// value that is not finite, a row that is not told or told twice, an exception.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <exception>
#include <iostream>
#include <string>

#include "app/extraction.h"
#include "output/flow_csv.h"

namespace flowsift {
namespace {

class RowChecker final : public app::CaptureListener {
  public:
    explicit RowChecker(output::FlowCsv& csv) : csv_(csv) {}

    void on_capture(const std::string& name) override { csv_.describe({.capture = name}); }
    void on_flow_ended(const features::FlowRow& row) override {
        ++rows_;
        packets_ += row.identity.forward_packets + row.identity.backward_packets;
        for (const double value : row.values) is_finite_ = is_finite_ && std::isfinite(value);
        csv_.on_flow(row, nullptr);
    }

    /// Empty, or what the rows contradict.
    std::string fault(const output::RunSummary& summary) const {
        const output::RunStatistics& totals = summary.totals;
        if (!is_finite_) return "a value is not finite";
        if (rows_ != totals.flows_ended || totals.flows_live != 0)
            return fmt::format("{} rows, {} flows ended, {} live", rows_, totals.flows_ended, totals.flows_live);
        if (packets_ != totals.packets_in_flows)
            return fmt::format("{} packets in rows, {} in flows", packets_, totals.packets_in_flows);
        const std::string text = render_run_summary(summary, base::Style{});
        return text.find("All sums close") == std::string::npos ? text : std::string();
    }

  private:
    output::FlowCsv& csv_;
    std::uint64_t rows_ = 0;
    std::uint64_t packets_ = 0;
    bool is_finite_ = true;
};

struct Judgement {
    std::uint64_t frames = 0;
    std::string fault;  ///< Empty: none.
};

Judgement judge(const std::string& path) {
    const app::ExtractionOptions options{.workers = 0};
    auto csv = output::FlowCsv::open("/dev/null", options.schema, {});
    if (!csv) return {0, csv.error().message};
    RowChecker checker(**csv);
    const auto extraction = app::extract_flows({path}, options, checker);
    if (const auto written = (*csv)->finish(); !written) return {0, written.error().message};
    if (!extraction) return {};
    const output::RunSummary summary = extraction->account.summary();
    return {summary.totals.packets_received, checker.fault(summary)};
}

std::string answer_to(const std::string& path) {
    const std::clock_t begin = std::clock();
    Judgement judgement;
    try {
        judgement = judge(path);
    } catch (const std::exception& exception) {
        judgement.fault = fmt::format("exception: {}", exception.what());
    }
    std::ranges::replace(judgement.fault, '\n', ';');
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    return fmt::format("{:.3f} {} {}", seconds, judgement.frames, judgement.fault.empty() ? "ok" : judgement.fault);
}

}  // namespace
}  // namespace flowsift

int main() {
    for (std::string path; std::getline(std::cin, path);) std::cout << flowsift::answer_to(path) << std::endl;
    return 0;
}
