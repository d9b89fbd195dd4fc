#include "dataset/load.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/message_text.h"
#include "dataset/cell.h"
#include "dataset/csv_inputs.h"
#include "dataset/five_tuple.h"

namespace flowsift::dataset {
namespace {

using features::FeatureId;
using Input = CsvInput;

constexpr std::string_view kForeignProfile = "cicflowmeter";  // What the public CIC files are made with.
constexpr std::string_view kMixedProfile = "mixed";
constexpr std::uint64_t kRowsPerProgress = 4'096;
constexpr double kMostPackets = 4'294'967'295;  // Of a flow.

/// Things of one kind: how many, and the first, for a note.
struct Tally {
    std::uint64_t count = 0;
    std::string first;

    template <class Describe>
    void add(Describe describe) {
        if (count++ == 0) first = describe();
    }
};

/// Adds the rows of the inputs, one input after the other, to one table.
class Loading {
  public:
    Loading(const ChosenFeatures& chosen, const LoadOptions& options, const base::Progress& progress)
        : options_(options), progress_(progress), builder_(chosen.schema, "", options.merges), schema_(chosen.schema) {
        loaded_.notes = chosen.notes;
        values_.resize(schema_.size());
    }

    base::Result<void> add(Input& input);
    base::Result<LoadedTable> finish();

    std::uint64_t bytes_total = 0;

  private:
    void begin(const Input& input);
    void expect_rest(const CsvReader& reader);
    base::Result<void> end(const Input& input);
    base::Result<void> add_record(const Input& input);
    bool read_value(const Input& input, std::size_t i);
    RowOrigin read_origin(const Input& input);
    std::optional<std::uint64_t> read_depth(const Input& input) const;
    base::Result<void> take_profile(const Input& input);
    void add_bad(const Input& input, std::string why);
    static std::string describe_cell(const Input& input, std::size_t column);
    void note(const std::string& file, const Tally& tally, std::string_view what);
    void impute_medians();
    void note_merges();

    const LoadOptions& options_;
    const base::Progress& progress_;
    TableBuilder builder_;
    features::Schema schema_;
    LoadedTable loaded_;
    std::string profile_;
    std::string profile_source_;  ///< The file that profile_ was first seen in.
    std::uint64_t bytes_before_ = 0;

