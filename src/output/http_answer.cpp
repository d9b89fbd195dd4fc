// The one translation unit of this room with Boost.Beast, whose parser reads what the server says.
#include "output/http_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <string>

namespace flowsift::output {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::uint32_t kMostHeaderBytes = 8'192;
constexpr std::uint64_t kMostBodyBytes = 65'536;
constexpr std::chrono::seconds kLongestWait{3'600};
constexpr std::size_t kMostDigits = 9;
constexpr int kMostInterim = 8;

std::chrono::seconds bounded(std::int64_t seconds) {
    return std::clamp(std::chrono::seconds(seconds), std::chrono::seconds(0), kLongestWait);
}

/// IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<std::time_t> parse_date(const std::string& text) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (!end || end != text.c_str() + text.size()) return std::nullopt;
    return timegm(&parts);
}

}  // namespace

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text,
                                                      std::chrono::system_clock::time_point now) {
    const bool is_number = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (is_number && text.size() > kMostDigits) return kLongestWait;
    if (is_number) {
        std::int64_t seconds = 0;
        std::from_chars(text.data(), text.data() + text.size(), seconds);
        return bounded(seconds);
    }
    const auto date = parse_date(std::string(text));
    if (!date) return std::nullopt;
    return bounded(*date - std::chrono::system_clock::to_time_t(now));
}

namespace {

/// A body that nobody keeps (Beast's concept Body). Eager, Beast 1.74 passes over its own error of a Content-Length
/// beyond the limit; its string_body would then make room for whatever the server has said.
struct DiscardedBody {
    struct value_type {};
    struct reader {
        template <bool kIsRequest, class Fields>
        reader(http::header<kIsRequest, Fields>&, value_type&) {}
        void init(const boost::optional<std::uint64_t>& length, error_code& error) {
            error = {};
            if (length && *length > kMostBodyBytes) error = http::error::body_limit;
        }
        template <class Buffers>
        std::size_t put(const Buffers& buffers, error_code& error) {
            error = {};
            return boost::beast::buffer_bytes(buffers);
        }
        void finish(error_code& error) { error = {}; }
    };
};

}  // namespace

struct HttpAnswerReader::Machine {
    Machine() { begin(); }

    void begin() {
        parser.emplace();
        parser->header_limit(kMostHeaderBytes);
        parser->body_limit(kMostBodyBytes);
        parser->eager(true);
    }
    /// 1xx, after which the real one comes (RFC 9110 section 15.2). Not 101: nobody has asked for another protocol.
    bool is_interim() const {
        const unsigned status = parser->get().result_int();
        return parser->is_done() && status / 100 == 1 && status != 101;
    }

    std::optional<http::response_parser<DiscardedBody>> parser;
    std::string unread;  ///< The start of a line; no longer than the header may be.
    int interim = 0;
    bool is_over = false;
};

HttpAnswerReader::HttpAnswerReader() : machine_(std::make_unique<Machine>()) {}

HttpAnswerReader::~HttpAnswerReader() = default;

base::Result<bool> HttpAnswerReader::feed(std::string_view bytes) {
    Machine& machine = *machine_;
    machine.unread += bytes;
    while (!machine.parser->is_done() && !machine.unread.empty()) {
        error_code error;
        const std::size_t used = machine.parser->put(asio::buffer(machine.unread), error);
        machine.unread.erase(0, used);
        if (error == http::error::need_more || (!error && used == 0)) break;
        if (error) return base::Error{fmt::format("it does not answer in HTTP as expected: {}", error.message())};
        if (machine.is_interim() && ++machine.interim <= kMostInterim) machine.begin();
    }
    if (machine.unread.size() > kMostHeaderBytes)
        return base::Error{"it does not answer in HTTP as expected: a line that is too long"};
    return machine.parser->is_done();
}

base::Result<void> HttpAnswerReader::end() {
    machine_->is_over = true;
    error_code error = http::error::end_of_stream;
    if (machine_->parser->is_header_done()) machine_->parser->put_eof(error);  // It wants to have seen something.
    if (error || !machine_->parser->is_done()) return base::Error{"it has closed the connection without an answer"};
    return {};
}

HttpAnswer HttpAnswerReader::answer(std::chrono::system_clock::time_point now) const {
    const auto& response = machine_->parser->get();
    HttpAnswer answer{.status = response.result_int()};
    answer.keeps_open = !machine_->is_over && machine_->unread.empty() && response.keep_alive();
    if (const auto found = response.find(http::field::retry_after); found != response.end())
        answer.retry_after = parse_retry_after({found->value().data(), found->value().size()}, now);
    return answer;
}

}  // namespace flowsift::output
