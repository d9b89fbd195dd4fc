#include "model/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace flowsift::model {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;

base::Result<Document> parse(const std::string& bytes) {
    return parse_ubjson_document({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::string fault_of(const std::string& bytes) {
    const auto parsed = parse(bytes);
    return parsed ? "" : parsed.error().message;
}

std::vector<double> numbers_of(const std::string& bytes) {
    const auto parsed = parse(bytes);
    return parsed ? parsed->numbers : std::vector<double>{-12345};
}

// The values of each type, big-endian: 0xfe is -2, 0x0102 is 258, 0x3f800000 the float 1, 0xc000000000000000 the
// double -2.
TEST(Ubjson, ReadsEveryNumber) {
    EXPECT_THAT(
        numbers_of("[i\xfeU\xfeI\x01\x02l\xff\xff\xff\xffL\0\0\0\0\0\0\0\x07"s + "d\x3f\x80\0\0D\xc0\0\0\0\0\0\0\0]"s),
        ElementsAre(-2, 254, 258, -1, 7, 1, -2));
}

TEST(Ubjson, ReadsContainersWithTypeAndCount) {
    EXPECT_THAT(numbers_of("[$U#i\x03\x01\x02\x03"s), ElementsAre(1, 2, 3));
    EXPECT_THAT(numbers_of("[#i\x02U\x01i\xff"s), ElementsAre(1, -1));
    EXPECT_THAT(numbers_of("[]"s), ElementsAre());
    const auto object = parse("{i\x01"s + "aNU\x05i\x01"s + "bSi\x02hii\x01"s + "c{}i\x01"s + "dTi\x01"s + "eZ}"s);
    ASSERT_TRUE(object) << object.error().message;
    EXPECT_EQ(object->member("a")->number, 5);
    EXPECT_EQ(object->member("b")->text, "hi");
    EXPECT_EQ(object->member("c")->kind, Document::Kind::kObject);
    EXPECT_EQ(object->member("d")->number, 1);
    EXPECT_EQ(object->member("e")->kind, Document::Kind::kNull);
    EXPECT_EQ(object->member("f"), nullptr);
    const auto counted = parse("{$U#i\x02i\x01"s + "x\x07i\x01"s + "y\x08"s);
    ASSERT_TRUE(counted) << counted.error().message;
    EXPECT_EQ(counted->member("y")->number, 8);
    const auto list = parse("[Si\x01"s + "a[]]"s);
    ASSERT_TRUE(list) << list.error().message;
    EXPECT_EQ(list->items[0].text, "a");
    EXPECT_EQ(list->items[1].kind, Document::Kind::kNumbers);
}

TEST(Ubjson, BoundsComeBeforeAllocation) {
    EXPECT_THAT(fault_of("[$d#L\x7f\0\0\0\0\0\0\0"s), HasSubstr("at byte 13: a length beyond the end"));
    EXPECT_THAT(fault_of("[$d#i\x02\0\0\0\0\0\0\0"s), HasSubstr("a list beyond the end"));
    EXPECT_THAT(fault_of("[#i\xff"s), HasSubstr("a length beyond the end"));
    EXPECT_THAT(fault_of("[$Z#l\x7f\0\0\0"s), HasSubstr("values that take no bytes"));
    EXPECT_THAT(fault_of("Sd\0\0\0\0"s), HasSubstr("a length was due"));
    EXPECT_THAT(fault_of("[$U]"s), HasSubstr("without a count"));
    EXPECT_THAT(fault_of("[U\x01Si\0]"s), HasSubstr("mixes numbers"));
    EXPECT_THAT(fault_of("x"s), HasSubstr("a type that UBJSON does not have"));
    EXPECT_THAT(fault_of("U"s), HasSubstr("the file ends here"));
    EXPECT_THAT(fault_of(std::string(kMaxDocumentDepth + 1, '[')), HasSubstr("nested too deeply"));
    EXPECT_THAT(fault_of("[" + std::string(kMaxDocumentValues + 1, 'Z')), HasSubstr("too many values"));
}

}  // namespace
}  // namespace flowsift::model
