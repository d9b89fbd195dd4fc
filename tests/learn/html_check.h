// What every report page must be: closed element by element, and complete in itself.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace flowsift::learn {

/// Every element is closed in its order: enough HTML to know that nothing broke out of its place.
inline void expect_well_formed(const std::string& html) {
    static const std::vector<std::string> kVoid = {"!doctype", "meta", "rect", "path", "circle"};
    std::vector<std::string> open;
    for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
        const std::size_t end = html.find('>', at);
        ASSERT_NE(end, std::string::npos);
        const bool is_end = html[at + 1] == '/';
        const std::size_t begin = at + (is_end ? 2 : 1);
        const std::string name = html.substr(begin, html.find_first_of(" />", begin) - begin);
        if (is_end) {
            ASSERT_FALSE(open.empty());
            ASSERT_EQ(open.back(), name) << html.substr(at > 80 ? at - 80 : 0, 160);
            open.pop_back();
        } else if (std::find(kVoid.begin(), kVoid.end(), name) == kVoid.end()) {
            open.push_back(name);
        }
    }
    EXPECT_TRUE(open.empty());
}

/// No script, no address, a policy that forbids both.
inline void expect_nothing_outside(const std::string& html) {
    EXPECT_THAT(html, testing::HasSubstr("default-src 'none'; style-src 'unsafe-inline'"));
    for (const char* outside : {"<script", "http:", "https:", "src=", "href=", "url(", "@import"})
        EXPECT_THAT(html, testing::Not(testing::HasSubstr(outside))) << outside;
}

}  // namespace flowsift::learn
