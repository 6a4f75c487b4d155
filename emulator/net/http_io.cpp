#include "net/http_io.hpp"

#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <limits>

namespace vme::net {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
constexpr std::size_t kReadSize = 8192;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

using RequestParser = http::request_parser<http::string_body>;
using ResponseParser = http::response_parser<http::string_body>;

template <typename Parser>
void setUp(Parser& parser, HttpReadLimits limits) {
  parser.header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits.header, UINT32_MAX)));
  parser.body_limit(limits.body);
  parser.eager(true);
}

Reason reasonOf(const error_code& error) {
  if (error == http::error::header_limit) return Reason::headerTooLarge;
  if (error == http::error::body_limit) return Reason::bodyTooLarge;
  return Reason::malformedHttp;
}

std::string textOf(boost::beast::string_view view) {
  return {view.data(), view.size()};
}

template <typename Fields>
std::vector<wire::http::Header> headersOf(const Fields& fields) {
  std::vector<wire::http::Header> headers;
  for (const auto& field : fields) headers.push_back({textOf(field.name_string()), textOf(field.value())});
  return headers;
}

wire::http::Request requestFrom(RequestParser& parser) {
  auto& message = parser.get();
  wire::http::Request request;
  request.method = textOf(message.method_string());
  request.target = textOf(message.target());
  request.headers = headersOf(message);
  request.keepAlive = message.keep_alive();
  request.body = std::move(message.body());
  return request;
}

/// Blank lines before a request are allowed (RFC 7230 3.5).
std::string_view withoutLeadingLines(std::string_view bytes) {
  const auto start = bytes.find_first_not_of("\r\n");
  return start == std::string_view::npos ? std::string_view() : bytes.substr(start);
}

/// Feeds what is buffered; nothing when more is needed. `buffered` loses what was used.
template <typename Parser>
std::optional<error_code> advance(Parser& parser, std::string& buffered) {
  error_code error;
  std::size_t used = 0;
  while (used < buffered.size() && !parser.is_done()) {
    const auto taken = parser.put(boost::asio::buffer(buffered.data() + used, buffered.size() - used), error);
    used += taken;
    if (error == http::error::need_more) {
      error = {};
      break;
    }
    if (error || taken == 0) break;
  }
  buffered.erase(0, used);
  if (error) return error;
  return parser.is_done() ? std::optional(error_code{}) : std::nullopt;
}

Task<Result<std::size_t>> readMore(Channel& channel, std::array<std::uint8_t, kReadSize>& chunk,
                                   std::string& buffered) {
  const auto got = co_await channel.read(chunk);
  if (got) buffered.append(asText({chunk.data(), *got}));
  co_return got;
}

}  // namespace

struct HttpRequestReader::Impl {
  Channel& channel;
  HttpReadLimits limits;
  std::string buffered;
  std::array<std::uint8_t, kReadSize> chunk{};
};

HttpRequestReader::HttpRequestReader(Channel& channel, HttpReadLimits limits)
    : impl_(std::make_unique<Impl>(channel, limits)) {}
HttpRequestReader::~HttpRequestReader() = default;

Task<Result<HttpRequestReader::Read>> HttpRequestReader::next() {
  auto& impl = *impl_;
  RequestParser parser;
  setUp(parser, impl.limits);
  bool continued = false;
  for (;;) {
    if (!parser.got_some()) impl.buffered = withoutLeadingLines(impl.buffered);
    if (const auto done = advance(parser, impl.buffered)) {
      if (*done) co_return Bad{reasonOf(*done)};
      co_return requestFrom(parser);
    }
    if (!continued && parser.is_header_done()) {
      continued = true;
      if (boost::beast::iequals(parser.get()[http::field::expect], "100-continue")) {
        if (auto sent = co_await impl.channel.write(asBytes(kContinue)); !sent) co_return std::unexpected(sent.error());
      }
    }
    const auto got = co_await readMore(impl.channel, impl.chunk, impl.buffered);
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) {
      if (parser.got_some() || !impl.buffered.empty()) co_return Bad{Reason::malformedHttp};
      co_return Closed{};
    }
  }
}

std::optional<HttpRequestReader::Read> parseRequest(std::string_view bytes, HttpReadLimits limits) {
  RequestParser parser;
  setUp(parser, limits);
  std::string buffered(withoutLeadingLines(bytes));
  const auto done = advance(parser, buffered);
  if (!done) return std::nullopt;
  if (*done) return HttpRequestReader::Bad{reasonOf(*done)};
  return requestFrom(parser);
}

struct HttpClient::Impl {
  Channel& channel;
  HttpReadLimits limits;
  std::string buffered;
  std::array<std::uint8_t, kReadSize> chunk{};
};

HttpClient::HttpClient(Channel& channel, HttpReadLimits limits) : impl_(std::make_unique<Impl>(channel, limits)) {}
HttpClient::~HttpClient() = default;

Task<Result<HttpAnswer>> HttpClient::exchange(const wire::http::Request& request) {
  auto& impl = *impl_;
  const auto bytes = wire::http::serialize(request);
  if (auto sent = co_await impl.channel.write(asBytes(bytes)); !sent) co_return std::unexpected(sent.error());
  ResponseParser parser;
  setUp(parser, impl.limits);
  for (;;) {
    auto done = advance(parser, impl.buffered);
    if (!done) {
      const auto got = co_await readMore(impl.channel, impl.chunk, impl.buffered);
      if (!got) co_return std::unexpected(got.error());
      if (*got > 0) continue;
      if (!parser.got_some()) co_return fail({}, "the connection ended before an answer");
      error_code error;
      parser.put_eof(error);  // an answer without a length ends with the connection
      done = error;
    }
    if (*done) co_return fail({}, "the answer is no HTTP: " + done->message());
    auto& message = parser.get();
    HttpAnswer answer;
    answer.response.status = message.result_int();
    answer.response.headers = headersOf(message);
    answer.keepAlive = message.keep_alive();
    answer.response.body = std::move(message.body());
    co_return answer;
  }
}

}  // namespace vme::net
