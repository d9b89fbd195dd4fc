#include "model/model_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/hash.h"
#include "base/random.h"
#include "model/model_metadata.h"
#include "tests/model/sample_model.h"

namespace flowsift::model {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

using File = std::vector<std::uint8_t>;

File sample_file() {
    return format_model(sample_model()).value();
}

std::string fault_of(const File& file) {
    const auto model = parse_model(file, "m.flowsift");
    return model ? "" : model.error().message;
}

/// Makes the checksum right again, as one who alters a file on purpose would.
File with_checksum(File file) {
    const auto checksum = base::sha256(base::Bytes(file).first(file.size() - 32));
    std::copy(checksum.begin(), checksum.end(), file.end() - 32);
    return file;
}

/// Whether two models hold the same forest, bit for bit.
bool same_forest(const Forest& a, const Forest& b) {
    if (a.feature_count != b.feature_count || a.class_count != b.class_count || a.trees.size() != b.trees.size())
        return false;
    for (std::size_t t = 0; t < a.trees.size(); ++t) {
        const auto same_node = [](const Node& x, const Node& y) {
            return std::bit_cast<std::uint32_t>(x.threshold) == std::bit_cast<std::uint32_t>(y.threshold) &&
                   x.feature == y.feature && x.is_leaf == y.is_leaf && x.left == y.left && x.leaf == y.leaf &&
                   x.cover == y.cover;
        };
        if (!std::equal(a.trees[t].nodes.begin(), a.trees[t].nodes.end(), b.trees[t].nodes.begin(),
                        b.trees[t].nodes.end(), same_node) ||
            a.trees[t].values != b.trees[t].values)
            return false;
    }
    return true;
}

class ModelFileOnDisk : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("flowsift-model-" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }
    std::string path(const char* name) const { return (folder_ / name).string(); }

    fs::path folder_;
};

TEST_F(ModelFileOnDisk, OpensWhatWasSaved) {
    Model saved = sample_model();
    ASSERT_TRUE(save_model(saved, path("m")).ok());
    const auto opened = open_model(path("m"));
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    EXPECT_TRUE(same_forest(opened->end_stage().forest, saved.end_stage().forest));
    EXPECT_EQ(opened->schema.name, saved.schema.name);
    EXPECT_EQ(opened->schema.features, saved.schema.features);
    EXPECT_EQ(opened->profile, saved.profile);
    EXPECT_EQ(opened->classes, saved.classes);
    EXPECT_EQ(opened->baseline.feature, saved.baseline.feature);
    EXPECT_EQ(opened->baseline.threshold, saved.baseline.threshold);
    EXPECT_EQ(opened->baseline.at_most, saved.baseline.at_most);
    EXPECT_EQ(opened->baseline.above, saved.baseline.above);
    EXPECT_EQ(opened->definitions_version, saved.definitions_version);
    EXPECT_EQ(opened->provenance.created, saved.provenance.created);
    EXPECT_EQ(opened->provenance.program_version, saved.provenance.program_version);
    ASSERT_EQ(opened->provenance.inputs.size(), 1U);
    EXPECT_EQ(opened->provenance.inputs[0].name, "train.csv");
    EXPECT_EQ(opened->provenance.inputs[0].sha256, "00ff");
    EXPECT_EQ(opened->provenance.inputs[0].rows, 42U);
    EXPECT_EQ(opened->provenance.options, saved.provenance.options);
    EXPECT_EQ(opened->provenance.metrics, saved.provenance.metrics);
    EXPECT_EQ(opened->provenance.class_rows, saved.provenance.class_rows);
    EXPECT_EQ(opened->provenance.importance, saved.provenance.importance);
    EXPECT_TRUE(opened->check_servable().ok());
    EXPECT_EQ(opened->hash, saved.hash);
    EXPECT_EQ(opened->hash, base::sha256_of_file(path("m")).value());
}

