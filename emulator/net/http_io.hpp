#pragma once
// HTTP/1.1 over a Channel. Parsing is Boost.Beast's; limits are the caller's.

#include <optional>
#include <variant>

#include "base/reasons.hpp"
#include "net/channel.hpp"
#include "wire/http.hpp"

namespace vme::net {

struct HttpReadLimits {
  std::size_t header = 8192;
  std::size_t body = 65536;
};

/// Cuts one request after the other out of a channel's bytes; what follows a request stays for the next.
class HttpRequestReader {
 public:
  HttpRequestReader(Channel& channel, HttpReadLimits limits);
  ~HttpRequestReader();

  struct Closed {};  // the peer ended between two requests
  struct Bad {
    Reason reason;
  };  // malformedHttp, headerTooLarge, bodyTooLarge: answer it and close
  using Read = std::variant<wire::http::Request, Closed, Bad>;
  /// Answers `Expect: 100-continue` itself. Channel errors are the Error.
  Task<Result<Read>> next();
  /// Forgets what came after the last request, as firmware does that handles one at a time.
  void drop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The bytes of one request, whole (tests, fuzzing); nothing when more bytes are needed.
std::optional<HttpRequestReader::Read> parseRequest(std::string_view bytes, HttpReadLimits limits);

/// One side that asks: writes a request, reads its answer. The answer's keepAlive says whether to go on.
struct HttpAnswer {
  wire::http::Response response;
  bool keepAlive = true;
};
class HttpClient {
 public:
  HttpClient(Channel& channel, HttpReadLimits limits);
  ~HttpClient();
  Task<Result<HttpAnswer>> exchange(const wire::http::Request& request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vme::net
