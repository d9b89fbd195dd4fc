#include "features/markdown.h"

#include <fmt/format.h>

#include "features/feature_group.h"

namespace flowsift::features {
namespace {

constexpr std::string_view kIntroduction = R"(# Flow features

Generated from the catalogue in `src/features/catalogue_*.cpp` by `flowsift features --markdown`; do not edit.
Version of the definitions: {}. A model stores it and serves no rows of another version.

## Conventions

- Time is packet time. Each timestamp is first floored to whole microseconds, so durations and gaps are whole numbers.
  Time never runs backwards: an earlier timestamp is taken as the latest one seen, and counted.
- The length of a packet is its transport payload by the IP header's length fields, never what was captured: Ethernet
  padding does not count. It is 0 for ICMP and every protocol other than TCP, UDP and SCTP.
- Forward is what the initiator sends: the sender of the first packet, except that a TCP flow first seen with SYN+ACK was
  opened by the receiver of that packet.
- Std is the sample standard deviation (N - 1), 0 where N < 2, formed from exact integer sums. Min and Max are 0 where
  there is no value. A rate over a zero duration is 0. No feature is ever NaN or infinite.
- "Over" a limit means strictly more.
- A bulk is a run of at least 4 non-empty packets of one direction, with no non-empty packet of the other between them and
  no gap over 1 s between two of them.
- A new subflow begins after a gap over 1 s; a flow has at least one subflow.
- A period of activity ends at a gap over 5 s. The last period counts although nothing has ended it, and so do periods of
  length zero: a flow without such a gap has one period, its duration.

## Flow assembly

- A flow is made of the packets that share both addresses and ports, whatever their order, the protocol, the VLAN ids and
  the tunnel id. ICMP has no ports; an echo request and its reply, of one identifier, are one flow.
- Why a flow ended: `idle`, `active`, `fin`, `rst`, `reused`, `evicted` or `shutdown`, whichever came first. Timeouts
  fire from the capture clock, whether or not the key is seen again.
- A mutual FIN and the ACK that covers the second of them, or a RST, closes a TCP flow. Late packets still belong to it
  until it is exported: after the linger since its last packet, or at once when a SYN without ACK opens the next flow. What
  comes after the export, within the idle timeout and without SYN, is counted and belongs to no flow.
- On an open flow, a SYN without ACK whose sequence number differs from its sender's earlier SYN ends it (`reused`).
- The first packet after an `active` end, within the idle timeout and without SYN, continues the dialogue: the new flow
  keeps the initiator of its predecessor.
- A single packet is a flow.

| assembly profile | timeouts |
|---|---|
)";

constexpr std::string_view kCicHead = R"(
## The `cic` schema

Names and order of the corrected CIC-IDS2017 files. Addresses, ports, ids and timestamps are identity, never features.
)";

constexpr std::string_view kTableHead = R"(
| feature | unit | definition | note |
|---|---|---|---|
)";

constexpr std::string_view kTail = R"(
"differs from the public CSV": the public corrected CIC-IDS2017 files hold values of another definition or of a tool that
has since been repaired. Such columns are not learnt from foreign files unless asked for, because no live flow could
reproduce them. Those files are also wrong, or defined otherwise, in the direction and forward window of flows first seen
with SYN+ACK, in rates over zero durations (-1), in header lengths (negative) and where Ethernet padding counts as payload.
)";

std::string note(const Feature& feature) {
    if (feature.differs_from_public_csv) return "differs from the public CSV";
    return feature.use == FeatureUse::kOnRequest ? "learnt from only when named" : "";
}

std::string table(const FeatureGroup& group) {
    std::string text(kTableHead);
    for (const Feature& feature : group.features)
        text += fmt::format("| {} | {} | {} | {} |\n", feature.name, feature.unit, feature.definition, note(feature));
    return text;
}

}  // namespace

std::string features_markdown() {
    std::string page = fmt::format(fmt::runtime(kIntroduction), kDefinitionsVersion);
    for (const flow::AssemblyProfile& profile : flow::kProfiles)
        page += fmt::format("| `{}` | {} |\n", profile.name, profile.description);
    page += kCicHead;
    page += table(cic_group());
    page += kTail;
    page += fmt::format("\n## The `{}` schema\n\n{}\n", payload_group().name, payload_group().help);
    page += table(payload_group());
    return page;
}

}  // namespace flowsift::features
