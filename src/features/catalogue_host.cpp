// The `host` group: what the two ends of a flow have lately done with others.
#include <array>

#include "features/feature_group.h"
#include "features/flow_view.h"

namespace flowsift::features {
namespace {

template <HostPair::Role Role, HostPair::Window Window, double HostNumbers::*Number>
double number(const FlowView& flow) {
    return flow.hosts->numbers[Role][Window].*Number;
}

template <std::array<double, 2> HostPair::*Counts, HostPair::Window Window>
double number(const FlowView& flow) {
    return (flow.hosts->*Counts)[Window];
}

constexpr Feature real(std::string_view name, std::string_view unit, std::string_view definition,
                       double (*value)(const FlowView&)) {
    return {name, unit, definition, false, false, FeatureUse::kDefault, value};
}

constexpr Feature kHost[] = {
    real("Src Host 2s Ports", "ports",
         "Distinct destination ports of the flows that the source opened in the last 2 s.",
         number<HostPair::kSource, HostPair::kShort, &HostNumbers::ports>),
    real("Src Host 2s Peers", "addresses", "Distinct addresses to which the source opened flows in the last 2 s.",
         number<HostPair::kSource, HostPair::kShort, &HostNumbers::peers>),
    real("Src Host 2s New Flows/s", "1/s",
         "Flows that the source opened in the last 2 s, over the length of the window.",
         number<HostPair::kSource, HostPair::kShort, &HostNumbers::flows_per_second>),
    real("Src Host 2s Unanswered Share", "-",
         "Share of flows without a backward packet among those of the source that ended in the last 2 s.",
         number<HostPair::kSource, HostPair::kShort, &HostNumbers::unanswered_share>),
    real("Src Host 2s Reset Share", "-",
         "Share of flows that RST closed among those of the source that ended in the last 2 s.",
         number<HostPair::kSource, HostPair::kShort, &HostNumbers::reset_share>),
    real("Src Host 2s Bytes Per Flow", "bytes", "Mean payload of the flows of the source that ended in the last 2 s.",
         number<HostPair::kSource, HostPair::kShort, &HostNumbers::bytes_per_flow>),
    real("Src Host 60s Ports", "ports",
         "Distinct destination ports of the flows that the source opened in the last 60 s.",
         number<HostPair::kSource, HostPair::kLong, &HostNumbers::ports>),
    real("Src Host 60s Peers", "addresses", "Distinct addresses to which the source opened flows in the last 60 s.",
         number<HostPair::kSource, HostPair::kLong, &HostNumbers::peers>),
    real("Src Host 60s New Flows/s", "1/s",
         "Flows that the source opened in the last 60 s, over the length of the window.",
         number<HostPair::kSource, HostPair::kLong, &HostNumbers::flows_per_second>),
    real("Src Host 60s Unanswered Share", "-",
         "Share of flows without a backward packet among those of the source that ended in the last 60 s.",
         number<HostPair::kSource, HostPair::kLong, &HostNumbers::unanswered_share>),
    real("Src Host 60s Reset Share", "-",
         "Share of flows that RST closed among those of the source that ended in the last 60 s.",
         number<HostPair::kSource, HostPair::kLong, &HostNumbers::reset_share>),
    real("Src Host 60s Bytes Per Flow", "bytes", "Mean payload of the flows of the source that ended in the last 60 s.",
         number<HostPair::kSource, HostPair::kLong, &HostNumbers::bytes_per_flow>),
    real("Dst Host 2s Ports", "ports", "Distinct ports of the destination to which flows were opened in the last 2 s.",
         number<HostPair::kDestination, HostPair::kShort, &HostNumbers::ports>),
    real("Dst Host 2s Peers", "addresses", "Distinct addresses that opened flows to the destination in the last 2 s.",
         number<HostPair::kDestination, HostPair::kShort, &HostNumbers::peers>),
    real("Dst Host 2s New Flows/s", "1/s",
         "Flows that were opened to the destination in the last 2 s, over the length of the window.",
         number<HostPair::kDestination, HostPair::kShort, &HostNumbers::flows_per_second>),
    real("Dst Host 2s Unanswered Share", "-",
         "Share of flows without a backward packet among those to the destination that ended in the last 2 s.",
         number<HostPair::kDestination, HostPair::kShort, &HostNumbers::unanswered_share>),
    real("Dst Host 2s Reset Share", "-",
         "Share of flows that RST closed among those to the destination that ended in the last 2 s.",
         number<HostPair::kDestination, HostPair::kShort, &HostNumbers::reset_share>),
    real("Dst Host 2s Bytes Per Flow", "bytes",
         "Mean payload of the flows to the destination that ended in the last 2 s.",
         number<HostPair::kDestination, HostPair::kShort, &HostNumbers::bytes_per_flow>),
    real("Dst Host 60s Ports", "ports",
         "Distinct ports of the destination to which flows were opened in the last 60 s.",
         number<HostPair::kDestination, HostPair::kLong, &HostNumbers::ports>),
    real("Dst Host 60s Peers", "addresses", "Distinct addresses that opened flows to the destination in the last 60 s.",
         number<HostPair::kDestination, HostPair::kLong, &HostNumbers::peers>),
    real("Dst Host 60s New Flows/s", "1/s",
         "Flows that were opened to the destination in the last 60 s, over the length of the window.",
         number<HostPair::kDestination, HostPair::kLong, &HostNumbers::flows_per_second>),
    real("Dst Host 60s Unanswered Share", "-",
         "Share of flows without a backward packet among those to the destination that ended in the last 60 s.",
         number<HostPair::kDestination, HostPair::kLong, &HostNumbers::unanswered_share>),
    real("Dst Host 60s Reset Share", "-",
         "Share of flows that RST closed among those to the destination that ended in the last 60 s.",
         number<HostPair::kDestination, HostPair::kLong, &HostNumbers::reset_share>),
    real("Dst Host 60s Bytes Per Flow", "bytes",
         "Mean payload of the flows to the destination that ended in the last 60 s.",
         number<HostPair::kDestination, HostPair::kLong, &HostNumbers::bytes_per_flow>),
    real("Pair 2s Flows", "flows", "Flows that the source opened to the destination in the last 2 s.",
         number<&HostPair::flows_between, HostPair::kShort>),
    real("Pair 60s Flows", "flows", "Flows that the source opened to the destination in the last 60 s.",
         number<&HostPair::flows_between, HostPair::kLong>),
    real("Service 2s Flows", "flows",
         "Flows that the source opened to the same port and protocol of the destination in the last 2 s.",
         number<&HostPair::flows_to_service, HostPair::kShort>),
    real("Service 60s Flows", "flows",
         "Flows that the source opened to the same port and protocol of the destination in the last 60 s.",
         number<&HostPair::flows_to_service, HostPair::kLong>),
};

constexpr std::string_view kNotes =
    R"(Scans and floods are visible here and not in one flow. Made from the beginnings and ends of all flows in the order of packet
time, so that they do not depend on the number of threads.

- A host is an address within its VLAN and tunnel, and has two contexts: of the flows that it opened, and of those that
  were opened to it.
- A row's numbers are those of the moment at which it is true: the flow's end or its checkpoint. The flow itself is among
  those that were opened, if that is not too long ago, and in the row of its end among those that ended. A flow that ends
  by a timeout has its end, and its row, when the timeout has passed: an unanswered SYN two minutes after it was sent.
  Flows that are cut off by the end of a run (`shutdown`) end at its last moment.
- Windows end with that moment and begin with a whole slice of the clock: a half second for 2 s, two seconds for 60 s. So
  they cover 1.5 to 2 s and 58 to 60 s. Rates are over 2 s and 60 s all the same.
- Up to 16 different ports or addresses of a window are counted exactly; beyond that the count is an estimate by 128
  registers of HyperLogLog, with a standard error of 9 %. Protocols without ports have port 0.
- Shares and means are 0 where no flow has ended. Bytes are payload as above, of both directions.
- A continuation counts as a flow that was opened.
- Flows of a pair are those from this source to this destination, in the same windows; of a service, those of them to the same
  port and protocol (the `count` and `srv_count` of KDD 1999, Lee and Stolfo 2000, of both ends). They are exact.
- The contexts of the 16,384 hosts and roles seen last are kept, in at most 92 MB beside the memory cap of flows, and the
  65,536 pairs and services seen last in at most 19 MB. Who is forgotten for want of place is counted and begins anew.)";

}  // namespace

const FeatureGroup& host_group() {
    static constexpr FeatureGroup kGroup{.name = "host",
                                         .help = "What the two ends of a flow have lately done with others.",
                                         .notes = kNotes,
                                         .features = kHost,
                                         .form = form_all<kHost>,
                                         .stage = Stage::kOrder};
    return kGroup;
}

}  // namespace flowsift::features
