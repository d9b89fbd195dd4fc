// GrowingArray: an array that grows in place. Its elements never move, growing copies nothing, and what has grown large
// lies in huge pages where the system offers them, so that looking something up anywhere in it costs one cache miss and
// no walk through page tables.
//
// Reserves addresses, not memory, for the most that it may ever hold. Owned by one thread.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

namespace flowsift::base {

/// Elements are dropped, not destroyed; new ones are zero bytes, in which the user makes objects (or takes them as they
/// are).
template <class T>
class GrowingArray {
    static_assert(std::is_trivially_destructible_v<T>);

  public:
    /// Throws std::bad_alloc where the addresses cannot be had.
    explicit GrowingArray(std::size_t most) : reserved_(whole_pages(std::min(most, kMost) * sizeof(T)) + kHugePage) {
        void* addresses = mmap(nullptr, reserved_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (addresses == MAP_FAILED) throw std::bad_alloc();
        region_ = static_cast<std::byte*>(addresses);
        const std::size_t past = reinterpret_cast<std::uintptr_t>(region_) % kHugePage;
        first_ = region_ + (past == 0 ? 0 : kHugePage - past);
        // Where there are no huge pages, ordinary ones do.
        madvise(first_, reserved_ - kHugePage, MADV_HUGEPAGE);
    }
    ~GrowingArray() { munmap(region_, reserved_); }
    GrowingArray(const GrowingArray&) = delete;
    GrowingArray& operator=(const GrowingArray&) = delete;

    T& operator[](std::size_t i) { return *std::launder(reinterpret_cast<T*>(first_ + i * sizeof(T))); }
    const T& operator[](std::size_t i) const {
        return *std::launder(reinterpret_cast<const T*>(first_ + i * sizeof(T)));
    }

    /// Elements below this one may be used.
    std::size_t size() const { return size_; }

    /// Precondition: at most as many as were reserved. Throws std::bad_alloc where there is no memory.
    void grow_to(std::size_t size) {
        const std::size_t bytes = whole_pages(size * sizeof(T));
        if (bytes > reserved_ - kHugePage) throw std::bad_alloc();
        if (bytes > usable_) make_usable(bytes);
        bytes_ = std::max(bytes_, bytes);
        size_ = std::max(size_, size);
    }

    /// In use now, to a page; and what grow_to(size) would add.
    std::size_t bytes() const { return bytes_; }
    std::size_t growth_bytes(std::size_t size) const {
        return std::max(bytes_, whole_pages(size * sizeof(T))) - bytes_;
    }

  private:
    static constexpr std::size_t kPage = 4096;
    static constexpr std::size_t kHugePage = std::size_t{2} << 20;
    static constexpr std::size_t kMost = (std::size_t{1} << 40) / sizeof(T);

    static std::size_t whole_pages(std::size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

    /// A page that is touched before the whole huge page around it is usable stays a small one: so by huge pages.
    void make_usable(std::size_t bytes) {
        const std::size_t whole = (bytes + kHugePage - 1) / kHugePage * kHugePage;
        const std::size_t wanted = bytes < kHugePage ? bytes : std::min(whole, reserved_ - kHugePage);
        if (mprotect(first_ + usable_, wanted - usable_, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
        usable_ = wanted;
    }

    std::size_t reserved_;
    std::byte* region_ = nullptr;  ///< All that is reserved.
    std::byte* first_ = nullptr;   ///< Where the elements begin, at the start of a huge page.
    std::size_t size_ = 0;
    std::size_t bytes_ = 0;   ///< That size_ elements take.
    std::size_t usable_ = 0;  ///< Bytes that the system lets us touch.
};

}  // namespace flowsift::base
