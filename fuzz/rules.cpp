// Any bytes as a rules file; whatever parses is asked for the label of some flows.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dataset/five_tuple.h"
#include "dataset/label_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using flowsift::dataset::LabelRules;
    const auto rules = LabelRules::parse({reinterpret_cast<const char*>(data), size}, "fuzz");
    if (!rules) {
        if (rules.error().message.empty()) std::abort();
        return 0;
    }
    for (const char* id : {"10.1.0.66-10.2.0.10-4000-80-6", "2001:db8::1-2001:db8::2-53-53-17"}) {
        const auto label = rules->label_of("train.pcap.zst", *flowsift::dataset::parse_flow_id(id));
        if (label && *label >= rules->labels().size()) std::abort();
    }
    return 0;
}
