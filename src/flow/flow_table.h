// FlowTable: from the hash of a key to a 32-bit handle. Buckets of one cache line with seven places each; what finds its
// bucket full goes to the next, and each bucket counts what has passed it by, so that a search knows when to stop and
// nothing need move when something is taken out.
//
// Holds no keys: the caller compares them in full through the handle, and the stored 32 bits of hash spare nearly all
// comparisons of different keys. All places of a bucket are compared at once: a search that depends on where in a row of
// places the handle stands costs more in mispredicted branches than in memory. Owned by one thread.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/growing_array.h"
#include "base/prefetch.h"

namespace flowsift::flow {

class FlowTable {
  public:
    using Handle = std::uint32_t;
    static constexpr Handle kNone = 0xffffffff;

    FlowTable() : buckets_(buckets_of(kSmallest)), mask_(kSmallest - 1) {}

    std::size_t size() const { return size_; }

    /// Allocated now.
    std::size_t bytes() const { return buckets_->bytes(); }
    /// Allocated at most by the next insert(), what is freed on the way not taken off.
    std::size_t growth_bytes() const { return must_grow() ? 2 * bytes() : 0; }

    /// The handle stored under `hash` for which `is_match(handle)` is true, or kNone.
    template <class Match>
    Handle find(std::uint32_t hash, Match&& is_match) const {
        for (std::size_t b = home(hash);; b = (b + 1) & mask_) {
            const Bucket& bucket = (*buckets_)[b];
            for (std::uint32_t places = bucket.with_hash(hash); places != 0; places &= places - 1) {
                const Handle handle = bucket.handles[std::countr_zero(places)];
                if (is_match(handle)) return handle;
            }
            if (bucket.passed_by == 0) return kNone;
        }
    }

    /// Asks the processor to fetch what find(hash) will read first.
    void prefetch(std::uint32_t hash) const { base::prefetch(&(*buckets_)[home(hash)]); }

    /// The handle that is likely to be the one of `hash`, or kNone: good enough to prefetch its record. Reads no more
    /// than prefetch() has fetched.
    Handle guess(std::uint32_t hash) const {
        const Bucket& bucket = (*buckets_)[home(hash)];
        const std::uint32_t places = bucket.with_hash(hash);
        return places == 0 ? kNone : bucket.handles[std::countr_zero(places)];
    }

    /// Calls `visit(handle)` for each, in no useful order.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::size_t b = 0; b <= mask_; ++b)
            for (std::uint32_t places = (*buckets_)[b].used; places != 0; places &= places - 1)
                visit((*buckets_)[b].handles[std::countr_zero(places)]);
    }

    /// Precondition: no equal key is stored.
    void insert(std::uint32_t hash, Handle handle) {
        if (must_grow()) grow();
        place(hash, handle);
        ++size_;
    }

    /// Precondition of both: (hash, handle) is stored.
    void replace(std::uint32_t hash, Handle handle, Handle successor) {
        std::size_t b = home(hash);
        std::uint32_t places = 0;
        while ((places = (*buckets_)[b].with_handle(handle)) == 0) b = (b + 1) & mask_;
        (*buckets_)[b].handles[std::countr_zero(places)] = successor;
    }
    void erase(std::uint32_t hash, Handle handle) {
        std::size_t b = home(hash);
        std::uint32_t places = 0;
        for (; (places = (*buckets_)[b].with_handle(handle)) == 0; b = (b + 1) & mask_) --(*buckets_)[b].passed_by;
        (*buckets_)[b].used &= ~(places & -places);
        --size_;
    }

  private:
    /// All zero where nothing is stored, as new memory is. The eighth lane of either row is no place.
    struct alignas(64) Bucket {
        static constexpr std::size_t kPlaces = 7;
        static constexpr std::uint32_t kFull = (1U << kPlaces) - 1;

        std::uint32_t hashes[kPlaces];
        std::uint32_t passed_by;  ///< Handles that are stored farther on and looked for here first.
        Handle handles[kPlaces];
        std::uint32_t used;  ///< Bit i: place i holds a handle.

        /// The used places where the hash, the handle, is this one, as bits.
        std::uint32_t with_hash(std::uint32_t hash) const { return equal_lanes(hashes, hash) & used; }
        std::uint32_t with_handle(Handle handle) const { return equal_lanes(handles, handle) & used; }

        /// Of the eight numbers that begin at `row`.
        static std::uint32_t equal_lanes(const std::uint32_t* row, std::uint32_t number) {
#ifdef __SSE2__
            const auto wanted = _mm_set1_epi32(static_cast<int>(number));
            const auto* lanes = reinterpret_cast<const __m128i*>(row);
            const __m128i low = _mm_cmpeq_epi32(_mm_load_si128(lanes), wanted);
            const __m128i high = _mm_cmpeq_epi32(_mm_load_si128(lanes + 1), wanted);
            const __m128i bytes = _mm_packs_epi16(_mm_packs_epi32(low, high), _mm_setzero_si128());
            return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes)) & kFull;
#else
            std::uint32_t equal = 0;
            for (std::size_t i = 0; i < kPlaces; ++i) equal |= std::uint32_t{row[i] == number} << i;
            return equal;
#endif
        }
    };
    static_assert(sizeof(Bucket) == 64);
    using Buckets = std::unique_ptr<base::GrowingArray<Bucket>>;
    static constexpr std::size_t kSmallest = 256;  ///< A power of two, like every number of buckets.

    static Buckets buckets_of(std::size_t count) {
        auto buckets = std::make_unique<base::GrowingArray<Bucket>>(count);
        buckets->grow_to(count);
        return buckets;
    }

    std::size_t home(std::uint32_t hash) const { return hash & mask_; }
    /// At three quarters of the places: hardly anything has then been passed by.
    bool must_grow() const { return (size_ + 1) * 4 > (mask_ + 1) * Bucket::kPlaces * 3; }

    void place(std::uint32_t hash, Handle handle) {
        std::size_t b = home(hash);
        for (; (*buckets_)[b].used == Bucket::kFull; b = (b + 1) & mask_) ++(*buckets_)[b].passed_by;
        Bucket& bucket = (*buckets_)[b];
        const int free = std::countr_one(bucket.used);
        bucket.hashes[free] = hash;
        bucket.handles[free] = handle;
        bucket.used |= 1U << free;
    }

    void grow() {
        const Buckets before = std::exchange(buckets_, buckets_of(buckets_->size() * 2));
        mask_ = buckets_->size() - 1;
        for (std::size_t b = 0; b < before->size(); ++b) {
            const Bucket& bucket = (*before)[b];
            for (std::uint32_t places = bucket.used; places != 0; places &= places - 1)
                place(bucket.hashes[std::countr_zero(places)], bucket.handles[std::countr_zero(places)]);
        }
    }

    Buckets buckets_;
    std::size_t mask_;  ///< Number of buckets less one.
    std::size_t size_ = 0;
};

}  // namespace flowsift::flow
