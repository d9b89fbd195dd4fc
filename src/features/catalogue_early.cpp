// The `early` group: the first packets of a flow, one by one.
#include "features/feature_group.h"
#include "features/flow_view.h"

namespace flowsift::features {
namespace {

constexpr std::size_t kPackets = EarlyPackets::kMost;
constexpr std::size_t kPerPacket = 3;

/// "Packet 17 Size", made while compiling: names are views of what lives as long as the program.
struct Name {
    std::array<char, 24> text{};
    std::size_t length = 0;

    constexpr void add(std::string_view piece) {
        for (const char c : piece) text[length++] = c;
    }
    constexpr std::string_view view() const { return {text.data(), length}; }
};

constexpr Name name_of(std::size_t packet, std::string_view what) {
    Name name;
    name.add("Packet ");
    const char digits[] = {static_cast<char>('0' + packet / 10), static_cast<char>('0' + packet % 10)};
    name.add(packet < 10 ? std::string_view(digits + 1, 1) : std::string_view(digits, 2));
    name.add(what);
    return name;
}

template <std::size_t I>
struct Names {
    static constexpr Name kSize = name_of(I + 1, " Size");
    static constexpr Name kGap = name_of(I + 1, " Gap");
    static constexpr Name kFlags = name_of(I + 1, " Flags");
};

template <std::size_t I>
double size(const FlowView& flow) {
    return flow.early->size(I);
}
template <std::size_t I>
double gap(const FlowView& flow) {
    return flow.early->gap(I);
}
template <std::size_t I>
double flags(const FlowView& flow) {
    return flow.early->flags(I);
}

constexpr Feature whole(std::string_view name, std::string_view unit, std::string_view definition,
                        double (*value)(const FlowView&)) {
    return {name, unit, definition, true, false, FeatureUse::kDefault, value};
}

using Features = std::array<Feature, kPackets * kPerPacket>;

template <std::size_t I>
constexpr void describe(Features& features) {
    features[I * kPerPacket] =
        whole(Names<I>::kSize.view(), "bytes",
              "Transport header and payload of the flow's packet of that number: positive forward, negative backward.",
              size<I>);
    features[I * kPerPacket + 1] =
        whole(Names<I>::kGap.view(), "µs", "Time since the packet before, whatever its direction.", gap<I>);
    features[I * kPerPacket + 2] =
        whole(Names<I>::kFlags.view(), "-", "Its TCP flags as a byte: FIN 1, SYN 2 … CWR 128.", flags<I>);
}

constexpr Features kEarly = [] {
    Features features{};
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (describe<I>(features), ...);
    }
    (std::make_index_sequence<kPackets>());
    return features;
}();

constexpr std::string_view kNotes =
    R"(The schema of this name also holds the `cic` group: its numbers as far as they go when the row is formed. `early:8` stops
at packet 8. At a checkpoint (`flows --checkpoint 8`) these are all that is known of the flow; in the row of its end they
are still those of its first packets.

- The size is that of the transport header and the payload by the IP header's length fields, so that an empty TCP packet
  has its 20 to 60 bytes and shows its direction. A packet of neither counts as one byte. Of ICMP and protocols that are
  not decoded it is all of the IP payload, like that of later fragments.
- Size, gap and flags of a packet that has not come are 0; no packet has size 0. The gap of packet 1 is 0.
- Flags are 0 for other protocols than TCP and for later fragments.)";

}  // namespace

const FeatureGroup& early_group() {
    static constexpr FeatureGroup kGroup{.name = "early",
                                         .help = "The first packets of a flow, one by one.",
                                         .notes = kNotes,
                                         .features = kEarly,
                                         .form = form_all<kEarly>,
                                         .item_size = kPerPacket,
                                         .comes_with_cic = true};
    return kGroup;
}

}  // namespace flowsift::features
