#include "store/migrations.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "tests/store/temporary_store.h"

namespace flowsift::store {
namespace {

/// Stores of past versions, as `sqlite3 FILE .dump` gave them, are in tests/store/files/versionN.sql.
class Migrations : public StoreTest {
  protected:
    void load(int version) {
        std::ifstream file(std::string(FLOWSIFT_SOURCE_DIR) + "/tests/store/files/version" + std::to_string(version) +
                           ".sql");
        ASSERT_TRUE(file.good()) << "every past version has its file";
        const std::string sql{std::istreambuf_iterator<char>(file), {}};
        auto database = Database::open(path(), Database::Access::kWrite);
        ASSERT_TRUE(database.ok());
        ASSERT_TRUE(database->execute(sql.c_str()).ok());
    }

    base::Result<void> migrated() {
        auto database = Database::open(path(), Database::Access::kWrite);
        if (!database) return database.error();
        return migrate(*database);
    }
};

// Each file holds alert 5 of class "Bot" and one flow. Of every version it can be read, added to, and numbers go on.
TEST_F(Migrations, EveryPastVersionBecomesThePresentOne) {
    for (int version = 1; version < static_cast<int>(migrations().size()); ++version) {
        load(version);
        ASSERT_EQ(number("PRAGMA user_version"), version);
        auto writer = open_writer();
        EXPECT_EQ(writer->last_alert(), 5u);
        add_alert(*writer, 6);
        ASSERT_TRUE(writer->finish().ok());
        writer.reset();
        EXPECT_EQ(number("PRAGMA user_version"), static_cast<std::int64_t>(migrations().size()));
        EXPECT_EQ(number("SELECT count(*) FROM alerts WHERE label = 'Bot' AND last_seen >= time"), 2);
        EXPECT_EQ(number("SELECT count(*) FROM flows"), 1);
        for (const auto& entry : std::filesystem::directory_iterator(folder_)) std::filesystem::remove(entry.path());
    }
}

TEST_F(Migrations, AnotherProgramsFileIsLeftAlone) {
    {
        auto database = Database::open(path(), Database::Access::kWrite);
        ASSERT_TRUE(database.ok());
        ASSERT_TRUE(database->execute("CREATE TABLE songs (title TEXT)").ok());
    }
    const auto outcome = migrated();
    ASSERT_FALSE(outcome.ok());
    EXPECT_THAT(outcome.error().message, testing::HasSubstr("no store of flowsift"));
}

TEST_F(Migrations, ALaterVersionIsRefused) {
    ASSERT_TRUE(migrated().ok());
    {
        auto database = Database::open(path(), Database::Access::kWrite);
        ASSERT_TRUE(database->execute("PRAGMA user_version = 99").ok());
    }
    const auto outcome = migrated();
    ASSERT_FALSE(outcome.ok());
    EXPECT_THAT(outcome.error().message, testing::HasSubstr("version 99"));
}

TEST_F(Migrations, WhatIsNoDatabaseIsAnError) {
    std::ofstream(path()) << std::string(4096, 'x');
    EXPECT_FALSE(migrated().ok());
}

}  // namespace
}  // namespace flowsift::store