    std::vector<float> values_;
    std::vector<std::size_t> places_;  ///< Column of each value in the current input.
    std::optional<std::size_t> label_, profile_column_, checkpoint_column_, forward_column_, backward_column_;
    bool has_five_tuple_ = false, has_host_ = false, has_time_ = false;
    std::uint64_t rows_in_input_ = 0, kept_in_input_ = 0;
    std::uint64_t imputed_in_row_ = 0;
    Tally bad_, missing_, unlabelled_, unplaced_, live_;
};

void Loading::begin(const Input& input) {
    places_.clear();
    for (const FeatureId id : schema_.features) places_.push_back(*input.columns.find(id));
    label_ = input.columns.find(IdentityColumn::kLabel);
    profile_column_ = input.columns.find(IdentityColumn::kProfile);
    checkpoint_column_ = input.columns.find(IdentityColumn::kCheckpoint);
    forward_column_ = input.columns.find(*features::find_feature("Total Fwd Packet"));
    backward_column_ = input.columns.find(*features::find_feature("Total Bwd packets"));
    has_five_tuple_ = input.columns.has_five_tuple();
    has_host_ = input.columns.find(IdentityColumn::kSourceIp) || input.columns.find(IdentityColumn::kFlowId);
    has_time_ = input.columns.find(IdentityColumn::kTimestamp).has_value();
    rows_in_input_ = kept_in_input_ = 0;
    bad_ = missing_ = unlabelled_ = unplaced_ = live_ = {};
    builder_.begin_source(input.reader.name());
    if (!input.columns.ignored().empty())
        loaded_.notes.push_back(fmt::format("{}: ignored {} column(s) that are no features: {}", input.reader.name(),
                                            input.columns.ignored().size(), fmt::join(input.columns.ignored(), ", ")));
}

base::Result<void> Loading::add(Input& input) {
    begin(input);
    CsvReader& reader = input.reader;
    for (auto step = reader.next(); step != CsvReader::Step::kEnd; step = reader.next()) {
        if (step == CsvReader::Step::kReadFailed)
            return base::Error{
                fmt::format("cannot read {} beyond line {}: {}", reader.name(), reader.line(), reader.fault())};
        ++rows_in_input_;
        if (step == CsvReader::Step::kBadRecord)
            add_bad(input, reader.fault());
        else if (auto added = add_record(input); !added)
            return added;
        if (rows_in_input_ == kRowsPerProgress) expect_rest(reader);
        if (rows_in_input_ % kRowsPerProgress == 0 &&
            !progress_.advance(bytes_before_ + reader.bytes_done(), bytes_total))
            return base::Error{"stopped while reading " + reader.name()};
    }
    bytes_before_ += reader.bytes_done();
    return end(input);
}

/// From the size of the file and of its first rows.
void Loading::expect_rest(const CsvReader& reader) {
    if (reader.bytes_total() == 0 || kept_in_input_ == 0) return;
    const double times = static_cast<double>(reader.bytes_total()) / static_cast<double>(reader.bytes_done());
    const auto rows = static_cast<std::size_t>(1.05 * times * static_cast<double>(kept_in_input_));
    builder_.expect_rows(builder_.rows() - kept_in_input_ + rows);
    loaded_.lines.reserve(builder_.rows() - kept_in_input_ + rows);
}

base::Result<void> Loading::add_record(const Input& input) {
    const Cells cells = input.reader.cells();
    if (cells.size() != input.columns.size()) {
        add_bad(input, fmt::format("it has {} cells and the header has {}", cells.size(), input.columns.size()));
        return {};
    }
    const std::string_view label = label_ ? trim(cells[*label_]) : std::string_view();
    if (label.empty() && std::all_of(cells.begin(), cells.end(), [](auto cell) { return trim(cell).empty(); })) {
        ++loaded_.rows_empty;
        return {};
    }
    const auto depth = read_depth(input);
    if (!depth || (*depth > 0 && !options_.keeps_live)) {
        live_.add([&] { return fmt::format("line {}", input.reader.line()); });
        return {};
    }
    const bool is_labelled = !label.empty() && label != kUnlabelled;
    if (!is_labelled && options_.needs_labels) {
        unlabelled_.add([&] { return fmt::format("line {}", input.reader.line()); });
        return {};
    }
    imputed_in_row_ = 0;
    for (std::size_t i = 0; i < places_.size(); ++i)
        if (!read_value(input, i)) return {};
    if (auto taken = take_profile(input); !taken) return taken;
    loaded_.cells_imputed += imputed_in_row_;
    loaded_.lines.push_back(input.reader.line());
    ++kept_in_input_;
    RowOrigin origin = read_origin(input);
    origin.depth = *depth;
    return builder_.add_row(values_, is_labelled ? label : kUnlabelled, origin);
}

/// As Table::depths; empty where a live flow's packets are not known. A checkpoint is a number of packets, or a period
/// after which the row itself must tell them.
std::optional<std::uint64_t> Loading::read_depth(const Input& input) const {
    const Cells cells = input.reader.cells();
    const std::string_view checkpoint = checkpoint_column_ ? trim(cells[*checkpoint_column_]) : std::string_view();
    if (checkpoint.empty()) return 0;
    double packets = 0;
    if (parse_number(checkpoint, packets) != NumberKind::kFinite) {
        double forward = 0, backward = 0;
        if (!forward_column_ || !backward_column_ ||
            parse_number(cells[*forward_column_], forward) != NumberKind::kFinite ||
            parse_number(cells[*backward_column_], backward) != NumberKind::kFinite)
            return std::nullopt;
        packets = forward + backward;
    }
    if (!(packets >= 1 && packets <= kMostPackets)) return std::nullopt;
    return static_cast<std::uint64_t>(packets);
}

/// Unknown where the cells are none: the row can still be learnt from, only not split by them.
RowOrigin Loading::read_origin(const Input& input) {
    const CsvColumns& columns = input.columns;
    const Cells cells = input.reader.cells();
    features::FlowIdentity identity;
    std::size_t fault = 0;
    RowOrigin origin;
    if (columns.read_endpoints(cells, identity, fault)) {
        if (has_five_tuple_) origin.five_tuple = five_tuple_of(identity);
        if (has_host_) origin.host = host_of(identity);
    } else {
        unplaced_.add([&] { return describe_cell(input, fault); });
    }
    if (columns.read_time(cells, identity, fault))
        origin.time = has_time_ ? identity.first : 0;
    else
        unplaced_.add([&] { return describe_cell(input, fault); });
    if (options_.keeps_flows) loaded_.flows.push_back(identity);
    return origin;
}

/// False where the row is to be skipped, which has then been counted.
bool Loading::read_value(const Input& input, std::size_t i) {
    const std::string_view cell = input.reader.cells()[places_[i]];
    double value = 0;
    const NumberKind kind = parse_number(cell, value);
    if (kind == NumberKind::kFinite) {
        values_[i] = static_cast<float>(value);
        return true;
    }
    if (kind == NumberKind::kBad || options_.missing == MissingPolicy::kDrop) {
        if (kind == NumberKind::kBad)
            bad_.add([&] { return describe_cell(input, places_[i]) + " is not a number"; });
        else
            missing_.add([&] { return describe_cell(input, places_[i]); });
        return false;
    }
    values_[i] = options_.missing == MissingPolicy::kZero ? 0 : std::numeric_limits<float>::quiet_NaN();
    ++imputed_in_row_;
    return true;
}

base::Result<void> Loading::take_profile(const Input& input) {
    const std::string_view profile = profile_column_ ? trim(input.reader.cells()[*profile_column_]) : kForeignProfile;
    if (profile == profile_ || profile_ == kMixedProfile) return {};
    if (profile_.empty()) {
        profile_ = to_utf8(profile);
        profile_source_ = input.reader.name();
        return {};
    }
    if (options_.may_mix_profiles) {
        profile_ = kMixedProfile;
        return {};
    }
    return base::Error{fmt::format(
        "{}, line {}: this flow was cut by the assembly profile {} and those of {} by '{}', "
        "so their numbers do not compare; make both with one `--profile`, or ask for the "
        "mixture",
        input.reader.name(), input.reader.line(), base::quoted_for_message(profile), profile_source_, profile_)};
}

void Loading::add_bad(const Input& input, std::string why) {
    bad_.add([&] { return fmt::format("line {}: {}", input.reader.line(), why); });
}

std::string Loading::describe_cell(const Input& input, std::size_t column) {
    return fmt::format("line {}, column '{}': {}", input.reader.line(), input.columns.name(column),
                       base::quoted_for_message(input.reader.cells()[column]));
}

base::Result<void> Loading::end(const Input& input) {
    const std::string& name = input.reader.name();
    if (rows_in_input_ == 0)
        return base::Error{name + " holds a header and no rows; give a file with flows, or leave it out"};
    if (bad_.count == rows_in_input_)
        return base::Error{
            fmt::format("{}: none of its {} rows can be read; the first is {}", name, rows_in_input_, bad_.first)};
    if (unlabelled_.count > 0 && kept_in_input_ == 0 && unlabelled_.count + bad_.count == rows_in_input_)
        return base::Error{
            fmt::format("{}: no row bears a label (the first without is {}); `flowsift label RULES.toml "
                        "{}` sets them",
                        name, unlabelled_.first, name)};
    note(name, bad_, "skipped {} row(s) that cannot be read");
    note(name, unlabelled_, "left out {} row(s) without a label");
    note(name, live_, "left out {} row(s) of flows that went on (checkpoints)");
    note(name, missing_, "dropped {} row(s) with missing or infinite values");
    note(name, unplaced_, "{} address or time cell(s) cannot be read, so that a split by group or time is refused");
    loaded_.rows_read += rows_in_input_;
    loaded_.rows_bad += bad_.count;
    loaded_.rows_unlabelled += unlabelled_.count;
    loaded_.rows_missing += missing_.count;
    loaded_.rows_live += live_.count;
    return {};
}

void Loading::note(const std::string& file, const Tally& tally, std::string_view what) {
    if (tally.count == 0) return;
    loaded_.notes.push_back(
        fmt::format("{}: {}; the first is {}", file, fmt::format(fmt::runtime(what), tally.count), tally.first));
}

base::Result<LoadedTable> Loading::finish() {
    note_merges();
    loaded_.table = builder_.finish();
    loaded_.table.profile = profile_;
    if (loaded_.rows_empty > 0) loaded_.notes.push_back(fmt::format("skipped {} empty row(s)", loaded_.rows_empty));
    if (options_.missing == MissingPolicy::kMedian) impute_medians();
    if (loaded_.cells_imputed > 0)
        loaded_.notes.push_back(
            fmt::format("filled {} missing or infinite cell(s) with {}", loaded_.cells_imputed,
                        options_.missing == MissingPolicy::kZero ? "0" : "the median of their column"));
    if (loaded_.table.rows() == 0)
        return base::Error{fmt::format("all {} rows were left out; the reasons: {}", loaded_.rows_read,
                                       fmt::join(loaded_.notes, "; "))};
    if (options_.needs_two_classes)
        if (auto checked = check_learnable(loaded_.table); !checked) return checked.error();
    return std::move(loaded_);
}

void Loading::impute_medians() {
    std::vector<float> finite;
    for (auto& column : loaded_.table.columns) {
        finite.clear();
        std::copy_if(column.begin(), column.end(), std::back_inserter(finite), [](float v) { return !std::isnan(v); });
        if (finite.size() == column.size()) continue;
        float median = 0;
        if (!finite.empty()) {
            const auto middle = finite.begin() + static_cast<std::ptrdiff_t>(finite.size() / 2);
            std::nth_element(finite.begin(), middle, finite.end());
            median = *middle;
            if (finite.size() % 2 == 0) median = std::midpoint(median, *std::max_element(finite.begin(), middle));
        }
        std::replace_if(
            column.begin(), column.end(), [](float v) { return std::isnan(v); }, median);
    }
}

void Loading::note_merges() {
    for (std::size_t i = 0; i < options_.merges.size(); ++i) {
        const auto& [from, to] = options_.merges[i];
        const std::uint64_t rows = builder_.merged_rows()[i];
        loaded_.notes.push_back(
            rows > 0 ? fmt::format("merged {} row(s) of class '{}' into '{}'", rows, from, to)
                     : fmt::format("no row bears the class '{}' that was to be merged into '{}'", from, to));
    }
}

}  // namespace

base::Result<LoadedTable> load_csv_files(const std::vector<std::string>& paths, const LoadOptions& options,
                                         const base::Progress& progress) {
    std::vector<CsvReader> readers;
    for (const std::string& path : paths) {
        auto reader = CsvReader::open(path, options.limits);
        if (!reader) return reader.error();
        readers.push_back(std::move(*reader));
    }
    return load_csv(std::move(readers), options, progress);
}

base::Result<LoadedTable> load_csv(std::vector<CsvReader> readers, const LoadOptions& options,
                                   const base::Progress& progress) {
    if (readers.empty()) return base::Error{"no file was given to load", base::ErrorKind::kUsage};
    auto inputs = read_headers(std::move(readers), options.needs_labels);
    if (!inputs) return inputs.error();
    const auto chosen = choose_columns(*inputs, options.features, options.schema);
    if (!chosen) return chosen.error();
    Loading loading(*chosen, options, progress);
    for (const Input& input : *inputs) loading.bytes_total += input.reader.bytes_total();
    for (Input& input : *inputs)
        if (auto added = loading.add(input); !added) return added.error();
    return loading.finish();
}

}  // namespace flowsift::dataset
