// What a webhook's server answers: the first byte says in how large pieces the rest comes. However it is cut, the same
// answer comes out.
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "output/http_answer.h"

namespace {

using flowsift::output::HttpAnswer;
using flowsift::output::HttpAnswerReader;

std::optional<HttpAnswer> read_in_pieces(std::string_view text, std::size_t size) {
    HttpAnswerReader reader;
    bool is_whole = false;
    for (; !text.empty() && !is_whole; text.remove_prefix(std::min(size, text.size()))) {
        const auto fed = reader.feed(text.substr(0, size));
        if (!fed) return std::nullopt;
        is_whole = *fed;
    }
    if (!is_whole && !reader.end()) return std::nullopt;
    return reader.answer({});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (text.size() > 8'000) return 0;  // Beyond the limits, pieces are refused sooner or later.
    const auto whole = read_in_pieces(text, text.size() + 1);
    const auto cut = read_in_pieces(text, std::size_t{data[0]} + 1);
    if (whole && cut && (whole->status != cut->status || whole->retry_after != cut->retry_after)) std::abort();
    return 0;
}
