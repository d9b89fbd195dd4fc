#include "output/sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "output/eve.h"
#include "output/flow_csv.h"
#include "output/predictions_csv.h"
#include "output/syslog_sink.h"
#include "output/terminal_sink.h"
#include "output/webhook_sink.h"

namespace flowsift::output {
namespace {

using MadeSink = base::Result<std::unique_ptr<Sink>>;

template <class T>
MadeSink as_sink(base::Result<std::unique_ptr<T>> made) {
    if (!made) return made.error();
    return std::unique_ptr<Sink>(std::move(*made));
}

constexpr SinkKind kSinks[] = {
    {"csv", "flows as rows of CSV, in the columns of the corrected CIC-IDS2017 files",
     [](const SinkContext& context) {
         return as_sink(
             FlowCsv::open(context.path, context.schema, {.capture = context.capture, .profile = context.profile}));
     }},
    {"eve", "alerts and statistics as lines of JSON that readers of Suricata's EVE understand",
     [](const SinkContext& context) {
         return as_sink(EveWriter::open(context.path, {.capture = context.capture,
                                                       .is_live = context.is_live,
                                                       .with_flows = context.with_flows,
                                                       .rotation = context.rotation}));
     }},
    {"terminal", "alerts as lines for people; bursts are summed up",
     [](const SinkContext& context) { return as_sink(TerminalSink::open(context.path)); }},
    {"predictions", "CSV of row, flow, label and the probability of every class",
     [](const SinkContext& context) {
         return as_sink(PredictionsCsv::open(
             context.path,
             {.classes = context.classes, .set_error = context.set_error, .has_stages = context.has_stages}));
     }},
    {"syslog", "alerts to a syslog server (RFC 5424) over TCP or TLS",
     [](const SinkContext& context) { return as_sink(SyslogSink::open(context.path, context.ca_file, context.tell)); },
     true},
    {"webhook", "alerts by HTTP POST, each as its EVE object",
     [](const SinkContext& context) {
         return as_sink(WebhookSink::open({.address = context.path,
                                           .ca_file = context.ca_file,
                                           .header_file = context.header_file,
                                           .capture = context.capture,
                                           .is_live = context.is_live,
                                           .tell = context.tell}));
     },
     true},
};

}  // namespace

std::span<const SinkKind> sink_kinds() {
    return kSinks;
}

base::Result<const SinkKind*> find_sink_kind(std::string_view name) {
    std::string names;
    for (const SinkKind& kind : kSinks) {
        if (kind.name == name) return &kind;
        names += (names.empty() ? "" : ", ") + std::string(kind.name);
    }
    return base::Error{fmt::format("there is no output named \"{}\"; choose one of: {}", name, names),
                       base::ErrorKind::kUsage};
}

MadeSink make_sink(std::string_view name, const SinkContext& context) {
    const auto kind = find_sink_kind(name);
    if (!kind) return kind.error();
    return (*kind)->make(context);
}

}  // namespace flowsift::output
