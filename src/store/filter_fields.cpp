#include "store/filter_fields.h"

#include <fmt/format.h>

namespace flowsift::store {
namespace {

constexpr std::string_view kSeverities[] = {"high", "medium", "low"};                 // detect::Severity, from 1 on.
constexpr std::string_view kApplications[] = {"none", "tls", "quic", "dns", "http"};  // decode::Application.
constexpr std::string_view kEnds[] = {"idle", "active", "fin", "rst", "reused", "evicted", "shutdown"};

constexpr FilterField kFields[] = {
    {"class",
     FieldKind::kText,
     "what the model takes the flow for",
     "class:PortScan",
     {"flows.label IN (SELECT id FROM labels WHERE matches(?, label))", "matches(?, alerts.label)"}},
    {"src",
     FieldKind::kAddress,
     "address of the initiator",
     "src:10.0.0.0/8",
     {"flows.source BETWEEN ? AND ?", "alerts.source BETWEEN ? AND ?"}},
    {"dst",
     FieldKind::kAddress,
     "address of the responder",
     "dst:2001:db8::/32",
     {"flows.destination BETWEEN ? AND ?", "alerts.destination BETWEEN ? AND ?"}},
    {"host",
     FieldKind::kAddress,
     "address of either end",
     "host:192.0.2.7",
     {"flows.source BETWEEN ? AND ? OR flows.destination BETWEEN ? AND ?",
      "alerts.source BETWEEN ? AND ? OR alerts.destination BETWEEN ? AND ?"}},
    {"src.port",
     FieldKind::kCount,
     "port of the initiator",
     "src.port<1024",
     {"flows.source_port BETWEEN ? AND ?", "alerts.source_port BETWEEN ? AND ?"}},
    {"dst.port",
     FieldKind::kCount,
     "port of the responder",
     "dst.port:22",
     {"flows.destination_port BETWEEN ? AND ?", "alerts.destination_port BETWEEN ? AND ?"}},
    {"port",
     FieldKind::kCount,
     "port of either end",
     "port:6000..6010",
     {"flows.source_port BETWEEN ? AND ? OR flows.destination_port BETWEEN ? AND ?",
      "alerts.source_port BETWEEN ? AND ? OR alerts.destination_port BETWEEN ? AND ?"}},
    {"proto",
     FieldKind::kProtocol,
     "IP protocol, by name or number",
     "proto:udp",
     {"flows.protocol BETWEEN ? AND ?", "alerts.protocol BETWEEN ? AND ?"}},
    {"app",
     FieldKind::kChoice,
     "application protocol that the first bytes show",
     "app:tls",
     {"flows.application BETWEEN ? AND ?", "alerts.application BETWEEN ? AND ?"},
     kApplications},
    {"name",
     FieldKind::kText,
     "server name, DNS query or HTTP host; name:\"\" for none",
     "name:*.example.com",
     {"matches(?, flows.name)", "matches(?, alerts.name)"}},
    {"bytes",
     FieldKind::kCount,
     "on the wire, both directions",
     "bytes>1e6",
     {"flows.forward_bytes + flows.backward_bytes BETWEEN ? AND ?", "alerts.bytes BETWEEN ? AND ?"}},
    {"packets",
     FieldKind::kCount,
     "both directions",
     "packets<=3",
     {"flows.forward_packets + flows.backward_packets BETWEEN ? AND ?", "alerts.packets BETWEEN ? AND ?"}},
    {"duration",
     FieldKind::kDuration,
     "from the first packet to the last; seconds without a unit",
     "duration:10ms..2s",
     {"flows.last - flows.first BETWEEN ? AND ?", "alerts.last_seen - alerts.first BETWEEN ? AND ?"}},
    {"probability",
     FieldKind::kReal,
     "of the class, calibrated",
     "probability>=0.9",
     {"flows.probability BETWEEN ? AND ?", "alerts.probability BETWEEN ? AND ?"}},
    {"severity",
     FieldKind::kChoice,
     "of the alert (of a flow: of the alert that it belongs to)",
     "severity:high",
     {"flows.alert IN (SELECT number FROM alerts WHERE severity BETWEEN ? AND ?)", "alerts.severity BETWEEN ? AND ?"},
     kSeverities,
     1},
    {"novel",
     FieldKind::kFlag,
     "unlike anything that the model has learnt from",
     "novel:yes",
     {"flows.is_novel BETWEEN ? AND ?", "(alerts.label = 'Unknown') BETWEEN ? AND ?"}},
    {"alert",
     FieldKind::kCount,
     "number of the alert",
     "alert:12",
     {"flows.alert BETWEEN ? AND ?", "alerts.number BETWEEN ? AND ?"}},
    {"end", FieldKind::kChoice, "why the flow ended", "end:rst", {"flows.end_reason BETWEEN ? AND ?", ""}, kEnds},
    {"vlan",
     FieldKind::kCount,
     "number of the VLAN",
     "vlan:12",
     {"flows.vlan BETWEEN ? AND ?", "alerts.vlan BETWEEN ? AND ?"}},
    {"flows", FieldKind::kCount, "flows of the alert", "flows>100", {"", "alerts.flows BETWEEN ? AND ?"}},
    {"technique", FieldKind::kText, "of MITRE ATT&CK", "technique:T1046", {"", "matches(?, alerts.technique)"}},
    {"escalated", FieldKind::kFlag, "by an analyst", "escalated:yes", {"", "alerts.escalated BETWEEN ? AND ?"}},
};

constexpr std::string_view kIntroduction = R"(# The filter language

`flowsift alerts --filter`, the search of the dashboard and `filter=` of its API take the same filters:

