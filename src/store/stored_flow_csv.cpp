#include "store/stored_flow_csv.h"

#include <fmt/format.h>

#include <iterator>

#include "base/csv_cell.h"
#include "base/terminal.h"

namespace flowsift::store {

std::string stored_flow_csv_header() {
    return "id,first,last,duration,source,source_port,destination,destination_port,protocol,application,name,vlan,"
           "packets_forward,packets_backward,bytes_forward,bytes_backward,end,class,probability,novel,alert\n";
}

void append_csv(std::string& out, const StoredFlow& stored) {
    const flow::FlowIdentity& flow = stored.flow;
    const double seconds = (static_cast<double>(flow.last) - static_cast<double>(flow.first)) / base::kSecond;
    fmt::format_to(std::back_inserter(out), "{},{},{},{:.6f},{},{},{},{},{},{},{},{},{},{},{},{},{},", stored.id,
                   base::format_cic_time(flow.first), base::format_cic_time(flow.last), seconds, to_string(flow.source),
                   flow.source_port, to_string(flow.destination), flow.destination_port, flow.protocol,
                   to_string(stored.application), base::csv_cell(base::printable(stored.name)), flow.vlan,
                   flow.forward_packets, flow.backward_packets, flow.forward_wire_bytes, flow.backward_wire_bytes,
                   to_string(flow.end_reason));
    if (!stored.label.empty())
        fmt::format_to(std::back_inserter(out), "{},{:.4f}", base::csv_cell(base::printable(stored.label)),
                       stored.probability);
    else
        out += ',';
    out += stored.is_novel ? ",yes," : ",no,";
    if (stored.alert != 0) out += std::to_string(stored.alert);
    out += '\n';
}

}  // namespace flowsift::store
