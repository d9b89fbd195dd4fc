// write_npy: arrays as files that NumPy reads, so that both sides of a comparison work on the very same rows.
//
// Format 1.0; little-endian machines only. For benchmarks: a full disk is not noticed here.
#pragma once

#include <fmt/format.h>

#include <fstream>
#include <string>
#include <vector>

namespace flowsift::bench {

/// `type`: "<f4", "<u2", "<u4". `columns` of 0: one dimension.
template <class T>
void write_npy(const std::string& path, const char* type, const std::vector<T>& values, std::size_t columns = 0) {
    const std::string shape =
        columns ? fmt::format("({}, {})", values.size() / columns, columns) : fmt::format("({},)", values.size());
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", type, shape);
    header.resize((10 + header.size() + 64) / 64 * 64 - 11, ' ');
    header += '\n';
    std::ofstream out(path, std::ios::binary);
    out << "\x93NUMPY\x01" << '\0' << static_cast<char>(header.size() & 0xff) << static_cast<char>(header.size() >> 8);
    out << header;
    out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
}

}  // namespace flowsift::bench
