// A store in a folder of the test's own that is gone afterwards, and flows and alerts to put into it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "store/migrations.h"
#include "store/writer.h"

namespace flowsift::store {

class StoreTest : public testing::Test {
  protected:
    StoreTest() { std::filesystem::create_directory(folder_); }
    ~StoreTest() override { std::filesystem::remove_all(folder_); }

    std::string path() const { return folder_ + "/store.db"; }

    std::unique_ptr<Writer> open_writer(const Retention& retention = {}) {
        auto writer = Writer::open(path(), classes_, retention);
        EXPECT_TRUE(writer.ok()) << (writer.ok() ? "" : writer.error().message);
        return std::move(*writer);
    }

    /// What `sql` gives, in the store as another process sees it.
    std::int64_t number(const std::string& sql) {
        auto database = Database::open(path(), Database::Access::kRead);
        EXPECT_TRUE(database.ok());
        const auto found = database->number(sql);
        EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error().message);
        return *found;
    }

    static flow::FlowIdentity some_flow(std::uint16_t port) {
        flow::FlowIdentity flow;
        flow.source = *base::parse_ip_address("10.0.0.1");
        flow.destination = *base::parse_ip_address("2001:db8::2");
        flow.source_port = port;
        flow.destination_port = 443;
        flow.protocol = 6;
        flow.first = 1'000;
        flow.last = 5'000;
        flow.forward_packets = 3;
        flow.backward_packets = 4;
        flow.forward_wire_bytes = 300;
        flow.backward_wire_bytes = 500;
        return flow;
    }

    static void add_alert(Writer& writer, std::uint64_t number) {
        const flow::FlowIdentity flow = some_flow(1);
        writer.add_alert({.number = number,
                          .flow = flow,
                          .verdict = {1, 0.75f, {}},
                          .label = "Bot",
                          .severity = detect::Severity::kHigh,
                          .technique = "T1071",
                          .model_hash = "abc",
                          .capture = "eth0"});
    }

    std::string folder_ = testing::TempDir() + "store-" + std::to_string(getpid());
    std::vector<std::string> classes_ = {"BENIGN", "Bot"};
};

}  // namespace flowsift::store