TEST_F(ModelFileOnDisk, ReplacesTheOldFileAndLeavesNothingElse) {
    std::ofstream(path("m")) << "old";
    Model model = sample_model();
    ASSERT_TRUE(save_model(model, path("m")).ok());
    EXPECT_TRUE(open_model(path("m")).ok());
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(ModelFileOnDisk, KeepsTheOldFileWhenTheModelIsBad) {
    std::ofstream(path("m")) << "old";
    Model model = sample_model();
    model.end_stage().forest.trees[0].nodes[0].left = 0;
    EXPECT_FALSE(save_model(model, path("m")).ok());
    EXPECT_EQ(fs::file_size(path("m")), 3U);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(ModelFileOnDisk, TellsWhyAFileCannotBeWrittenOrOpened) {
    Model model = sample_model();
    const auto nowhere = save_model(model, path("no/such/folder/m"));
    ASSERT_FALSE(nowhere.ok());
    EXPECT_THAT(nowhere.error().message, HasSubstr("No such file or directory"));
    const auto folder = save_model(model, folder_.string());
    ASSERT_FALSE(folder.ok());
    EXPECT_THAT(folder.error().message, HasSubstr("not a regular file"));
    const auto absent = open_model(path("absent"));
    ASSERT_FALSE(absent.ok());
    EXPECT_THAT(absent.error().message, HasSubstr("No such file or directory"));
    EXPECT_FALSE(open_model(folder_.string()).ok());
}

TEST(ModelFile, KeepsEveryStage) {
    Model model = sample_model();
    model.stages.insert(model.stages.begin(), {8, sample_forest()});
    Forest& boosted = model.stages.front().forest;
    boosted.combination = Combination::kSoftmax;
    boosted.base_margins = {0.5F, -1.25F, 0.1F};
    for (Tree& tree : boosted.trees) tree.values.resize(3);
    model.schedule = features::parse_checkpoints("8,16,1s*2").value();
    const auto file = format_model(model);
    ASSERT_TRUE(file.ok()) << file.error().message;
    const auto opened = parse_model(*file, "m");
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    ASSERT_EQ(opened->stages.size(), 2U);
    EXPECT_EQ(opened->stages[0].packets, 8U);
    EXPECT_EQ(features::to_string(opened->schedule), "8,16,1s*2");
    EXPECT_EQ(opened->stages[0].forest.combination, Combination::kSoftmax);
    EXPECT_EQ(opened->stages[0].forest.base_margins, boosted.base_margins);
    EXPECT_TRUE(same_forest(opened->stages[0].forest, boosted));
    EXPECT_TRUE(same_forest(opened->stages[1].forest, sample_forest()));
}

TEST(ModelFile, KeepsTheRangesOfBenignFlowsWhereItHasThem) {
    Model model = sample_model();
    ASSERT_TRUE(parse_model(*format_model(model), "m")->end_stage().reference.empty());
    model.end_stage().reference = {1'234, {{0.1F, 7, {1, 2.5F}, {0.25F, 0.25F, 0.5F}}, {0, 0, {}, {1}}}};
    const auto opened = parse_model(*format_model(model), "m");
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    EXPECT_EQ(opened->end_stage().reference, model.end_stage().reference);
}

TEST(ModelFile, RefusesRangesThatAreNone) {
    const FeatureReference good = {0, 1, {0.5F}, {0.5F, 0.5F}};
    for (const FeatureReference& bad : {FeatureReference{2, 1, {0.5F}, {0.5F, 0.5F}},
                                        {0, 1, {0.5F}, {1}},
                                        {0, 1, {0.5F, 0.5F}, {0.5F, 0.25F, 0.25F}},
                                        {0, 1, {0.5F}, {0.5F, 1.5F}},
                                        {0, std::numeric_limits<float>::infinity(), {0.5F}, {0.5F, 0.5F}}}) {
        EXPECT_TRUE(check_reference({1, {good, good}}, 2));
        EXPECT_FALSE(check_reference({1, {good, bad}}, 2));
    }
    EXPECT_FALSE(check_reference({1, {good}}, 2));
    Model model = sample_model();
    model.end_stage().reference = {1, {good}};
    EXPECT_FALSE(format_model(model));
}

TEST(ModelFile, RefusesStagesOutOfOrder) {
    Model model = sample_model();
    model.stages.insert(model.stages.begin(), {0, sample_forest()});
    EXPECT_FALSE(format_model(model).ok());
    model.stages = {{8, sample_forest()}, {8, sample_forest()}, {0, sample_forest()}};
    EXPECT_FALSE(format_model(model).ok());
    model.stages = {{8, sample_forest()}};
    EXPECT_FALSE(format_model(model).ok());
}

// A flow that goes on is judged by the deepest forest that its packets have reached, never by that of whole flows.
TEST(Model, FindsTheStageOfALiveFlow) {
    Model model = sample_model();
    EXPECT_EQ(model.stage_of_live(100), nullptr);
    model.stages = {{8, sample_forest()}, {64, sample_forest()}, {0, sample_forest()}};
    EXPECT_EQ(model.stage_of_live(7), nullptr);
    EXPECT_EQ(model.stage_of_live(8), &model.stages[0]);
    EXPECT_EQ(model.stage_of_live(63), &model.stages[0]);
    EXPECT_EQ(model.stage_of_live(64), &model.stages[1]);
    EXPECT_EQ(&model.end_stage(), &model.stages[2]);
}

// Made by flowsift 0.1.0 as of format 1: three trees of the lab's training recording.
TEST(ModelFile, OpensFilesOfFormat1) {
    const auto model = open_model(std::string(FLOWSIFT_SOURCE_DIR) + "/tests/model/files/format1.fsm");
    ASSERT_TRUE(model.ok()) << model.error().message;
    EXPECT_TRUE(model->check_servable().ok());
    ASSERT_EQ(model->stages.size(), 1U);
    const Forest& forest = model->end_stage().forest;
    EXPECT_EQ(forest.trees.size(), 3U);
    EXPECT_EQ(forest.feature_count, 4U);
    EXPECT_EQ(forest.class_count, 9U);
    EXPECT_EQ(forest.trees[0].nodes[0].cover, 0);
    std::vector<float> probabilities(9);
    forest.predict(std::vector<float>{0, 1, 0, 0}, probabilities);
    float sum = 0;
    for (const float probability : probabilities) sum += probability;
    EXPECT_NEAR(sum, 1, 1e-5);
}

// Made by flowsift 0.1.0 as of format 2: three trees of two features and two classes.
TEST(ModelFile, OpensFilesOfFormat2WhichKeepNoRows) {
    const auto model = open_model(std::string(FLOWSIFT_SOURCE_DIR) + "/tests/model/files/format2.fsm");
    ASSERT_TRUE(model.ok()) << model.error().message;
    EXPECT_TRUE(model->check_servable().ok());
    EXPECT_EQ(model->end_stage().forest.trees.size(), 3U);
    EXPECT_EQ(model->classes, (std::vector<std::string>{"BENIGN", "PortScan"}));
    EXPECT_FALSE(model->end_stage().pairs.bits.empty());
    EXPECT_TRUE(model->kept_rows.empty());
    EXPECT_EQ(model->provenance.parent, "");
    EXPECT_EQ(model->hash, "c81e6128b1a3" + model->hash.substr(12));
}

TEST(ModelFile, KeepsRowsAsTheyAreAndSaysWhatItCameFrom) {
    Model model = sample_model();
    model.kept_rows = {1, 2, 3, 4, 5};  // Nobody looks into them before they are asked for.
    model.provenance.parent = "00ff";
    const auto opened = parse_model(*format_model(model), "m");
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    EXPECT_EQ(opened->kept_rows, model.kept_rows);
    EXPECT_EQ(opened->provenance.parent, "00ff");
    EXPECT_TRUE(same_forest(opened->end_stage().forest, model.end_stage().forest));
}

TEST(ModelFile, SameModelGivesTheSameBytes) {
    EXPECT_EQ(sample_file(), sample_file());
}

TEST(ModelFile, NamesWhatAForeignFileLooksLike) {
    const auto fault = [](std::string_view content) { return fault_of({content.begin(), content.end()}); };
    EXPECT_THAT(fault(""), HasSubstr("empty"));
    EXPECT_THAT(fault("\x80\x04\x95 pickled"), HasSubstr("a Python pickle"));
    EXPECT_THAT(fault("{\"learner\": {}}"), HasSubstr("JSON"));
    EXPECT_THAT(fault("Flow ID,Src IP\n1,2\n"), HasSubstr("a CSV table"));
    EXPECT_THAT(fault("PK\x03\x04..."), HasSubstr("a zip archive"));
    EXPECT_THAT(fault("\xff\xfe\x01"), HasSubstr("unknown binary data"));
}

TEST(ModelFile, RefusesEveryTruncationAndSaysWhere) {
    const File file = sample_file();
    for (std::size_t size = 0; size < file.size(); ++size) {
        const std::string fault = fault_of({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)});
        const std::string where = size == 0 ? "empty" : "truncated at byte " + std::to_string(size);
        ASSERT_THAT(fault, HasSubstr(where));
        ASSERT_THAT(fault, HasSubstr(size < 24 ? "" : " of " + std::to_string(file.size())));
    }
}

TEST(ModelFile, RefusesWhatFollowsItsEnd) {
    File file = sample_file();
    file.push_back(0);
    EXPECT_THAT(fault_of(file), HasSubstr("goes on for 1 bytes"));
}

TEST(ModelFile, RefusesEveryFlippedBit) {
    const File file = sample_file();
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
        File altered = file;
        altered[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        ASSERT_NE(fault_of(altered), "") << "bit " << bit;
    }
}

TEST(ModelFile, TellsANewerFormatFromDamage) {
    File file = sample_file();
    file[8] = 7;  // The format's version.
    EXPECT_THAT(fault_of(file), HasSubstr("altered"));
    EXPECT_THAT(fault_of(with_checksum(file)), HasSubstr("format 7, and this program reads up to 3"));
    file[8] = 0;
    EXPECT_THAT(fault_of(with_checksum(file)), HasSubstr("format 0"));
}

/// Changes, removes or repeats a few bytes.
File mutate(File file, base::Random& random) {
    for (std::uint32_t edits = 1 + random.below(4); edits > 0; --edits) {
        const auto at = static_cast<std::ptrdiff_t>(random.below(static_cast<std::uint32_t>(file.size() - 1)));
        switch (random.below(4)) {
            case 0:
                file[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(random.next());
                break;
            case 1:
                file[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1U << random.below(8));
                break;
            case 2:
                file.erase(file.begin() + at);
                break;
            default:
                file.insert(file.begin() + at, static_cast<std::uint8_t>(random.next()));
        }
    }
    return file;
}

TEST(ModelFile, RefusesTenThousandMutants) {
    const File file = sample_file();
    base::Random random(1);
    for (int i = 0; i < 10'000; ++i) {
        const File mutant = mutate(file, random);
        ASSERT_EQ(fault_of(mutant).empty(), mutant == file);
    }
}

// With a checksum made for it a mutant may be a fine model; then it must be safe to use.
TEST(ModelFile, MutantsWithAGoodChecksumAreRefusedOrSafe) {
    const File file = sample_file();
    base::Random random(2);
    int opened = 0;
    for (int i = 0; i < 10'000; ++i) {
        File mutant = mutate(file, random);
        const auto size = static_cast<std::uint64_t>(mutant.size());
        for (std::size_t byte = 0; byte < 8; ++byte) mutant[16 + byte] = static_cast<std::uint8_t>(size >> 8 * byte);
        const auto model = parse_model(with_checksum(mutant), "mutant");
        if (!model) continue;
        ++opened;
        std::vector<float> row(model->end_stage().forest.feature_count, 3.0F);
        std::vector<float> probabilities(model->end_stage().forest.class_count);
        model->end_stage().forest.predict(row, probabilities);
        float sum = 0;
        for (const float probability : probabilities) sum += probability;
        ASSERT_NEAR(sum, 1, 2e-3);
    }
    EXPECT_GT(opened, 0);  // Otherwise this test looks at nothing.
}

base::Bytes bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string metadata_fault(const std::string& json) {
    const auto model = parse_metadata(bytes_of(json), kModelFormatVersion);
    return model ? "" : model.error().message;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(ModelMetadata, SaysWhatIsWrong) {
    const std::string good = format_metadata(sample_model());
    EXPECT_EQ(metadata_fault(good), "");
    EXPECT_THAT(metadata_fault("{"), HasSubstr("not JSON"));
    EXPECT_THAT(metadata_fault("[]"), HasSubstr("\"definitions_version\" is missing"));
    EXPECT_THAT(metadata_fault(replaced(good, "\"profile\"", "\"other\"")), HasSubstr("\"profile\" is missing"));
    EXPECT_THAT(metadata_fault(replaced(good, "\"Benign\",\n  \"Z", "7,\n  \"Z")), HasSubstr("\"classes\""));
    EXPECT_THAT(metadata_fault(replaced(good, "\"rows\": 42", "\"rows\": -42")), HasSubstr("\"rows\""));
    EXPECT_THAT(metadata_fault(std::string(100'000, '[')), HasSubstr("nested deeper"));
}

TEST(ModelMetadata, RefusesABaselineThatPointsNowhere) {
    const std::string good = format_metadata(sample_model());
    EXPECT_THAT(metadata_fault(replaced(good, "\"at_most\": 2", "\"at_most\": 3")), HasSubstr("\"at_most\""));
    EXPECT_THAT(metadata_fault(replaced(good, "\"feature\": 1", "\"feature\": 2")), HasSubstr("\"feature\""));
    Model model = sample_model();
    model.baseline.above = 3;
    EXPECT_FALSE(format_model(model).ok());
}

TEST(ModelMetadata, RefusesTwoClassesOfOneName) {
    Model model = sample_model();
    model.classes[2] = model.classes[1];
    EXPECT_THAT(metadata_fault(format_metadata(model)), HasSubstr("twice"));
}

TEST(ModelMetadata, ReplacesWhatIsNotUtf8) {
    Model model = sample_model();
    model.classes[0] = "\xff!";
    const auto read = parse_metadata(bytes_of(format_metadata(model)), kModelFormatVersion);
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->classes[0], "\xef\xbf\xbd!");  // U+FFFD
}

// A feature of another name or unit is another feature: the model can be looked at, and says why it cannot serve.
TEST(ModelMetadata, AModelWithUnknownFeaturesOpensButDoesNotServe) {
    const std::string json = format_metadata(sample_model());
    for (const std::string from : {"\"name\": \"Flow Duration", "\"unit\": \""}) {
        const auto model = parse_metadata(bytes_of(replaced(json, from, from + "x ")), kModelFormatVersion);
        ASSERT_TRUE(model.ok());
        EXPECT_EQ(model->unknown_features.size(), 1U);
        EXPECT_EQ(model->schema.size(), 1U);
        EXPECT_EQ(model->end_stage().forest.feature_count, 2U);
        ASSERT_FALSE(model->check_servable().ok());
        EXPECT_THAT(model->check_servable().error().message, HasSubstr("does not compute"));
    }
}

TEST(Model, ServesOnlyItsOwnDefinitions) {
    Model model = sample_model();
    EXPECT_TRUE(model.check_servable().ok());
    ++model.definitions_version;
    ASSERT_FALSE(model.check_servable().ok());
    EXPECT_THAT(model.check_servable().error().message, HasSubstr("version 2"));
    model = sample_model();
    model.classes.pop_back();
    EXPECT_FALSE(model.check_servable().ok());
}

TEST(Model, FindsItsBenignClassInAnyCase) {
    Model model = sample_model();
    EXPECT_EQ(model.benign_class(), 1);
    model.classes = {"DoS", "Not benign"};
    EXPECT_EQ(model.benign_class(), -1);
}

}  // namespace
}  // namespace flowsift::model
