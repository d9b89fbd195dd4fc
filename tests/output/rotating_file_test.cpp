#include "output/rotating_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "tests/output/flows_for_tests.h"

namespace flowsift::output {
namespace {

class RotatingFiles : public testing::Test {
  protected:
    RotatingFiles() : folder_(testing::TempDir() + "rotating-" + std::to_string(getpid())) {
        std::filesystem::create_directory(folder_);
    }
    ~RotatingFiles() override { std::filesystem::remove_all(folder_); }

    std::string path(const std::string& name = "eve.json") const { return folder_ + "/" + name; }
    std::unique_ptr<RotatingFile> open(const Rotation& rotation) {
        auto file = RotatingFile::open(path(), rotation);
        EXPECT_TRUE(file.ok());
        return std::move(*file);
    }
    std::string content(const std::string& name = "eve.json") const {
        std::ifstream file(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::string folder_;
};

// Four lines of three bytes at most two to a file, one file put aside is kept: the oldest two lines are gone.
TEST_F(RotatingFiles, BySizeAtTheEndOfALine) {
    const auto file = open({.most_bytes = 7, .kept = 1});
    for (const char* line : {"1a\n", "2b\n", "3c\n", "4d\n", "5e\n"}) file->write_line(line);
    ASSERT_TRUE(file->finish().ok());
    EXPECT_EQ(content(), "5e\n");
    EXPECT_EQ(content("eve.json.1"), "3c\n4d\n");
    EXPECT_FALSE(std::filesystem::exists(path("eve.json.2")));
}

TEST_F(RotatingFiles, ALineLongerThanTheLimitHasAFileOfItsOwn) {
    const auto file = open({.most_bytes = 2});
    file->write_line("longer\n");
    file->write_line("x\n");
    ASSERT_TRUE(file->finish().ok());
    EXPECT_EQ(content("eve.json.1"), "longer\n");
    EXPECT_EQ(content(), "x\n");
}

TEST_F(RotatingFiles, ByAgeButNeverAnEmptyOne) {
    const auto file = open({.most_age = std::chrono::milliseconds(1)});
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    file->flush();
    EXPECT_FALSE(std::filesystem::exists(path("eve.json.1")));
    file->write_line("a\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    file->flush();
    file->write_line("b\n");
    ASSERT_TRUE(file->finish().ok());
    EXPECT_EQ(content("eve.json.1"), "a\n");
}

TEST_F(RotatingFiles, ReopenedAfterItWasMovedAwayBeginsANewOne) {
    const auto file = open({});
    file->write_line("before\n");
    std::filesystem::rename(path(), path("moved"));
    file->write_line("between\n");
    file->reopen();
    file->write_line("after\n");
    ASSERT_TRUE(file->finish().ok());
    EXPECT_EQ(content("moved"), "before\nbetween\n");
    EXPECT_EQ(content(), "after\n");
}

TEST_F(RotatingFiles, AppendsOrBeginsAnewAsAsked) {
    for (const bool appends : {false, false, true}) {
        const auto file = open({.appends = appends});
        file->write_line("x\n");
        ASSERT_TRUE(file->finish().ok());
    }
    EXPECT_EQ(content(), "x\nx\n");
}

// A limit of the process on the size of files is a full disk that can be emptied: 10 bytes fit, then 100.
TEST_F(RotatingFiles, AFullDiskLosesWholeLinesCountsThemAndGoesOn) {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto limit = [&](rlim_t bytes) {
        const rlimit narrow{bytes, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &narrow);
    };
    const auto file = open({});
    limit(10);
    for (const char* line : {"one\n", "two\n", "three\n", "four\n"}) file->write_line(line);
    file->flush();
    EXPECT_EQ(file->lost_lines(), 2u);
    EXPECT_EQ(content(), "one\ntwo\n");
    limit(100);
    file->write_line("five\n");
    const auto finished = file->finish();
    setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(content(), "one\ntwo\nfive\n");
    ASSERT_FALSE(finished.ok());
    EXPECT_THAT(finished.error().message, testing::EndsWith("2 lines are missing in it"));
}

}  // namespace
}  // namespace flowsift::output
