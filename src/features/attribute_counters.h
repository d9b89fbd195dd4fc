// AttributeCounters: what the limits of features/attribute_collector.h have cost.
#pragma once

#include <cstdint>

namespace flowsift::features {

struct AttributeCounters {
    std::uint64_t attributes_not_kept = 0;          ///< Found, but there was no room for more of them.
    std::uint64_t unfinished_messages_dropped = 0;  ///< To make room for the begun message of another flow.

    AttributeCounters& operator+=(const AttributeCounters& other) {
        attributes_not_kept += other.attributes_not_kept;
        unfinished_messages_dropped += other.unfinished_messages_dropped;
        return *this;
    }
};

}  // namespace flowsift::features
