#include "dataset/csv_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/message_text.h"
#include "dataset/cell.h"
#include "dataset/five_tuple.h"

namespace flowsift::dataset {
namespace {

template <class T, class Field>
bool assign(const std::optional<T>& parsed, Field& field) {
    if (parsed) field = *parsed;
    return parsed.has_value();
}

bool parse_address(std::string_view cell, base::IpAddress& address) {
    return assign(base::parse_ip_address(trim(cell)), address);
}

bool parse_port_cell(std::string_view cell, std::uint16_t& port) {
    return assign(parse_port(cell), port);
}

bool parse_protocol(std::string_view cell, std::uint8_t& protocol) {
    const auto parsed = parse_port(cell);
    if (!parsed || *parsed > 255) return false;
    protocol = static_cast<std::uint8_t>(*parsed);
    return true;
}

bool parse_first_time(std::string_view cell, base::Nanoseconds& time) {
    return assign(base::parse_time(trim(cell)), time);
}

bool parse_whole_flow_id(std::string_view cell, features::FlowIdentity& identity) {
    return assign(parse_flow_id(cell), identity);
}

}  // namespace

base::Result<CsvColumns> CsvColumns::read_header(CsvReader& reader) {
    switch (reader.next()) {
        case CsvReader::Step::kRecord:
            break;
        case CsvReader::Step::kEnd:
            return base::Error{fmt::format("{} is empty; it should begin with a line of column names", reader.name())};
        case CsvReader::Step::kReadFailed:
            return base::Error{fmt::format("cannot read {}: {}", reader.name(), reader.fault())};
        case CsvReader::Step::kBadRecord:
            return base::Error{fmt::format("{}, line {}: the column names cannot be read: {}; is this a CSV file?",
                                           reader.name(), reader.line(), reader.fault())};
    }
    CsvColumns columns;
    for (const std::string_view cell : reader.cells()) columns.add_column(cell);
    const auto is_set = [](const auto& column) { return column.has_value(); };
    if (columns.features_.empty() && std::none_of(columns.identity_.begin(), columns.identity_.end(), is_set))
        return base::Error{
            fmt::format("{}, line {}: none of its {} columns is a flow feature (the first is {}); the "
                        "file should begin with a line of CIC-style column names",
                        reader.name(), reader.line(), columns.size(), base::quoted_for_message(reader.cells()[0]))};
    return columns;
}

void CsvColumns::add_column(std::string_view cell) {
    const std::size_t column = names_.size();
    names_.push_back(to_utf8(trim(cell)));
    const features::ColumnMeaning meaning = features::find_column(cell);
    bool is_used = false;
    if (meaning.feature && !find(*meaning.feature)) {
        features_.push_back(*meaning.feature);
        feature_columns_.push_back(column);
        is_used = true;
    }
    if (meaning.identity && !find(*meaning.identity)) {
        identity_[static_cast<std::size_t>(*meaning.identity)] = column;
        is_used = *meaning.identity != IdentityColumn::kIgnored;
    }
    if (!is_used) ignored_.push_back(names_.back());
}

std::optional<std::size_t> CsvColumns::find(features::FeatureId feature) const {
    const auto place = std::find(features_.begin(), features_.end(), feature);
    if (place == features_.end()) return std::nullopt;
    return feature_columns_[static_cast<std::size_t>(place - features_.begin())];
}

bool CsvColumns::has_five_tuple() const {
    if (find(IdentityColumn::kFlowId)) return true;
    return find(IdentityColumn::kSourceIp) && find(IdentityColumn::kDestinationIp) &&
           find(IdentityColumn::kSourcePort) && find(IdentityColumn::kDestinationPort) &&
           find(IdentityColumn::kProtocol);
}

bool CsvColumns::read_endpoints(Cells cells, features::FlowIdentity& identity, std::size_t& fault) const {
    const bool has_addresses = find(IdentityColumn::kSourceIp) && find(IdentityColumn::kDestinationIp);
    if (!has_addresses && !read(cells, IdentityColumn::kFlowId, parse_whole_flow_id, identity, fault)) return false;
    return read(cells, IdentityColumn::kSourceIp, parse_address, identity.source, fault) &&
           read(cells, IdentityColumn::kDestinationIp, parse_address, identity.destination, fault) &&
           read(cells, IdentityColumn::kSourcePort, parse_port_cell, identity.source_port, fault) &&
           read(cells, IdentityColumn::kDestinationPort, parse_port_cell, identity.destination_port, fault) &&
           read(cells, IdentityColumn::kProtocol, parse_protocol, identity.protocol, fault);
}

bool CsvColumns::read_time(Cells cells, features::FlowIdentity& identity, std::size_t& fault) const {
    return read(cells, IdentityColumn::kTimestamp, parse_first_time, identity.first, fault);
}

}  // namespace flowsift::dataset
