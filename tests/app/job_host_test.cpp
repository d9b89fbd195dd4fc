// Real commands in real processes, forked from the test's own.
#include "app/job_host.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/syscall_filter.h"

namespace flowsift::app {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr std::uint64_t kEnough = 2ULL << 30;

std::string status_of(std::uint32_t process, const std::string& name) {
    std::ifstream file(fmt::format("/proc/{}/status", process));
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
    return {};
}

class JobHostTest : public testing::Test {
  protected:
    JobHostTest() : folder_(testing::TempDir() + fmt::format("jobs-{}", getpid())) {
        std::filesystem::create_directories(folder_);
    }
    ~JobHostTest() override { std::filesystem::remove_all(folder_); }

    /// Two classes that one column tells apart.
    std::string rows(int count) {
        const std::string path = folder_ + "/rows.csv";
        std::ofstream file(path);
        file << "Flow Duration,Total Fwd Packet,Label,Assembly Profile\n";
        for (int i = 0; i < count; ++i) file << fmt::format("{},{},{},default\n", i % 97, i % 2, i % 2 ? "A" : "B");
        return path;
    }

    /// All that the job says, to its end.
    static JobEvent follow(Job& job, std::vector<std::string>& lines, std::vector<std::string>& labels) {
        while (true) {
            JobEvent event = job.next();
            if (event.kind == JobEvent::Kind::kLine)
                lines.push_back(event.text);
            else if (event.kind == JobEvent::Kind::kProgress)
                labels.push_back(event.text);
            else
                return event;
        }
    }

    /// Waits until it tells how far it is.
    static bool has_begun(Job& job) {
        JobEvent event = job.next();
        while (event.kind == JobEvent::Kind::kLine) event = job.next();
        return event.kind == JobEvent::Kind::kProgress;
    }

    std::string folder_;
    std::vector<std::string> lines_, labels_;
};

TEST_F(JobHostTest, TrainsInAProcessOfItsOwnAndTellsHowFarItIs) {
    auto host = JobHost::start(std::nullopt);
    ASSERT_TRUE(host) << host.error().message;
    const std::string model = folder_ + "/model.fsm";
    auto job = host->run({{"train", rows(400), "-o", model, "--trees", "5"}, kEnough});
    ASSERT_TRUE(job) << job.error().message;
    const JobEvent end = follow(*job, lines_, labels_);
    EXPECT_EQ(end.kind, JobEvent::Kind::kEnded);
    EXPECT_EQ(end.code, 0);
    EXPECT_THAT(lines_, Contains(HasSubstr("model " + model)));
    EXPECT_THAT(labels_, Contains("growing trees"));
    EXPECT_TRUE(std::filesystem::exists(model));
}

TEST_F(JobHostTest, AJobHasNoRightsAndYields) {
    auto host = JobHost::start(std::nullopt);
    ASSERT_TRUE(host) << host.error().message;
    auto job = host->run({{"train", rows(40'000), "-o", folder_ + "/m", "--trees", "10000"}, kEnough});
    ASSERT_TRUE(job);
    ASSERT_TRUE(has_begun(*job));
    for (const char* name : {"CapPrm", "CapEff", "CapInh"})
        EXPECT_EQ(status_of(job->process(), name), "0000000000000000");
    EXPECT_EQ(status_of(job->process(), "NoNewPrivs"), "1");
    EXPECT_EQ(status_of(job->process(), "Seccomp"), "2");
    EXPECT_EQ(getpriority(PRIO_PROCESS, job->process()), 10);
    ASSERT_TRUE(host->cancel(job->process()));
    const JobEvent end = follow(*job, lines_, labels_);
    EXPECT_EQ(end.kind, JobEvent::Kind::kEnded);
    EXPECT_NE(end.code, 0);
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/m"));
}

TEST_F(JobHostTest, MoreMemoryThanItMayHaveEndsTheJobAlone) {
    if (!base::is_allowed_list_in_force()) GTEST_SKIP() << "a sanitizer's memory has no limit";
    auto host = JobHost::start(std::nullopt);
    ASSERT_TRUE(host) << host.error().message;
    auto job = host->run({{"train", rows(1'000'000), "-o", folder_ + "/m"}, kLeastJobMemory});
    ASSERT_TRUE(job);
    const JobEvent end = follow(*job, lines_, labels_);
    EXPECT_EQ(end.code, 1);
    EXPECT_THAT(lines_, Contains(HasSubstr("not enough memory")));
    EXPECT_TRUE(host->run({{"flows", "/no/such/file"}, kEnough}));
}

TEST_F(JobHostTest, OneThatIsKilledIsSaidToBe) {
    auto host = JobHost::start(std::nullopt);
    ASSERT_TRUE(host) << host.error().message;
    auto job = host->run({{"train", rows(40'000), "-o", folder_ + "/m", "--trees", "10000"}, kEnough});
    ASSERT_TRUE(job);
    ASSERT_TRUE(has_begun(*job));
    kill(static_cast<pid_t>(job->process()), SIGKILL);
    EXPECT_EQ(follow(*job, lines_, labels_).kind, JobEvent::Kind::kKilled);
}

TEST_F(JobHostTest, JobsEndWithTheHost) {
    auto host = std::make_optional(JobHost::start(std::nullopt));
    ASSERT_TRUE(*host) << host->error().message;
    auto job = (*host)->run({{"train", rows(40'000), "-o", folder_ + "/m", "--trees", "10000"}, kEnough});
    ASSERT_TRUE(job);
    ASSERT_TRUE(has_begun(*job));
    host.reset();
    EXPECT_EQ(follow(*job, lines_, labels_).kind, JobEvent::Kind::kKilled);
}

TEST_F(JobHostTest, OnlyWorkOnFilesIsAJob) {
    auto host = JobHost::start(std::nullopt);
    ASSERT_TRUE(host) << host.error().message;
    for (const char* command : {"watch", "interfaces", "serve", ""})
        EXPECT_EQ(host->run({{command}, kEnough}).error().kind, base::ErrorKind::kUsage) << command;
    EXPECT_FALSE(host->run({{}, kEnough}));
    EXPECT_FALSE(host->run({std::vector<std::string>(300, "train"), kEnough}));
    EXPECT_FALSE(host->run({{"train", std::string(70'000, 'x')}, kEnough}));
    EXPECT_FALSE(host->run({{"train", std::string("a\0b", 3)}, kEnough}));
}

TEST(JobMessage, IsReadAsItWasWritten) {
    const JobRequest request{{"train", "", "rows.csv"}, kEnough};
    const auto bytes = encode(request);
    ASSERT_TRUE(bytes);
    const auto read = parse_job_message(*bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(std::get<JobRequest>(*read).arguments, request.arguments);
    EXPECT_EQ(std::get<JobRequest>(*read).most_memory, kEnough);
    EXPECT_EQ(std::get<CancelRequest>(*parse_job_message(encode(CancelRequest{77}))).process, 77U);
    for (std::size_t size = 0; size < bytes->size(); ++size)
        EXPECT_FALSE(parse_job_message(std::span(*bytes).first(size))) << size;
    auto longer = *bytes;
    longer.push_back(0);
    EXPECT_FALSE(parse_job_message(longer));
}

TEST(JobMessage, AReplyIsAProcessOrAnError) {
    EXPECT_EQ(*parse_job_reply(encode_job_reply(std::uint32_t{5})), 5U);
    EXPECT_EQ(parse_job_reply(encode_job_reply(base::Error{"no"})).error().message, "no");
    EXPECT_FALSE(parse_job_reply({}));
}

}  // namespace
}  // namespace flowsift::app
