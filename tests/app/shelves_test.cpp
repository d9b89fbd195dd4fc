// The folders behind a dashboard: models, uploads, and trainings that fill them. Real models, trained by real jobs.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/model_shelf.h"
#include "app/training_queue.h"
#include "app/upload_shelf.h"

namespace flowsift::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kEnough = 2ULL << 30;

class ShelvesTest : public testing::Test {
  protected:
    ShelvesTest() : folder_(testing::TempDir() + fmt::format("shelves-{}", getpid())), models_(folder_) {
        std::filesystem::remove_all(folder_);
        EXPECT_TRUE(ModelShelf::prepare(folder_));
    }
    ~ShelvesTest() override { std::filesystem::remove_all(folder_); }

    std::string write(const std::string& name, const std::string& content) {
        std::ofstream(folder_ + '/' + name) << content;
        return folder_ + '/' + name;
    }

    /// Two classes that one column tells apart.
    std::string rows(int count) {
        std::string text = "Flow Duration,Total Fwd Packet,Label,Assembly Profile\n";
        for (int i = 0; i < count; ++i) text += fmt::format("{},{},{},default\n", i % 97, i % 2, i % 2 ? "A" : "B");
        return write("rows.csv", text);
    }

    /// Until the job has ended.
    static serve::Job ended(const TrainingQueue& queue, const std::string& id) {
        while (true) {
            for (const serve::Job& job : queue.jobs())
                if (job.id == id && job.ended != 0) return job;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }

    serve::Job train(const std::string& name, std::vector<std::string> more = {}) {
        auto host = JobHost::start(std::nullopt);
        EXPECT_TRUE(host) << host.error().message;
        TrainingQueue queue(*host, kEnough, {});
        std::vector<std::string> arguments = {"train", rows(400), "--trees", "5", "-o", *models_.path_of(name)};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const auto job = queue.add(name, arguments);
        EXPECT_TRUE(job);
        return ended(queue, job->id);
    }

    std::string folder_;
    ModelShelf models_;
};

TEST_F(ShelvesTest, ATrainingPutsAModelAndItsReportOnTheShelf) {
    const serve::Job job = train("first", {"--report-json", *models_.report_of("first")});
    EXPECT_EQ(job.state, "done") << job.message;
    EXPECT_EQ(job.model, "first");
    const auto list = models_.list();
    ASSERT_EQ(list.models.size(), 1U);
    EXPECT_EQ(list.models[0].name, "first");
    EXPECT_EQ(list.models[0].trees, 5U);
    EXPECT_THAT(list.models[0].classes, ElementsAre("A", "B"));
    EXPECT_GT(list.models[0].created, 0);
    const auto details = models_.details("first");
    ASSERT_TRUE(details);
    const auto report = nlohmann::json::parse(details->report_json);
    EXPECT_EQ(report["splits"][0]["name"], "stratified");
    EXPECT_EQ(report["splits"][0]["confusion"].size(), 2U);
    EXPECT_EQ(report["curves"]["pr"].size(), 2U);
    EXPECT_FALSE(report["warnings"].empty());
    EXPECT_FALSE(report["importance"].empty());
}

TEST_F(ShelvesTest, WithoutAReportThereIsStillWhatTheModelKeeps) {
    EXPECT_EQ(train("plain").state, "done");
    const auto report = nlohmann::json::parse(models_.details("plain")->report_json);
    EXPECT_TRUE(report["splits"].empty());
    EXPECT_EQ(report["importance"].size(), 2U);
}

TEST_F(ShelvesTest, ActivatingIsRememberedAndRolledBack) {
    train("one");
    train("two");
    EXPECT_FALSE(models_.roll_back());
    EXPECT_FALSE(models_.set_active("three"));
    ASSERT_TRUE(models_.set_active("one"));
    ASSERT_TRUE(models_.set_active("two"));
    EXPECT_EQ(ModelShelf(folder_).list().active, "two");
    EXPECT_EQ(models_.list().previous, "one");
    EXPECT_FALSE(models_.remove("two"));
    EXPECT_EQ(*models_.roll_back(), "one");
    EXPECT_EQ(models_.active(), "one");
    EXPECT_TRUE(models_.remove("two"));
    EXPECT_EQ(models_.list().models.size(), 1U);
}

TEST_F(ShelvesTest, WhatIsNoModelIsListedWithTheReasonAndNotActivated) {
    write("broken.fsm", "not a model");
    const auto list = models_.list();
    ASSERT_EQ(list.models.size(), 1U);
    EXPECT_THAT(list.models[0].why_not, HasSubstr("model"));
    EXPECT_FALSE(models_.set_active("broken"));
    write("active.json", "{\"active\":\"../../etc/passwd\",\"previous\":7}");
    EXPECT_EQ(models_.active(), "");
}

TEST_F(ShelvesTest, NamesStayInTheFolder) {
    for (const char* name : {"", ".", "..", "../x", "a/b", "-x", ".hidden", "a b", "a\n"}) {
        EXPECT_FALSE(models_.path_of(name)) << name;
        EXPECT_FALSE(models_.remove(name)) << name;
    }
    EXPECT_FALSE(models_.path_of(std::string(65, 'a')));
    EXPECT_EQ(*models_.path_of("a-1_b.c"), folder_ + "/a-1_b.c.fsm");
}

TEST_F(ShelvesTest, ATrainingThatFailsSaysWhy) {
    auto host = JobHost::start(std::nullopt);
    ASSERT_TRUE(host);
    TrainingQueue queue(*host, kEnough, {});
    const auto job = queue.add("x", {"train", folder_ + "/none.csv", "-o", folder_ + "/x.fsm"});
    const serve::Job done = ended(queue, job->id);
    EXPECT_EQ(done.state, "failed");
    EXPECT_THAT(done.message, HasSubstr("No such file"));
    EXPECT_EQ(done.model, "");
}

TEST_F(ShelvesTest, TrainingsWaitForEachOtherAndAreCancelled) {
    auto host = JobHost::start(std::nullopt);
    ASSERT_TRUE(host);
    std::mutex mutex;
    std::vector<std::string> states;
    TrainingQueue queue(*host, kEnough, [&](const serve::Job& job) {
        const std::lock_guard lock(mutex);
        if (job.id == "1" && (states.empty() || states.back() != job.state)) states.push_back(job.state);
    });
    const std::vector<std::string> slow = {"train", rows(40'000), "--trees", "10000", "-o", folder_ + "/x.fsm"};
    ASSERT_TRUE(queue.add("x", slow));
    ASSERT_TRUE(queue.add("y", slow));
    ASSERT_TRUE(queue.cancel("2"));
    EXPECT_EQ(ended(queue, "2").state, "cancelled");
    ASSERT_TRUE(queue.cancel("1"));
    EXPECT_EQ(ended(queue, "1").state, "cancelled");
    EXPECT_FALSE(queue.cancel("3"));
    const std::lock_guard lock(mutex);
    EXPECT_THAT(states,
                testing::AnyOf(ElementsAre("waiting", "running", "cancelled"), ElementsAre("waiting", "cancelled")));
}

TEST_F(ShelvesTest, UploadsAreKeptUnderTheirNamesAndFoundAgain) {
    UploadShelf uploads(folder_);
    const auto kept = uploads.keep(write("incoming", "Flow Duration,Label\n1,A\n"), "rows.csv");
    ASSERT_TRUE(kept) << kept.error().message;
    EXPECT_EQ(kept->kind, "flows csv");
    EXPECT_EQ(kept->bytes, 24U);
    ASSERT_EQ(UploadShelf(folder_).list().size(), 1U);
    EXPECT_EQ(*uploads.path_of(kept->id), folder_ + "/upload-" + kept->id + "/rows.csv");
    EXPECT_FALSE(uploads.path_of("../../etc/passwd"));
    EXPECT_TRUE(uploads.remove(kept->id));
    EXPECT_FALSE(uploads.remove(kept->id));
}

TEST_F(ShelvesTest, AnUploadThatIsNothingOfOursIsRemoved) {
    UploadShelf uploads(folder_);
    EXPECT_FALSE(uploads.keep(write("incoming", std::string("\0\1\2,\n", 5)), "x.pcap"));
    EXPECT_FALSE(uploads.keep(write("incoming", "a,b\n"), "../x.csv"));
    EXPECT_THAT(uploads.list(), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/incoming"));
}

}  // namespace
}  // namespace flowsift::app
