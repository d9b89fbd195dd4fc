#include "decode/http_request.h"

#include <algorithm>
#include <string_view>

namespace flowsift::decode {
namespace {

constexpr std::size_t kShortestMethod = 3, kLongestMethod = 20;
constexpr std::string_view kVersion = "HTTP/1.";

enum class Line { kWhole, kCut };

/// Takes the next line off `rest`, without its end (CRLF, or LF alone as RFC 9112 section 2.2 allows).
Line take_line(std::string_view& rest, std::string_view& line) {
    const std::size_t end = rest.find('\n');
    line = rest.substr(0, end);
    if (end == std::string_view::npos) return Line::kCut;
    rest.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return Line::kWhole;
}

bool is_method_letter(char byte) {
    return (byte >= 'A' && byte <= 'Z') || byte == '-' || byte == '_';
}
bool is_visible(char byte) {
    return static_cast<unsigned char>(byte) > ' ' && byte != 0x7f;
}

struct RequestLine {
    std::string_view method, target;
};

/// `line` may be cut: then what is there must be the begin of one.
Reading read_request_line(std::string_view line, Line how, RequestLine& request) {
    const auto* end_of_method = std::ranges::find_if_not(line, is_method_letter);
    const auto method_length = static_cast<std::size_t>(end_of_method - line.begin());
    if (method_length > kLongestMethod) return Reading::kForeign;
    if (method_length == line.size()) return how == Line::kCut ? Reading::kNeedsMore : Reading::kForeign;
    if (method_length < kShortestMethod || line[method_length] != ' ') return Reading::kForeign;
    request.method = line.substr(0, method_length);

    std::string_view rest = line.substr(method_length + 1);
    const auto* end_of_target = std::ranges::find_if_not(rest, is_visible);
    request.target = rest.substr(0, static_cast<std::size_t>(end_of_target - rest.begin()));
    rest.remove_prefix(request.target.size());
    if (rest.empty()) return how == Line::kCut ? Reading::kNeedsMore : Reading::kForeign;
    if (request.target.empty() || rest.front() != ' ') return Reading::kForeign;

    std::string_view version = rest.substr(1);
    if (how == Line::kCut) {
        if (version.ends_with('\r')) version.remove_suffix(1);
        const bool is_begin = version.substr(0, kVersion.size()) == kVersion.substr(0, version.size());
        return is_begin && version.size() <= kVersion.size() + 1 ? Reading::kNeedsMore : Reading::kForeign;
    }
    const bool is_http1 = version.size() == kVersion.size() + 1 && version.starts_with(kVersion) &&
                          version.back() >= '0' && version.back() <= '9';
    return is_http1 ? Reading::kDone : Reading::kForeign;
}

bool is_host_field(std::string_view name) {
    constexpr std::string_view kHost = "host";
    return std::ranges::equal(name, kHost, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

std::string_view without_blanks(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Of an absolute target ("http://user@host:80/path") or of CONNECT ("host:443"); else empty.
std::string_view authority(const RequestLine& request) {
    if (request.method == "CONNECT") return request.target;
    const std::size_t scheme = request.target.find("://");
    if (scheme == std::string_view::npos || scheme > request.target.find('/')) return {};
    std::string_view authority = request.target.substr(scheme + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    return authority.substr(authority.find('@') + 1);  // npos + 1 is 0: all of it.
}

void fill(std::string_view host, Attributes& attributes) {
    attributes.application = Application::kHttp;
    attributes.name.assign({reinterpret_cast<const std::uint8_t*>(host.data()), host.size()});
}

}  // namespace

Reading read_http_request(base::Bytes stream, Attributes& attributes) {
    std::string_view rest(reinterpret_cast<const char*>(stream.data()), stream.size());
    std::string_view line;
    RequestLine request;
    const Line first = take_line(rest, line);
    if (const Reading reading = read_request_line(line, first, request); reading != Reading::kDone) return reading;
    while (take_line(rest, line) == Line::kWhole) {
        if (line.empty()) {  // The end of the head.
            fill(authority(request), attributes);
            return Reading::kDone;
        }
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !is_host_field(line.substr(0, colon))) continue;
        fill(without_blanks(line.substr(colon + 1)), attributes);
        return Reading::kDone;
    }
    // What is known stays if the rest never comes.
    fill(authority(request), attributes);
    return Reading::kNeedsMore;
}

}  // namespace flowsift::decode
