#include "base/terminal.h"

#include <gtest/gtest.h>
#include <pty.h>
#include <stdlib.h>  // setenv
#include <sys/ioctl.h>
#include <unistd.h>

#include <limits>

namespace flowsift::base {
namespace {

/// Sets a variable of the environment for one test; an absent value unsets it.
class Variable {
  public:
    Variable(const char* name, const char* value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old, had_ = true;
        value ? setenv(name, value, 1) : unsetenv(name);
    }
    ~Variable() { had_ ? setenv(name_, old_.c_str(), 1) : unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

  private:
    const char* name_;
    std::string old_;
    bool had_ = false;
};

class Terminal : public testing::Test {
  protected:
    void SetUp() override {
        winsize size{};
        size.ws_col = 123;
        if (openpty(&master_, &slave_, nullptr, nullptr, &size) != 0) GTEST_SKIP() << "no pseudo terminal here";
        ASSERT_EQ(pipe(pipe_), 0);
    }
    void TearDown() override {
        for (const int descriptor : {master_, slave_, pipe_[0], pipe_[1]})
            if (descriptor >= 0) close(descriptor);
    }

    int master_ = -1, slave_ = -1;
    int pipe_[2] = {-1, -1};
};

TEST_F(Terminal, IsToldFromAPipe) {
    EXPECT_TRUE(is_terminal(slave_));
    EXPECT_FALSE(is_terminal(pipe_[1]));
    EXPECT_EQ(terminal_width(slave_), 123);
    EXPECT_EQ(terminal_width(pipe_[1]), 80);
}

TEST_F(Terminal, GetsColourOnlyWhereItIsWanted) {
    const Variable xterm("TERM", "xterm-256color");
    const Variable unset("NO_COLOR", nullptr);
    EXPECT_TRUE(wants_colour(slave_));
    EXPECT_FALSE(wants_colour(pipe_[1]));
    {
        const Variable no_colour("NO_COLOR", "1");
        EXPECT_FALSE(wants_colour(slave_));
    }
    {
        const Variable empty("NO_COLOR", "");  // no-color.org: "when present and not an empty string".
        EXPECT_TRUE(wants_colour(slave_));
    }
    const Variable dumb("TERM", "dumb");
    EXPECT_FALSE(wants_colour(slave_));
}

TEST(Locale, FirstVariableThatIsSetDecides) {
    const Variable all("LC_ALL", nullptr), type("LC_CTYPE", "C"), language("LANG", "en_GB.UTF-8");
    EXPECT_FALSE(shows_utf8());
    const Variable overriding("LC_ALL", "de_DE.utf8");
    EXPECT_TRUE(shows_utf8());
}

TEST(Style, PaintsOnlyInColour) {
    EXPECT_EQ((Style{false, true}.paint(Tone::kRed, "x")), "x");
    EXPECT_EQ((Style{true, true}.paint(Tone::kPlain, "x")), "x");
    EXPECT_EQ((Style{true, true}.paint(Tone::kRed, "x")), "\x1b[31mx\x1b[0m");
}

TEST(Style, FitsTextToExactlyThatManyColumns) {
    const Style rich{false, true}, plain{false, false};
    EXPECT_EQ(rich.fit("abc", 5), "abc  ");
    EXPECT_EQ(rich.fit("abcde", 5), "abcde");
    EXPECT_EQ(rich.fit("abcdef", 5), "abcd…");
    EXPECT_EQ(plain.fit("abcdef", 5), "abcd~");
    EXPECT_EQ(rich.fit("äöüß€", 4), "äöü…");
    EXPECT_EQ(rich.fit("abc", 0), "");
    for (std::size_t width = 0; width < 12; ++width) EXPECT_EQ(column_count(rich.fit("Jäger–Sammler", width)), width);
}

TEST(Printable, LeavesTextAndStopsWhatSteersATerminal) {
    EXPECT_EQ(printable("Web Attack – XSS, ça va? 日本"), "Web Attack – XSS, ça va? 日本");
    EXPECT_EQ(printable("\x1b[2J\x07\r\n\t"), "\\x1b[2J\\x07\\x0d\\x0a\\x09");
    EXPECT_EQ(printable("a\x96z"), "a\\x96z");                    // The original CIC files' dash, in Windows-1252.
    EXPECT_EQ(printable("\xc2\x9b"), "\\u{009b}");                // C1 control: the one-character form of ESC [.
    EXPECT_EQ(printable("a\u202ecod.exe"), "a\\u{202e}cod.exe");  // Right-to-left override.
    EXPECT_EQ(printable("\u200b\ufeff"), "\\u{200b}\\u{feff}");
    EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Grouped, PutsACommaBeforeEveryThirdDigit) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(1234567), "1,234,567");
    EXPECT_EQ(grouped(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

}  // namespace
}  // namespace flowsift::base
