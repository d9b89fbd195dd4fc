#include "app/pipeline.h"

#include "app/stop_signal.h"
#include "base/wall_clock.h"

namespace flowsift::app {
void Pipeline::run(capture::PacketSource& source, const PipelineOptions& options) {
    const StopsSource stops_source(source);
    std::span<const capture::RawPacket> batch;
    for (;;) {
        const capture::ReadStatus status = source.read(batch);
        if (status == capture::ReadStatus::kEnd) break;
        if (status == capture::ReadStatus::kPackets) process(batch, options);
        if (options.tick_delay > 0) meter_.tick(ticked_ = base::wall_clock() - options.tick_delay);
        if (options.after_batch) options.after_batch();
        const capture::SourceStatistics seen = source.statistics();
        if (!options.progress.advance(seen.bytes_read, seen.bytes_total)) source.stop();
    }
}

void Pipeline::process(std::span<const capture::RawPacket> batch, const PipelineOptions& options) {
    if (packets_.size() < batch.size()) packets_.resize(batch.size());
    std::size_t count = 0;
    decoder_.begin_batch();
    for (const capture::RawPacket& raw : batch) {
        if (options.recorder) options.recorder->write(raw);
        if (decode::is_for_flows(decoder_.decode(raw, packets_[count]))) ++count;
        wire_bytes_ += raw.original_length;
    }
    meter_.add(std::span(packets_).first(count));
    frames_ += batch.size();
    latest_ = batch.back().timestamp;
}

}  // namespace flowsift::app
