#pragma once
// HTTP messages as values. Parsing bytes is net's work (with Boost.Beast); writing an answer in the firmware's exact
// header order and chunking is done here.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vme::wire::http {

struct Header {
  std::string name;
  std::string value;
};

struct Request {
  std::string method;  // as sent: GET, POST ...
  std::string target;  // as sent
  std::vector<Header> headers;
  std::string body;
  bool keepAlive = true;

  /// The first header of that name in any case, or an empty text.
  std::string_view header(std::string_view name) const;
  /// The target without a query.
  std::string_view path() const;
};

struct Response {
  unsigned status = 200;
  std::vector<Header> headers;  // in the order sent; without Content-Length, Transfer-Encoding, Connection
  std::string body;
  /// Chunked as AMT does it (eoi.md 6.4): size lines of four upper-case hex digits, the first chunk of 544 bytes, later
  /// ones of up to 762. Otherwise Content-Length.
  bool chunked = false;
  /// `Connection: close`, and the connection ends after the answer.
  bool close = false;
  /// HEAD: the headers of the body, without it.
  bool omitBody = false;

  std::string_view header(std::string_view name) const;
};

std::string_view reasonPhrase(unsigned status);

/// The bytes of an answer: the given headers in their order, and one transfer header, `Transfer-Encoding: chunked` or
/// `Content-Length` (0 too: 204, 303). It goes right before `Server` if `Server` is the last header given (EOI,
/// eoi.md 6.4), else after the last one (WS-Man, wsman.md 1.2). `Connection: close` comes last of all.
std::string serialize(const Response& response);
/// The bytes of a request, with Content-Length when there is a body or the method is POST.
std::string serialize(const Request& request);

}  // namespace vme::wire::http
