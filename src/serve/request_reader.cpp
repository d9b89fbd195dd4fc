// One of the two translation units with Boost: Beast's HTTP parser.
#include "serve/request_reader.h"

#include <algorithm>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/parser.hpp>
#include <limits>
#include <utility>

namespace flowsift::serve {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

/// A body that is taken out piece by piece and never reserved by what a stranger announces.
struct PieceBody {
    using value_type = std::string;
    class reader {
      public:
        template <bool IsRequest, class Header>
        reader(http::header<IsRequest, Header>&, value_type& body) : body_(body) {}
        static void init(const boost::optional<std::uint64_t>&, error_code& error) { error = {}; }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, error_code& error) {
            error = {};
            std::size_t count = 0;
            for (const auto buffer : beast::buffers_range_ref(buffers)) {
                body_.append(static_cast<const char*>(buffer.data()), buffer.size());
                count += buffer.size();
            }
            return count;
        }
        static void finish(error_code& error) { error = {}; }

      private:
        value_type& body_;
    };
};

std::string lower(beast::string_view text) {
    std::string out(text.data(), text.size());
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

int status_of(const error_code& error) {
    if (error == http::error::header_limit) return 431;
    if (error == http::error::body_limit) return 413;
    const bool is_no_http =
        error == http::error::bad_version || error == http::error::bad_method || error == http::error::bad_target;
    return is_no_http ? 0 : 400;
}

}  // namespace

struct RequestReader::Parser {
    http::request_parser<PieceBody> http;
};

std::string_view RequestHead::header(std::string_view name) const {
    return find_field(headers, name).value_or(std::string_view());
}

int RequestHead::count(std::string_view name) const {
    return static_cast<int>(
        std::count_if(headers.begin(), headers.end(), [&](const auto& field) { return field.first == name; }));
}

RequestReader::RequestReader() : parser_(std::make_unique<Parser>()) {
    parser_->http.header_limit(kMostHeaderBytes);
    // Until the route is known, which has its own. Not boost::none, which Boost 1.74 takes for less than any length.
    parser_->http.body_limit(std::numeric_limits<std::uint64_t>::max());
}

RequestReader::~RequestReader() = default;

RequestReader::Found RequestReader::put(std::string_view& bytes) {
    auto& parser = parser_->http;
    if (has_head_ && parser.is_done()) return parser.get().body().empty() ? Found::kDone : Found::kBody;
    error_code error;
    parser.eager(has_head_);
    const std::size_t used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    bytes.remove_prefix(used);
    if (error && error != http::error::need_more) return fail(status_of(error));
    if (!has_head_) return parser.is_header_done() ? finish_head() : Found::kMore;
    if (!parser.get().body().empty()) return Found::kBody;
    return parser.is_done() ? Found::kDone : Found::kMore;
}

RequestReader::Found RequestReader::finish_head() {
    has_head_ = true;
    const auto& message = parser_->http.get();
    head_.method = std::string(message.method_string());
    head_.target = std::string(message.target());
    head_.is_http_1_1 = message.version() == 11;
    head_.keeps_alive = message.keep_alive();
    head_.is_chunked = message.chunked();
    if (const auto length = parser_->http.content_length()) head_.content_length = *length;
    for (const auto& field : message) {
        if (head_.headers.size() == kMostHeaders) return fail(431);
        head_.headers.emplace_back(lower(field.name_string()), std::string(field.value()));
    }
    head_.expects_continue = head_.header("expect") == "100-continue";
    // Both: where one ends and the next begins is told in two ways (RFC 9112 section 6.3): request smuggling.
    const bool is_ambiguous = head_.count("content-length") > 1 || head_.count("transfer-encoding") > 1 ||
                              (head_.count("content-length") && head_.count("transfer-encoding")) ||
                              (head_.count("transfer-encoding") && !head_.is_chunked);
    if (is_ambiguous) return fail(400);
    return Found::kHead;
}

RequestReader::Found RequestReader::fail(int status) {
    fault_ = status;
    return Found::kFault;
}

void RequestReader::limit_body(std::uint64_t most) {
    parser_->http.body_limit(most);
}

std::string RequestReader::take_body() {
    return std::exchange(parser_->http.get().body(), {});
}

}  // namespace flowsift::serve
