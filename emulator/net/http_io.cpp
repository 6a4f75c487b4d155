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
constexpr std::size_t kSlack = 64;
/// Of a body in chunks as many bytes are always still to come, "0\r\n\r\n"; Beast 1.81 asserts that it sees no fewer.
constexpr std::size_t kLeastChunk = 5;

/// One message on its way in. The limit on its header is counted here: where Beast's own lies depends on where the
/// bytes were cut, so that is set a little higher and never met.
template <bool IsRequest>
class Incoming {
 public:
  explicit Incoming(HttpReadLimits limits) : headerLimit_(limits.header) {
    parser.header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(headerLimit_, UINT32_MAX - kSlack) + kSlack));
    parser.body_limit(limits.body);
  }

  /// Takes what is buffered; nothing when more is needed. `buffered` loses what was used.
  std::optional<error_code> take(std::string& buffered) {
    error_code error;
    std::size_t used = 0;
    while (used < buffered.size() && !parser.is_done()) {
      const bool inHeader = !parser.is_header_done();
      if (!inHeader && parser.chunked() && buffered.size() - used < kLeastChunk) break;
      parser.eager(!inHeader);  // so that it stops where the header ends
      const auto taken = parser.put(boost::asio::buffer(buffered.data() + used, buffered.size() - used), error);
      used += taken;
      if (inHeader && exceedsLimit(taken, buffered.size() - used, error)) error = http::error::header_limit;
      if (error || taken == 0) break;
    }
    buffered.erase(0, used);
    if (error && error != http::error::need_more) return error;
    return parser.is_done() ? std::optional(error_code{}) : std::nullopt;
  }

  http::parser<IsRequest, http::string_body> parser;

 private:
  bool exceedsLimit(std::size_t taken, std::size_t rest, const error_code& error) {
    headerSize_ += taken;
    const bool partial = error == http::error::need_more;  // all of the rest is header
    const bool wellFormed = !error || partial || error == http::error::body_limit;
    return wellFormed && headerSize_ + (partial ? rest : 0) > headerLimit_;
  }

  std::size_t headerLimit_;
  std::size_t headerSize_ = 0;
};

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

HttpRequestReader::Read requestFrom(Incoming<true>& incoming) {
  auto& message = incoming.parser.get();
  // Where the body ends is not known by any other coding than chunked (RFC 7230 3.3.3).
  if (message.count(http::field::transfer_encoding) > 0 && !message.chunked()) {
    return HttpRequestReader::Bad{Reason::malformedHttp};
  }
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
  Incoming<true> incoming(impl.limits);
  auto& parser = incoming.parser;
  bool continued = false;
  for (;;) {
    if (!parser.got_some()) impl.buffered = withoutLeadingLines(impl.buffered);
    if (const auto done = incoming.take(impl.buffered)) {
      if (*done) co_return Bad{reasonOf(*done)};
      co_return requestFrom(incoming);
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

void HttpRequestReader::drop() {
  impl_->buffered.clear();
}

std::optional<HttpRequestReader::Read> parseRequest(std::string_view bytes, HttpReadLimits limits) {
  Incoming<true> incoming(limits);
  std::string buffered(withoutLeadingLines(bytes));
  const auto done = incoming.take(buffered);
  if (!done) return std::nullopt;
  if (*done) return HttpRequestReader::Bad{reasonOf(*done)};
  return requestFrom(incoming);
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
  std::optional<Incoming<false>> incoming;
  const auto start = [&] { incoming.emplace(impl.limits).parser.skip(request.method == "HEAD"); };
  start();
  for (;;) {
    auto done = incoming->take(impl.buffered);
    if (!done) {
      const auto got = co_await readMore(impl.channel, impl.chunk, impl.buffered);
      if (!got) co_return std::unexpected(got.error());
      if (*got > 0) continue;
      if (!incoming->parser.got_some()) co_return fail({}, "the connection ended before an answer");
      error_code error;
      incoming->parser.put_eof(error);  // an answer without a length ends with the connection
      done = error;
    }
    if (*done) co_return fail({}, "the answer is no HTTP: " + done->message());
    auto& message = incoming->parser.get();
    if (http::to_status_class(message.result_int()) == http::status_class::informational) {
      start();
      continue;
    }
    HttpAnswer answer;
    answer.response.status = message.result_int();
    answer.response.headers = headersOf(message);
    answer.keepAlive = message.keep_alive();
    answer.response.body = std::move(message.body());
    co_return answer;
  }
}

}  // namespace vme::net
