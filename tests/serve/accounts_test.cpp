#include "serve/accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "serve/login_limit.h"
#include "serve/secrets.h"
#include "serve/sessions.h"

namespace flowsift::serve {
namespace {

using testing::HasSubstr;

constexpr const char* kPassword = "correct horse battery";

/// A file's name in a folder of its own, gone with all that SQLite puts beside it.
class TemporaryFile {
  public:
    TemporaryFile() { folder_ = ::mkdtemp(pattern_); }
    ~TemporaryFile() {
        for (const char* end : {"", "-wal", "-shm"}) std::remove((path() + end).c_str());
        std::remove(folder_.c_str());
    }
    std::string path() const { return folder_ + "/accounts.db"; }

  private:
    char pattern_[32] = "/tmp/flowsift-accounts-XXXXXX";
    std::string folder_;
};

std::unique_ptr<Accounts> open(const std::string& path = ":memory:") {
    auto accounts = Accounts::open(path);
    EXPECT_TRUE(accounts.ok());
    return std::move(*accounts);
}

TEST(Secrets, PasswordsAreArgon2idWithASaltOfTheirOwn) {
    const auto first = hash_password(kPassword);
    const auto second = hash_password(kPassword);
    ASSERT_TRUE(first.ok() && second.ok());
    EXPECT_THAT(*first, testing::StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
    EXPECT_NE(*first, *second);
    EXPECT_TRUE(is_password(*first, kPassword));
    EXPECT_FALSE(is_password(*first, "correct horse batterz"));
    EXPECT_FALSE(is_password("", kPassword));
    EXPECT_FALSE(hash_password("short").ok());
    EXPECT_FALSE(hash_password(std::string(kMostPassword + 1, 'x')).ok());
}

TEST(Secrets, ComparisonsNeedEveryByte) {
    EXPECT_TRUE(is_same_secret("abc", "abc"));
    for (const char* other : {"abd", "bbc", "ab", "abcd", ""}) EXPECT_FALSE(is_same_secret("abc", other)) << other;
    EXPECT_EQ(random_token().size(), 64u);
    EXPECT_NE(random_token(), random_token());
}

TEST(Accounts, UsersSessionsAndTheLogOutliveTheProcess) {
    const TemporaryFile file;
    {
        const auto accounts = open(file.path());
        EXPECT_FALSE(accounts->has_users());
        ASSERT_TRUE(accounts->add_user("kim", Role::kAdmin, kPassword).ok());
        ASSERT_TRUE(accounts->keep_session({"hash", "kim", 17}).ok());
        ASSERT_TRUE(accounts->log({0, 5, "kim", "::1", "POST /api/users", "x"}).ok());
    }
    struct stat status {};
    ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u);
    const auto accounts = open(file.path());
    ASSERT_TRUE(accounts->user("kim"));
    EXPECT_EQ(accounts->user("kim")->role, Role::kAdmin);
    EXPECT_TRUE(accounts->is_password_of("kim", kPassword));
    EXPECT_FALSE(accounts->is_password_of("kim", "another password"));
    EXPECT_FALSE(accounts->is_password_of("nobody", kPassword));
    EXPECT_EQ(accounts->kept_sessions()->at(0).started, 17);
    EXPECT_EQ(accounts->audit_log(10, 0)->at(0).action, "POST /api/users");
}

TEST(Accounts, RefuseWhatIsNotTheirs) {
    const TemporaryFile file;
    {
        auto other = store::Database::open(file.path(), store::Database::Access::kWrite);
        ASSERT_TRUE(other.ok() && other->execute("CREATE TABLE x (y)").ok());
    }
    const auto accounts = Accounts::open(file.path());
    ASSERT_FALSE(accounts.ok());
    EXPECT_THAT(accounts.error().message, HasSubstr("holds no accounts of flowsift"));
}

TEST(Accounts, NamesAndTheLastAdminAreGuarded) {
    const auto accounts = open();
    for (const char* name : {"", "Kim", "a b", "<script>", "../x", "abcdefghijklmnopqrstuvwxyz0123456"})
        EXPECT_FALSE(accounts->add_user(name, Role::kViewer, kPassword).ok()) << name;
    ASSERT_TRUE(accounts->add_user("kim", Role::kAdmin, kPassword).ok());
    EXPECT_FALSE(accounts->add_user("kim", Role::kViewer, kPassword).ok());
    EXPECT_FALSE(accounts->remove_user("kim").ok());
    ASSERT_TRUE(accounts->add_user("lee", Role::kAdmin, kPassword).ok());
    EXPECT_TRUE(accounts->remove_user("kim").ok());
    EXPECT_FALSE(accounts->user("kim"));
}

TEST(Sessions, EndByAgeByIdlenessAndWithTheirUser) {
    const auto accounts = open();
    ASSERT_TRUE(accounts->add_user("kim", Role::kAdmin, kPassword).ok());
    ASSERT_TRUE(accounts->add_user("lee", Role::kAdmin, kPassword).ok());
    std::int64_t now = 1'000'000;
    Sessions sessions(*accounts, [&now] { return now; });
    const std::string idle = *sessions.start("kim");
    const std::string busy = *sessions.start("kim");
    const std::string others = *sessions.start("lee");
    for (int hour = 1; hour < 12; ++hour) {
        now += 3'600;
        EXPECT_TRUE(sessions.find(busy)) << hour;
        EXPECT_TRUE(sessions.find(others)) << hour;
    }
    EXPECT_FALSE(sessions.find(idle)) << "two hours without a request";
    ASSERT_TRUE(accounts->remove_user("lee").ok());
    EXPECT_FALSE(sessions.find(others));
    EXPECT_TRUE(sessions.is_alive(busy));
    now += 3'600;
    EXPECT_FALSE(sessions.is_alive(busy)) << "twelve hours after its start";
    EXPECT_FALSE(sessions.find(busy));
    EXPECT_FALSE(sessions.find(""));
}

TEST(Sessions, ComeBackAfterARestartButNotAfterTheirEnd) {
    const auto accounts = open();
    ASSERT_TRUE(accounts->add_user("kim", Role::kViewer, kPassword).ok());
    std::string kept, ended;
    {
        Sessions sessions(*accounts);
        kept = *sessions.start("kim");
        ended = *sessions.start("kim");
        sessions.end(ended);
    }
    Sessions sessions(*accounts);
    EXPECT_TRUE(sessions.find(kept));
    EXPECT_FALSE(sessions.find(ended));
    EXPECT_EQ(sessions.csrf_token("unknown"), sessions.csrf_token(""));
    EXPECT_NE(sessions.csrf_token(kept), sessions.csrf_token(""));
    EXPECT_NE(sessions.csrf_token(kept), kept);
}

TEST(OneTimeTokens, OpenOnce) {
    OneTimeTokens tokens;
    using Kind = OneTimeTokens::Kind;
    const std::string token = tokens.make(Kind::kSetup);
    EXPECT_FALSE(tokens.use(Kind::kLogin, token));
    EXPECT_FALSE(tokens.use(Kind::kSetup, "x"));
    EXPECT_TRUE(tokens.is_valid(Kind::kSetup, token));
    EXPECT_TRUE(tokens.use(Kind::kSetup, token));
    EXPECT_FALSE(tokens.use(Kind::kSetup, token));
    EXPECT_FALSE(tokens.is_awaited(Kind::kSetup));
}

TEST(LoginLimit, CountsByAddressAndByUser) {
    LoginLimit limit;
    LoginLimit::Clock::time_point now{};
    for (int i = 0; i < LoginLimit::kMostByAddress; ++i)
        EXPECT_TRUE(limit.try_now("a", "user" + std::to_string(i), now)) << i;
    EXPECT_FALSE(limit.try_now("a", "another", now));
    for (int i = 0; i < LoginLimit::kMostByUser; ++i)
        EXPECT_TRUE(limit.try_now("b" + std::to_string(i), "kim", now)) << i;
    EXPECT_FALSE(limit.try_now("c", "kim", now));
    EXPECT_TRUE(limit.try_now("c", "lee", now));
    now += LoginLimit::kWindow;
    EXPECT_TRUE(limit.try_now("a", "kim", now));
}

TEST(LoginLimit, SuccessesDoNotCountAndMemoryIsBounded) {
    LoginLimit limit;
    const LoginLimit::Clock::time_point now{};
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(limit.try_now("a", "kim", now)) << i;
        limit.succeeded("a", "kim");
    }
    for (int i = 0; i < 5'000; ++i) limit.try_now(std::to_string(i), std::to_string(i), now);
    EXPECT_TRUE(limit.try_now("a", "kim", now));
}

}  // namespace
}  // namespace flowsift::serve
