#include "net/http_io.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "testing/memory_channel.hpp"

namespace vme::net {
namespace {

using Read = HttpRequestReader::Read;

constexpr std::string_view kPost =
    "POST /wsman HTTP/1.1\r\nHost: me\r\nContent-Length: 5\r\nAuthorization: Digest username=\"admin\"\r\n\r\nhello";
constexpr std::string_view kChunked =
    "POST /x HTTP/1.1\r\nHost: me\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";

/// What a server reads of the bytes, cut into pieces, until the first that is no request.
std::vector<Read> readAll(std::string_view bytes, HttpReadLimits limits, std::size_t readSize,
                          std::string* answered = nullptr) {
  asio::io_context context;
  auto ends = testing::makeMemoryPair(context.get_executor(), {.readSize = readSize});
  std::vector<Read> all;
  auto serve = [&]() -> Task<void> {
    HttpRequestReader reader(*ends.first, limits);
    for (;;) {
      auto read = co_await reader.next();
      if (!read) break;
      all.push_back(std::move(*read));
      if (!std::holds_alternative<wire::http::Request>(all.back())) break;
    }
    co_await ends.first->close();
  };
  auto send = [&]() -> Task<void> {
    co_await ends.second->write(asBytes(bytes));
    co_await ends.second->close();
  };
  asio::co_spawn(context, serve(), asio::detached);
  if (answered == nullptr) {
    asio::co_spawn(context, send(), asio::detached);
  } else {
    auto talk = [&]() -> Task<void> {
      co_await ends.second->write(asBytes(bytes));
      std::array<std::uint8_t, 256> got{};
      if (const auto count = co_await ends.second->read(got)) *answered = asText(ByteView(got).first(*count));
      co_await ends.second->write(asBytes("hello"));
      co_await ends.second->close();
    };
    asio::co_spawn(context, talk(), asio::detached);
    context.run();
    return all;
  }
  context.run();
  return all;
}

TEST(HttpReader, readsRequestsWhereverTheyAreCut) {
  const auto both = std::string(kPost) + "\r\n" + std::string(kChunked);
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
    const auto all = readAll(both, {}, size);
    ASSERT_EQ(all.size(), 3U);
    const auto& post = std::get<wire::http::Request>(all[0]);
    EXPECT_EQ(post.method, "POST");
    EXPECT_EQ(post.target, "/wsman");
    EXPECT_EQ(post.body, "hello");
    EXPECT_EQ(post.header("authorization"), "Digest username=\"admin\"");
    EXPECT_TRUE(post.keepAlive);
    EXPECT_EQ(std::get<wire::http::Request>(all[1]).body, "hello");
    EXPECT_TRUE(std::holds_alternative<HttpRequestReader::Closed>(all[2]));
  }
}

TEST(HttpReader, aBodyOfNoChunksMayComeInAnyPieces) {
  const std::string empty = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  for (std::size_t size = 1; size <= empty.size(); ++size) {
    const auto all = readAll(empty + empty, {}, size);
    ASSERT_EQ(all.size(), 3U) << size;
    EXPECT_EQ(std::get<wire::http::Request>(all[1]).body, "");
  }
}

TEST(HttpReader, everyTruncationWaitsForMore) {
  for (std::size_t size = 0; size < kPost.size(); ++size) EXPECT_FALSE(parseRequest(kPost.substr(0, size), {})) << size;
  EXPECT_TRUE(parseRequest(kPost, {}));
}

Reason reasonOf(std::string_view bytes, HttpReadLimits limits = {}) {
  const auto read = parseRequest(bytes, limits);
  const auto* bad = read ? std::get_if<HttpRequestReader::Bad>(&*read) : nullptr;
  return bad ? bad->reason : Reason::none;
}

TEST(HttpReader, namesWhatIsWrong) {
  EXPECT_EQ(reasonOf("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 garbage\r\n\r\n"), Reason::malformedHttp);
  EXPECT_EQ(reasonOf("GET / HTTP/9.1\r\n\r\n"), Reason::malformedHttp);
  EXPECT_EQ(reasonOf("GET / HTTP/1.1\r\nno colon\r\n\r\n"), Reason::malformedHttp);
  EXPECT_EQ(reasonOf("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Reason::malformedHttp);
  EXPECT_EQ(reasonOf("POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n"), Reason::malformedHttp);
  EXPECT_EQ(reasonOf("POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n", {.body = 99}), Reason::bodyTooLarge);
  EXPECT_EQ(reasonOf("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n"), Reason::malformedHttp);
  EXPECT_EQ(reasonOf("GET / HTTP/1.1\r\nX: " + std::string(500, 'x') + "\r\n\r\n", {.header = 400}),
            Reason::headerTooLarge);
  EXPECT_EQ(
      reasonOf("POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x'), {.header = 50, .body = 99}),
      Reason::bodyTooLarge);
  EXPECT_EQ(reasonOf(std::string(1000, '\x16'), {.header = 50}), Reason::malformedHttp);
}

TEST(HttpReader, theLimitOfTheHeaderIsTheSameWhereverItIsCut) {
  const std::string fits =
      "GET /x HTTP/1.1\r\nA: " + std::string(40, 'a') + "\r\nB: " + std::string(40, 'b') + "\r\n\r\n";
  for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{64}, std::size_t{100000}}) {
    const auto whole = readAll(fits, {.header = fits.size()}, size);
    ASSERT_FALSE(whole.empty());
    EXPECT_TRUE(std::holds_alternative<wire::http::Request>(whole[0])) << size;
    const auto over = readAll(fits, {.header = fits.size() - 1}, size);
    ASSERT_EQ(over.size(), 1U);
    ASSERT_TRUE(std::holds_alternative<HttpRequestReader::Bad>(over[0])) << size;
    EXPECT_EQ(std::get<HttpRequestReader::Bad>(over[0]).reason, Reason::headerTooLarge);
  }
}

TEST(HttpReader, aBodyOfUnknownLengthIsMalformed) {
  EXPECT_EQ(reasonOf("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"), Reason::malformedHttp);
  EXPECT_EQ(reasonOf("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"),
            Reason::malformedHttp);
  EXPECT_EQ(reasonOf("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n"),
            Reason::malformedHttp);
  EXPECT_EQ(reasonOf("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"), Reason::malformedHttp);
  EXPECT_EQ(reasonOf("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), Reason::malformedHttp);
  const auto chunks =
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + std::string(64, 'x') + "\r\n40\r\n";
  EXPECT_EQ(reasonOf(chunks + std::string(64, 'x') + "\r\n0\r\n\r\n", {.body = 127}), Reason::bodyTooLarge);
}

TEST(HttpReader, anEndInMidRequestIsMalformed) {
  const auto all = readAll(kPost.substr(0, 40), {}, 100);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(std::get<HttpRequestReader::Bad>(all[0]).reason, Reason::malformedHttp);
}

TEST(HttpReader, answersExpect) {
  std::string answered;
  const auto all = readAll("POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", {}, 100, &answered);
  EXPECT_EQ(answered, "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(std::get<wire::http::Request>(all[0]).body, "hello");
}

TEST(HttpClients, readAnswersOfEveryForm) {
  for (const std::string_view answer :
       {"HTTP/1.1 200 OK\r\nServer: S\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nServer: S\r\n\r\n0002\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nServer: S\r\nConnection: close\r\n\r\nok"}) {
    asio::io_context context;
    auto ends = testing::makeMemoryPair(context.get_executor(), {.readSize = 3});
    std::optional<Result<HttpAnswer>> got;
    auto ask = [&]() -> Task<void> {
      HttpClient client(*ends.first, {});
      // Named: g++ 12 destroys a braced argument of an awaited call twice.
      const wire::http::Request request{.method = "GET", .target = "/", .headers = {}, .body = {}, .keepAlive = true};
      got = co_await client.exchange(request);
    };
    auto reply = [&]() -> Task<void> {
      co_await ends.second->write(asBytes(answer));
      co_await ends.second->close();
    };
    asio::co_spawn(context, ask(), asio::detached);
    asio::co_spawn(context, reply(), asio::detached);
    context.run();
    ASSERT_TRUE(got && *got) << answer;
    EXPECT_EQ((*got)->response.body, "ok");
    EXPECT_EQ((*got)->response.header("server"), "S");
    EXPECT_EQ((*got)->keepAlive, answer.find("close") == std::string_view::npos);
  }
}

/// What the client says of an answer to a request of that method.
Result<HttpAnswer> answerTo(std::string method, std::string_view answer,
                            const testing::MemoryPairOptions& options = {}) {
  asio::io_context context;
  auto ends = testing::makeMemoryPair(context.get_executor(), options);
  std::optional<Result<HttpAnswer>> got;
  auto ask = [&]() -> Task<void> {
    HttpClient client(*ends.first, {});
    const wire::http::Request request{
        .method = std::move(method), .target = "/", .headers = {}, .body = {}, .keepAlive = true};
    got = co_await client.exchange(request);
    co_await ends.first->close();
  };
  auto reply = [&]() -> Task<void> {
    HttpRequestReader reader(*ends.second, {});
    if (co_await reader.next()) co_await ends.second->write(asBytes(answer));
    co_await ends.second->close();
  };
  asio::co_spawn(context, ask(), asio::detached);
  asio::co_spawn(context, reply(), asio::detached);
  context.run();
  return got.value();
}

TEST(HttpClients, knowAnswersWithoutABody) {
  const auto head = answerTo("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
  ASSERT_TRUE(head) << head.error().text;
  EXPECT_EQ(head->response.header("Content-Length"), "100");
  const auto late = answerTo("GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
  ASSERT_TRUE(late) << late.error().text;
  EXPECT_EQ(late->response.status, 204U);
}

TEST(HttpClients, tellATruncatedAnswerFromAWholeOne) {
  constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  for (std::size_t size = 0; size < kAnswer.size(); ++size)
    EXPECT_FALSE(answerTo("GET", kAnswer.substr(0, size))) << size;
  EXPECT_TRUE(answerTo("GET", kAnswer));
  EXPECT_FALSE(answerTo("GET", "220 mail.example ESMTP\r\n"));
}

TEST(HttpClients, surviveEveryFailureOfTheNetwork) {
  std::size_t n = 0;
  for (; n < 20; ++n) {
    const auto got = answerTo("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", {.failAfter = n});
    if (got) break;
    EXPECT_FALSE(got.error().text.empty());
  }
  EXPECT_GE(n, 3U);
  EXPECT_LT(n, 20U);
}

}  // namespace
}  // namespace vme::net
