#include "base/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/json.h"

namespace flowsift::base {
namespace {

constexpr ProgressBar::Clock::duration kRedrawInterval = std::chrono::milliseconds(100);
constexpr ProgressBar::Clock::duration kReportInterval = std::chrono::milliseconds(250);
constexpr std::size_t kWidestBar = 24;
constexpr std::string_view kEraseLine = "\r\x1b[K";

int g_reports_to = -1;

void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written <= 0) return;  // A bar that cannot be shown is no reason to disturb the work.
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// "1.2 MB", "34 k rows".
std::string amount(double number, std::string_view unit) {
    static constexpr std::array<std::string_view, 5> kPrefixes = {"", "k", "M", "G", "T"};
    std::size_t thousands = 0;
    for (; number >= 999.5 && thousands + 1 < kPrefixes.size(); ++thousands) number /= 1000;
    const bool has_fraction = number < 99.95 && (thousands > 0 || number != std::floor(number));
    const std::string digits = fmt::format("{:.{}f}", number, has_fraction ? 1 : 0);
    if (unit == "bytes") return fmt::format("{} {}B", digits, kPrefixes[thousands]);
    return fmt::format("{} {}{}{}", digits, kPrefixes[thousands], thousands ? " " : "", unit);
}

std::string duration(double seconds) {
    const auto whole = static_cast<std::uint64_t>(std::llround(std::min(seconds, 359'999.0)));
    if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

/// "[██████░░░░░░] ", in `cells` cells; nothing where there is no room for a useful one.
std::string bar(const Style& style, double share, std::size_t cells) {
    if (cells < 6) return {};
    const auto full = static_cast<std::size_t>(share * static_cast<double>(cells));
    std::string text = "[";
    for (std::size_t i = 0; i < cells; ++i) text += i < full ? style.choose("█", "#") : style.choose("░", ".");
    return text + "] ";
}

}  // namespace

std::string render_progress(const ProgressBar::Options& options, const Style& style, std::size_t width,
                            std::uint64_t done, std::uint64_t total, double elapsed_seconds) {
    const auto units = static_cast<double>(done);
    const double rate = elapsed_seconds > 0 ? units / elapsed_seconds : 0;
    const std::string label = printable(options.label) + "  ";
    std::string numbers = fmt::format("{}  {}/s", amount(units, options.unit), amount(rate, options.unit));
    if (total > done && rate > 0)
        numbers += fmt::format("  {} left", duration(static_cast<double>(total - done) / rate));
    std::string line = label + numbers;
    if (total > 0) {
        const double share = std::min(1.0, units / static_cast<double>(total));
        numbers = fmt::format("{:3.0f} %  {}", std::min(99.0, share * 100), numbers);
        const std::size_t taken = column_count(label + numbers) + 3;  // Brackets and a blank.
        line = label + bar(style, share, std::min(kWidestBar, width - std::min(width, taken))) + numbers;
    }
    return column_count(line) > width ? style.fit(line, width) : line;
}

void report_progress(int descriptor) {
    g_reports_to = descriptor;
}

ProgressBar::ProgressBar(Options options, const std::atomic<bool>& stop)
    : options_(std::move(options)),
      stop_(stop),
      is_shown_on_terminal_(is_terminal(options_.descriptor)),
      reports_to_(g_reports_to),
      style_(Style::of(options_.descriptor)),
      start_(Clock::now()),
      next_draw_(reports_to_ >= 0 ? 0 : options_.delay.count()) {}

ProgressBar::~ProgressBar() {
    if (is_drawn_) write_all(options_.descriptor, kEraseLine);
}

Progress ProgressBar::progress() {
    return {[this](std::uint64_t done, std::uint64_t total) {
        if (is_shown_on_terminal_ || reports_to_ >= 0) {
            const Clock::time_point now = Clock::now();
            if ((now - start_).count() >= next_draw_.load(std::memory_order_relaxed)) tell(now, done, total);
        }
        return !stop_.load(std::memory_order_relaxed);
    }};
}

void ProgressBar::tell(Clock::time_point now, std::uint64_t done, std::uint64_t total) {
    const std::unique_lock lock(drawing_, std::try_to_lock);
    if (!lock) return;  // Another thread is drawing.
    const auto interval = reports_to_ >= 0 ? kReportInterval : kRedrawInterval;
    next_draw_.store((now - start_ + interval).count(), std::memory_order_relaxed);
    if (reports_to_ >= 0) {
        std::string line(1, kReportMark);
        JsonWriter json(line);
        json.begin_object().member("label", options_.label).member("done", done).member("total", total).end_object();
        write_all(reports_to_, line + '\n');
        return;
    }
    const auto width = static_cast<std::size_t>(std::max(terminal_width(options_.descriptor) - 1, 1));
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    write_all(options_.descriptor,
              std::string(kEraseLine) + render_progress(options_, style_, width, done, total, elapsed));
    is_drawn_ = true;
}

}  // namespace flowsift::base
