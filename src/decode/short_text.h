// ShortText: a few bytes from the wire in a value of fixed size, as they came. Whoever shows them escapes them.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace flowsift::decode {

template <std::size_t Capacity>
class ShortText {
    static_assert(Capacity <= 255, "the length is one byte");

  public:
    static constexpr std::size_t kCapacity = Capacity;

    void clear() { size_ = 0; }

    /// What does not fit is cut off.
    void append(base::Bytes bytes) {
        const std::size_t count = std::min(bytes.size(), Capacity - size_);
        std::copy_n(bytes.begin(), count, bytes_.begin() + size_);
        size_ = static_cast<std::uint8_t>(size_ + count);
    }
    void append(std::uint8_t byte) { append(base::Bytes(&byte, 1)); }
    void assign(base::Bytes bytes) {
        clear();
        append(bytes);
    }

    bool is_empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.data()), size_}; }

  private:
    std::uint8_t size_ = 0;
    std::array<std::uint8_t, Capacity> bytes_;  // Not cleared: only size_ of them mean anything.
};

}  // namespace flowsift::decode
