// The `tcp` group: how well a TCP connection goes.
#include "features/feature_group.h"
#include "features/flow_view.h"

namespace flowsift::features {
namespace {

using flow::kBackward;
using flow::kForward;
using Counts = TcpMeter::Counts;

double responder_round_trip(const FlowView& flow) {
    return flow.tcp->responder_round_trip();
}
double initiator_round_trip(const FlowView& flow) {
    return flow.tcp->initiator_round_trip();
}

template <flow::Direction D, std::uint32_t Counts::*Count>
double count(const FlowView& flow) {
    return flow.tcp->counts(D).*Count;
}

constexpr Feature whole(std::string_view name, std::string_view unit, std::string_view definition,
                        double (*value)(const FlowView&)) {
    return {name, unit, definition, true, false, FeatureUse::kDefault, value};
}

constexpr Feature kTcp[] = {
    whole("Fwd Handshake RTT", "µs", "From the forward SYN to the SYN+ACK that answers it: to the responder and back.",
          responder_round_trip),
    whole("Bwd Handshake RTT", "µs", "From the SYN+ACK to the ACK that answers it: to the initiator and back.",
          initiator_round_trip),
    whole("Fwd Retransmissions", "packets", "Forward segments that begin with numbers sent before.",
          count<kForward, &Counts::retransmissions>),
    whole("Bwd Retransmissions", "packets", "Backward segments that begin with numbers sent before.",
          count<kBackward, &Counts::retransmissions>),
    whole("Fwd Out Of Order", "packets", "Forward segments that fill a gap which an earlier one has left.",
          count<kForward, &Counts::out_of_order>),
    whole("Bwd Out Of Order", "packets", "Backward segments that fill a gap which an earlier one has left.",
          count<kBackward, &Counts::out_of_order>),
    whole("Fwd Zero Windows", "packets", "Forward packets that announce a window of 0.",
          count<kForward, &Counts::zero_windows>),
    whole("Bwd Zero Windows", "packets", "Backward packets that announce a window of 0.",
          count<kBackward, &Counts::zero_windows>),
    whole("Fwd Duplicate ACKs", "packets", "Forward packets that are duplicate acknowledgements.",
          count<kForward, &Counts::duplicate_acks>),
    whole("Bwd Duplicate ACKs", "packets", "Backward packets that are duplicate acknowledgements.",
          count<kBackward, &Counts::duplicate_acks>),
};

constexpr std::string_view kNotes =
    R"(All are 0 for other protocols, and as seen where the packets were captured. RST segments and later IP fragments are left
out of them; a first fragment counts with its own length. Each flow starts afresh: a continuation knows nothing of the
piece before.

- Round trips are those from the capturing point to one side and back, so their sum is that of the connection; what the
  side takes to answer is part of them. A SYN that comes again starts anew: the times are those from the latest SYN to the
  first SYN+ACK after it, and from the latest SYN+ACK to the first ACK, which may bear data. 0 where either was not seen.
- A segment takes one sequence number per byte of payload, one for SYN and one for FIN (RFC 9293). Numbers are compared
  modulo 2^32. The first packet of a direction says where its numbers begin: what came before the capture is not missed.
- A segment that begins beyond the highest number so far leaves a gap. One that begins below it is out of order if it
  holds a number of a gap, else a retransmission; a repeated SYN or FIN is one, too. Nobody between the two can tell a
  segment that was overtaken from one that is sent again because it was lost before it came here: both fill a gap.
- The four latest gaps are known, and none that begins more than 2^30 numbers below the highest; what is older counts as
  sent.
- A keep-alive is neither: one byte before the next number while the peer has acknowledged everything, or no byte at all.
- SYN and FIN announce no zero window.
- A duplicate acknowledgement is that of RFC 5681: no payload, neither SYN nor FIN, the number and the window of the
  acknowledgement before, that number being the highest so far, while the peer's data beyond it is on its way.)";

}  // namespace

const FeatureGroup& tcp_group() {
    static constexpr FeatureGroup kGroup{.name = "tcp",
                                         .help = "How well a TCP connection goes.",
                                         .notes = kNotes,
                                         .features = kTcp,
                                         .form = form_all<kTcp>};
    return kGroup;
}

}  // namespace flowsift::features
