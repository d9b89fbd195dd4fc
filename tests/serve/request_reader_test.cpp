#include "serve/request_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace flowsift::serve {
namespace {

using Found = RequestReader::Found;

struct Outcome {
    Found last = Found::kMore;
    std::string body;
    std::string left;
    RequestHead head;
    int fault = 0;
};

/// Hands `bytes` over in pieces of `size`, as a connection would: what is not taken is handed over again.
Outcome read(const std::string& bytes, std::size_t size, std::uint64_t limit = 1'000) {
    RequestReader reader;
    Outcome outcome;
    std::string in;
    std::size_t at = 0;
    while (outcome.last != Found::kDone && outcome.last != Found::kFault) {
        std::string_view view = in;
        outcome.last = reader.put(view);
        in.erase(0, in.size() - view.size());
        if (outcome.last == Found::kHead) reader.limit_body(limit);
        if (outcome.last == Found::kBody) outcome.body += reader.take_body();
        if (outcome.last != Found::kMore) continue;
        if (at == bytes.size()) break;
        in += bytes.substr(at, size);
        at = std::min(bytes.size(), at + size);
    }
    outcome.left = in + bytes.substr(at);
    outcome.head = reader.head();
    outcome.fault = reader.fault();
    return outcome;
}

const std::string kPost =
    "POST /api/login HTTP/1.1\r\nHost: localhost\r\nX-CSRF-Token: T\r\nContent-Length: 11\r\n\r\nhello world";

TEST(RequestReader, TakesARequestInAnyPieces) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{1'000}}) {
        const Outcome outcome = read(kPost + "GET / HTTP/1.1\r\n", size);
        EXPECT_EQ(outcome.last, Found::kDone) << size;
        EXPECT_EQ(outcome.body, "hello world") << size;
        EXPECT_EQ(outcome.head.method, "POST");
        EXPECT_EQ(outcome.head.target, "/api/login");
        EXPECT_EQ(outcome.head.header("x-csrf-token"), "T");
        EXPECT_EQ(outcome.left, "GET / HTTP/1.1\r\n") << "the next request stays";
    }
}

TEST(RequestReader, TakesChunks) {
    const std::string head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::size_t size : {std::size_t{1}, std::size_t{1'000}}) {
        const Outcome outcome = read(head + "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", size);
        EXPECT_EQ(outcome.last, Found::kDone) << size;
        EXPECT_EQ(outcome.body, "hello world") << size;
    }
    EXPECT_EQ(read(head + "5\r\nhello\r\n6\r\n world\r\n", 1'000, 10).fault, 413);
    EXPECT_EQ(read(head + "zz\r\n", 1'000).fault, 400);
}

TEST(RequestReader, KnowsLimits) {
    EXPECT_EQ(read("GET / HTTP/1.1\r\nX: " + std::string(kMostHeaderBytes, 'x') + "\r\n\r\n", 512).fault, 431);
    std::string many = "GET / HTTP/1.1\r\n";
    for (std::size_t i = 0; i <= kMostHeaders; ++i) many += "X: y\r\n";
    EXPECT_EQ(read(many + "\r\n", 512).fault, 431);
}

TEST(RequestReader, WhatEndsInTwoPlacesOrIsNoHttpIsAFault) {
    const std::string head = "POST / HTTP/1.1\r\n";
    for (const char* fields :
         {"Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: 1\r\nContent-Length: 1\r\n",
          "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Content-Length: -1\r\n",
          "Content-Length: 1x\r\n"})
        EXPECT_EQ(read(head + fields + "\r\n", 1'000).fault, 400) << fields;
    const Outcome tls = read("\x16\x03\x01 no HTTP\r\n\r\n", 1'000);
    EXPECT_EQ(tls.last, Found::kFault);
    EXPECT_EQ(tls.fault, 0);
}

}  // namespace
}  // namespace flowsift::serve
