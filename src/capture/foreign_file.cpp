#include "capture/foreign_file.h"

#include <algorithm>

namespace flowsift::capture {
namespace {

struct Signature {
    std::string_view bytes;
    std::string_view description;
};

constexpr Signature kSignatures[] = {
    {std::string_view("snoop\0\0\0", 8), "a snoop capture; convert it with `editcap -F pcap`"},
    {"GMBU", "a Microsoft Network Monitor capture; convert it with `editcap -F pcap`"},
    {"RTSS", "a Microsoft Network Monitor capture; convert it with `editcap -F pcap`"},
    {"TRSNIFF data", "a Sniffer capture; convert it with `editcap -F pcap`"},
    {"XCP\0", "a NetXRay capture; convert it with `editcap -F pcap`"},
    {"PK\x03\x04", "a zip archive; unpack it first"},
    {"\xfd"
     "7zXZ",
     "xz-compressed data; unpack it with `xz -dc`"},
    {"BZh", "bzip2-compressed data; unpack it with `bzip2 -dc`"},
    {"\x04\x22\x4d\x18", "lz4-compressed data; unpack it with `lz4 -dc`"},
    {"7z\xbc\xaf", "a 7-zip archive; unpack it first"},
    {"\x7f"
     "ELF",
     "a program (ELF)"},
    {"%PDF", "a PDF document"},
    {"SQLite format 3", "an SQLite database"},
    {"<?xml", "XML"},
    {"{", "JSON"},
};

bool is_text(std::uint8_t byte) {
    return (byte >= 0x20 && byte < 0x7f) || byte == '\n' || byte == '\r' || byte == '\t';
}

}  // namespace

std::string_view describe_foreign_file(base::Bytes head) {
    const auto begins_with = [&](std::string_view bytes) {
        return head.size() >= bytes.size() && std::equal(bytes.begin(), bytes.end(), head.begin(), [](char a, auto b) {
                   return static_cast<std::uint8_t>(a) == b;
               });
    };
    for (const Signature& signature : kSignatures)
        if (begins_with(signature.bytes)) return signature.description;
    if (std::all_of(head.begin(), head.end(), is_text)) return "text";
    return "unknown data";
}

}  // namespace flowsift::capture
