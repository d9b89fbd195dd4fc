#include "output/webhook_sink.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <random>
#include <utility>

#include "output/header_file.h"

namespace flowsift::output {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RemoteScheme kSchemes[] = {{"https", 443, true, true}, {"http", 80, false, true}};

constexpr seconds kLongestExchange{10};
constexpr milliseconds kLongestEnd{500};
constexpr milliseconds kFirstWait{500}, kLongestWait{30'000};
constexpr int kMostAnswers = 10;  // That say "not now" to one alert.

bool is_temporary(unsigned status) {
    return status == 408 || status == 429 || status >= 500;
}

}  // namespace

base::Result<std::unique_ptr<WebhookSink>> WebhookSink::open(Options options) {
    const auto as_ours = [](const base::Error& error) { return base::Error{"webhook: " + error.message, error.kind}; };
    const auto address = parse_remote_address(options.address, kSchemes);
    if (!address) return as_ours(address.error());
    std::shared_ptr<const TlsContext> tls;
    if (address->is_tls) {
        auto made = TlsContext::make(options.ca_file);
        if (!made) return as_ours(made.error());
        tls = std::move(*made);
    }
    const auto headers = read_header_file(options.header_file);
    if (!headers) return as_ours(headers.error());
    if (!headers->empty() && !address->is_tls && options.tell)
        options.tell(fmt::format("webhook at {}: the headers of {} travel unencrypted; https:// would hide them",
                                 address->place(), options.header_file));
    return std::unique_ptr<WebhookSink>(new WebhookSink(*address, std::move(tls), *headers, options));
}

WebhookSink::WebhookSink(const RemoteAddress& address, std::shared_ptr<const TlsContext> tls,
                         const std::string& headers, const Options& options)
    : stream_(address, std::move(tls), patience_),
      text_(options.capture, options.is_live),
      head_(fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: flowsift\r\n{}Content-Type: application/json\r\n"
                        "Content-Length: ",
                        address.target, address.authority(), headers)),
      report_("webhook at " + address.place(), options.tell),
      backoff_(kFirstWait, kLongestWait, std::random_device{}()) {}

void WebhookSink::hurry() {
    patience_.hurry();
}

void WebhookSink::deliver(std::string_view body) {
    if (body.empty()) return;
    Fate fate = Fate::kOpen;
    for (int answers = 0; fate == Fate::kOpen;) {
        backoff_.wait(patience_);
        patience_.sleep(not_before_);
        fate = patience_.is_spent() ? Fate::kGivenUp : try_once(body, answers);
    }
    if (fate == Fate::kRefused) refused_.fetch_add(1, std::memory_order_relaxed);
    if (fate == Fate::kGivenUp) lost_.fetch_add(1, std::memory_order_relaxed);
}

WebhookSink::Fate WebhookSink::try_once(std::string_view body, int& answers) {
    const auto answer = exchange(body);
    if (answer) return judge(*answer, answers);
    stream_.close();
    backoff_.fail(Clock::now());
    if (!patience_.is_spent()) report_.failed(answer.error().message, "trying again");
    return Fate::kOpen;
}

WebhookSink::Fate WebhookSink::judge(const HttpAnswer& answer, int& answers) {
    if (!answer.keeps_open) stream_.close();
    if (answer.status / 100 == 2) {
        backoff_.reset();
        report_.works();
        patience_.progress();
        return Fate::kDelivered;
    }
    const std::string why = fmt::format("it answers {}", answer.status);
    if (!is_temporary(answer.status)) {
        report_.failed(why, "alerts so refused are counted and not sent again");
        return Fate::kRefused;
    }
    const auto now = Clock::now();
    backoff_.fail(now);
    if (answer.retry_after) not_before_ = now + *answer.retry_after;
    if (++answers == kMostAnswers) {
        report_.failed(why, fmt::format("an alert is given up after {} such answers", kMostAnswers));
        return Fate::kGivenUp;
    }
    report_.failed(why, "trying again");
    return Fate::kOpen;
}

base::Result<HttpAnswer> WebhookSink::exchange(std::string_view body) {
    const auto until = Clock::now() + kLongestExchange;
    if (!stream_.is_alive())
        if (const auto opened = stream_.open(until); !opened) return opened.error();
    request_.assign(head_);
    fmt::format_to(std::back_inserter(request_), "{}\r\n\r\n{}", body.size(), body);
    if (const auto sent = stream_.send(request_, until); !sent) return sent.error();
    return read_answer(until);
}

base::Result<HttpAnswer> WebhookSink::read_answer(Clock::time_point until) {
    HttpAnswerReader reader;
    std::array<char, 4096> room;
    for (bool is_whole = false; !is_whole;) {
        const auto read = stream_.receive(room, until);
        if (!read) return read.error();
        if (*read == 0) {
            if (const auto ended = reader.end(); !ended) return ended.error();
            break;
        }
        const auto fed = reader.feed({room.data(), *read});
        if (!fed) return fed.error();
        is_whole = *fed;
    }
    return reader.answer(std::chrono::system_clock::now());
}

base::Result<void> WebhookSink::finish() {
    stream_.end(Clock::now() + kLongestEnd);
    if (lost() + refused() == 0) return {};
    return base::Error{fmt::format("{}: {} alerts were not delivered, {} refused{}{}", report_.who(), lost(), refused(),
                                   report_.failure().empty() ? "" : ": ", report_.failure())};
}

}  // namespace flowsift::output
