// PredictionsCsv: one row of CSV per judged row: its number, the label given to it, and the probability of every class.
//
// As a Sink for flows of a capture (with Flow ID and Timestamp, to find the flow again); without them for rows of a CSV
// file, where the row number is all there is. Owned and called by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "output/output_file.h"
#include "output/sink.h"
#include "output/text.h"

namespace flowsift::output {

class PredictionsCsv final : public Sink {
  public:
    enum class Rows : std::uint8_t {
        kFlows,     ///< Row, Flow ID, Timestamp, Label, Probability, P(class) …
        kNumbered,  ///< Row, Label, Probability, P(class) …
    };

    /// `classes`: names by class index. With `has_stages` the last column is Stage: the packets after which the flow
    /// was judged, "end" for a whole flow.
    static base::Result<std::unique_ptr<PredictionsCsv>> open(const std::string& path,
                                                              std::span<const std::string> classes, Rows rows,
                                                              bool has_stages);

    /// For Rows::kFlows. Numbers the rows from 1; a flow without a verdict is a row without a prediction: not written.
    void on_flow(const features::FlowRow& row, const detect::Verdict* verdict) override;
    void on_live_flow(const features::FlowRow& row, const detect::Verdict& verdict) override { on_flow(row, &verdict); }

    /// For Rows::kNumbered. `number`: of the row in its file, from 1.
    void write(std::uint64_t number, const detect::Verdict& verdict);

    void flush() override { file_.flush(); }
    base::Result<void> finish() override { return file_.finish(); }

  private:
    PredictionsCsv(OutputFile file, std::span<const std::string> classes, Rows rows, bool has_stages);

    void write_verdict(const detect::Verdict& verdict);

    OutputFile file_;
    std::vector<std::string> labels_;  ///< As cells with the commas around them, by class index.
    bool has_stages_;
    std::uint64_t rows_ = 0;
    TimestampText timestamp_;
};

}  // namespace flowsift::output
