#include "features/reassembly_pool.h"

namespace flowsift::features {

ReassemblyPool::Taken ReassemblyPool::take(std::uint32_t flow) {
    Taken taken;
    if (!free_.empty()) {
        taken.index = free_.back();
        free_.pop_back();
    } else if (buffers_.size() < most_) {
        taken.index = static_cast<Index>(buffers_.size());
        buffers_.push_back(std::make_unique<Buffer>());
        free_.reserve(buffers_.size());  // So that release() does not allocate.
    } else {
        taken.index = oldest_;
        taken.loser = buffers_[oldest_]->flow;
        unlink(oldest_);
    }
    buffers_[taken.index]->flow = flow;
    append(taken.index);
    return taken;
}

void ReassemblyPool::release(Index index) {
    unlink(index);
    free_.push_back(index);
}

void ReassemblyPool::unlink(Index index) {
    const Buffer& buffer = *buffers_[index];
    (buffer.older == kNone ? oldest_ : buffers_[buffer.older]->newer) = buffer.newer;
    (buffer.newer == kNone ? newest_ : buffers_[buffer.newer]->older) = buffer.older;
}

void ReassemblyPool::append(Index index) {
    Buffer& buffer = *buffers_[index];
    buffer.older = newest_;
    buffer.newer = kNone;
    (newest_ == kNone ? oldest_ : buffers_[newest_]->newer) = index;
    newest_ = index;
}

}  // namespace flowsift::features
