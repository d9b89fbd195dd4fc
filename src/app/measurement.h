// Measurement: the path from a capture to rows in steps that can be timed one by one, for `flowsift bench` and
// bench/extract.cpp.
//
// Everything runs on the caller's thread, except where workers are asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "app/parallel_meter.h"
#include "base/result.h"
#include "output/sink.h"

namespace flowsift::app {

/// Wall-clock time of `work`.
double seconds_of(const std::function<void()>& work);

/// Precondition: there is a value. Of an even number, the upper of the two in the middle.
double median(std::vector<double> values);

/// How many packets libpcap's own pcap_loop() gives to a callback that only counts: the yardstick that every program
/// can be held to. Error: libpcap cannot read all of the file (it knows no compression).
base::Result<std::uint64_t> count_by_libpcap(const std::string& path);

/// The same by our own reader. Errors here and below: those of capture::open_capture(); damage ends the capture.
base::Result<std::uint64_t> count_packets(const std::string& path);

/// Reads and decodes every packet; returns how many there were.
base::Result<std::uint64_t> decode_packets(const std::string& path);

struct MeteredRun {
    features::AssemblyProfile profile = features::kProfiles[0];
    features::Schema schema = features::cic_schema();
    std::size_t workers = 0;
    std::function<void(const features::PacketMeter&)> after_batch = {};  ///< May be empty, like the other.
    std::function<void(const features::PacketMeter&)> before_end = {};   ///< While the last flows still live.
};

/// Gives every flow of the capture to `listener`; returns the totals.
base::Result<output::RunStatistics> meter_packets(const std::string& path, const MeteredRun& run,
                                                  features::FlowListener& listener);

/// What `flowsift flows PATH -o OUTPUT` does. Besides: a file that cannot be written.
base::Result<output::RunStatistics> write_rows(const std::string& path, const std::string& output,
                                               const MeteredRun& run);

}  // namespace flowsift::app