    class:PortScan dst.port:22 bytes>1e6 not src:10.0.0.0/8

Terms side by side must all hold. `or` between them: one side is enough; `and` binds closer than `or`, and `not`, or `-` before a term or
a parenthesis, closer than both. Parentheses group.

| written | means |
|---|---|
| `field:value`, `field=value` | is; `field!=value`: is not |
| `>` `<` `>=` `<=` | of numbers and durations |
| `80..90` | from 80 to 90, both included; of numbers, durations and addresses |
| `10k` `1e6` `3M` `2G` | thousands, millions, thousand millions |
| `500us` `10ms` `2s` `5m` `1h` `1d` | durations; a bare number is in seconds |
| `name:*.example.com` | `*` is any text; letters of ASCII match in either case; all else is itself |
| `class:"Web Attack"` | a text with blanks, parentheses or quotes (`\"` and `\\` within) |
| `src:10.0.0.0/8` | all addresses of the prefix |

What a record does not have (the class of a flow that no model has judged) meets no condition, so that `not` finds it.
At most 1,000 bytes, 50 terms and 16 levels of parentheses. A mistake is told with its column.

## Fields
This table is `flowsift alerts --filter-help`.

)";

std::string_view records_of(const FilterField& field) {
    if (field.sql[0].empty()) return "alerts";
    return field.sql[1].empty() ? "flows" : "both";
}

std::string accepted(const FilterField& field) {
    if (field.choices.empty()) return std::string(type_name(field.kind));
    return fmt::format("{}", fmt::join(field.choices, ", "));
}

}  // namespace

std::span<const FilterField> filter_fields() {
    return kFields;
}

std::string_view type_name(FieldKind kind) {
    switch (kind) {
        case FieldKind::kText:
        case FieldKind::kProtocol:
        case FieldKind::kChoice:
            return "text";
        case FieldKind::kAddress:
            return "address";
        case FieldKind::kFlag:
            return "flag";
        default:
            return "number";
    }
}

std::string filter_markdown() {
    std::string text(kIntroduction);
    text += "| field | of | accepts | means | example |\n|---|---|---|---|---|\n";
    for (const FilterField& field : filter_fields())
        text += fmt::format("| `{}` | {} | {} | {} | `{}` |\n", field.name, records_of(field), accepted(field),
                            field.help, field.example);
    return text;
}

}  // namespace flowsift::store
