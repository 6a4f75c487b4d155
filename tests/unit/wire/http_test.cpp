#include "wire/http.hpp"

#include <gtest/gtest.h>

namespace vme::wire {
namespace {

TEST(HttpResponse, keepsTheFirmwaresHeaderOrder) {
  http::Response eoi;
  eoi.headers = {{"Content-Type", "text/xml; charset=UTF-8"}, {"Date", "D"}, {"Server", "S"}};
  eoi.body = "x";
  eoi.chunked = true;
  EXPECT_EQ(http::serialize(eoi),
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=UTF-8\r\nDate: D\r\nTransfer-Encoding: chunked\r\n"
            "Server: S\r\n\r\n0001\r\nx\r\n0\r\n\r\n");
  http::Response wsman;
  wsman.status = 400;
  wsman.headers = {{"Date", "D"}, {"Server", "S"}, {"Content-Type", "T"}};
  wsman.close = true;
  EXPECT_EQ(http::serialize(wsman),
            "HTTP/1.1 400 Bad Request\r\nDate: D\r\nServer: S\r\nContent-Type: T\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n");
}

TEST(HttpResponse, chunksAsAmtDoes) {
  http::Response response;
  response.chunked = true;
  response.body = std::string(544 + 762 + 60, 'b');
  const auto bytes = http::serialize(response);
  EXPECT_NE(bytes.find("\r\n\r\n0220\r\n"), std::string::npos);
  EXPECT_NE(bytes.find("b\r\n02FA\r\nb"), std::string::npos);
  EXPECT_NE(bytes.find("b\r\n003C\r\nb"), std::string::npos);
  EXPECT_TRUE(bytes.ends_with("b\r\n0\r\n\r\n"));
}

TEST(HttpRequest, headersAreFoundInAnyCaseAndThePathHasNoQuery) {
  http::Request request;
  request.target = "/index.htm?x=1";
  request.headers = {{"content-TYPE", "a"}};
  EXPECT_EQ(request.header("Content-Type"), "a");
  EXPECT_EQ(request.header("Host"), "");
  EXPECT_EQ(request.path(), "/index.htm");
}

TEST(HttpResponse, theTransferHeaderGoesBeforeServerOnlyWhereServerIsLast) {
  http::Response response;
  response.headers = {{"server", "S"}};
  EXPECT_EQ(http::serialize(response), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nserver: S\r\n\r\n");
  response.headers = {{"Server", "S"}, {"Date", "D"}};
  EXPECT_EQ(http::serialize(response), "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\nContent-Length: 0\r\n\r\n");
  response.headers.clear();
  response.chunked = response.close = true;
  EXPECT_EQ(http::serialize(response),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n");
}

// eoi.md 6.4: Location, Content-Length, Server.
TEST(HttpResponse, anAnswerWithoutBodyHasTheLengthZero) {
  http::Response response;
  response.status = 303;
  response.headers = {{"Location", "/logon.htm"}, {"Server", "S"}};
  EXPECT_EQ(http::serialize(response),
            "HTTP/1.1 303 See Other\r\nLocation: /logon.htm\r\nContent-Length: 0\r\nServer: S\r\n\r\n");
  response = {.status = 204};
  EXPECT_EQ(http::serialize(response), "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
  response.status = 299;
  EXPECT_TRUE(http::serialize(response).starts_with("HTTP/1.1 299 Unknown\r\n"));
}

TEST(HttpResponse, headAnswersHaveTheHeadersOfTheBody) {
  http::Response response;
  response.omitBody = true;
  response.body = "four";
  EXPECT_EQ(http::serialize(response), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
  response.chunked = true;
  EXPECT_EQ(http::serialize(response), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}

/// The body that the chunks make, with the size of each; every size line must be four digits.
std::string joined(std::string_view chunks, std::vector<std::size_t>& sizes) {
  std::string body;
  while (!chunks.starts_with("0\r\n\r\n")) {
    const auto size = std::stoul(std::string(chunks.substr(0, 4)), nullptr, 16);
    EXPECT_EQ(chunks.substr(4, 2), "\r\n");
    EXPECT_EQ(chunks.substr(6 + size, 2), "\r\n");
    body += chunks.substr(6, size);
    sizes.push_back(size);
    chunks.remove_prefix(8 + size);
  }
  EXPECT_EQ(chunks, "0\r\n\r\n");
  return body;
}

TEST(HttpResponse, chunksOfEverySizeJoinToTheBody) {
  for (const std::size_t size : {0U, 1U, 543U, 544U, 545U, 1305U, 1306U, 1307U, 5000U}) {
    http::Response response;
    response.chunked = true;
    for (std::size_t i = 0; i < size; ++i) response.body += static_cast<char>('a' + i % 26);
    const auto bytes = http::serialize(response);
    std::vector<std::size_t> sizes;
    EXPECT_EQ(joined(std::string_view(bytes).substr(bytes.find("\r\n\r\n") + 4), sizes), response.body);
    for (std::size_t i = 0; i < sizes.size(); ++i) EXPECT_LE(sizes[i], i == 0 ? 544U : 762U);
    if (size > 544) {
      EXPECT_EQ(sizes[0], 544U);
    }
  }
}

TEST(HttpRequest, isWrittenWithALengthWhereThereIsABodyOrAPost) {
  http::Request request;
  request.method = "GET";
  request.target = "/";
  request.headers = {{"Host", "h"}};
  EXPECT_EQ(http::serialize(request), "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  request.method = "POST";
  request.keepAlive = false;
  EXPECT_EQ(http::serialize(request), "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  request.method = "PUT";
  request.body = "b";
  request.keepAlive = true;
  EXPECT_EQ(http::serialize(request), "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nb");
}

}  // namespace
}  // namespace vme::wire
