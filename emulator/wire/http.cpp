#include "wire/http.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"

namespace vme::wire::http {
namespace {

constexpr std::size_t kFirstChunk = 544;
constexpr std::size_t kLaterChunk = 762;
// What the first line, the transfer header, `Connection: close` and the last line ends take at most.
constexpr std::size_t kFrame = 160;

struct Phrase {
  unsigned status;
  std::string_view text;
};
constexpr std::array kPhrases{
    Phrase{200, "OK"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Content"},
    Phrase{303, "See Other"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{408, "Request Timeout"},
    Phrase{409, "Conflict"},
    Phrase{411, "Length Required"},
    Phrase{413, "Request Entity Too Large"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{431, "Request Header Fields Too Large"},
    Phrase{500, "Internal Server Error"},
    Phrase{503, "Service Unavailable"},
};

bool sameName(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return toLower(x) == toLower(y); });
}

std::string_view find(const std::vector<Header>& headers, std::string_view name) {
  const auto found = std::ranges::find_if(headers, [name](const Header& h) { return sameName(h.name, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

std::size_t sizeOf(const std::vector<Header>& headers) {
  std::size_t size = 0;
  for (const auto& header : headers) size += header.name.size() + header.value.size() + 4;
  return size;
}

std::size_t sizeWithChunkHeads(std::size_t body) {
  constexpr std::size_t kHeadAndTail = 8;  // four digits and two line ends
  return body + (body / kLaterChunk + 2) * kHeadAndTail;
}

void appendHeader(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void appendTransfer(std::string& out, const Response& response) {
  if (response.chunked) {
    appendHeader(out, "Transfer-Encoding", "chunked");
  } else {
    appendHeader(out, "Content-Length", std::to_string(response.body.size()));
  }
}

void appendChunkSize(std::string& out, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const unsigned shift : {12U, 8U, 4U, 0U}) out += kDigits[size >> shift & 0xFU];
  out += "\r\n";
}

void appendChunks(std::string& out, std::string_view body) {
  std::size_t size = kFirstChunk;
  while (!body.empty()) {
    const auto chunk = body.substr(0, size);
    appendChunkSize(out, chunk.size());
    out.append(chunk).append("\r\n");
    body.remove_prefix(chunk.size());
    size = kLaterChunk;
  }
  out += "0\r\n\r\n";
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  return find(headers, name);
}

std::string_view Request::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Response::header(std::string_view name) const {
  return find(headers, name);
}

std::string_view reasonPhrase(unsigned status) {
  const auto found = std::ranges::find(kPhrases, status, &Phrase::status);
  return found == kPhrases.end() ? std::string_view("Unknown") : found->text;
}

std::string serialize(const Response& response) {
  std::string out;
  out.reserve(sizeOf(response.headers) + sizeWithChunkHeads(response.body.size()) + kFrame);
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reasonPhrase(response.status)).append("\r\n");
  const bool serverLast = !response.headers.empty() && sameName(response.headers.back().name, "Server");
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    if (serverLast && i + 1 == response.headers.size()) appendTransfer(out, response);
    appendHeader(out, response.headers[i].name, response.headers[i].value);
  }
  if (!serverLast) appendTransfer(out, response);
  if (response.close) appendHeader(out, "Connection", "close");
  out += "\r\n";
  if (response.omitBody) return out;
  if (response.chunked) {
    appendChunks(out, response.body);
  } else {
    out += response.body;
  }
  return out;
}

std::string serialize(const Request& request) {
  std::string out;
  out.reserve(request.method.size() + request.target.size() + sizeOf(request.headers) + request.body.size() + kFrame);
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  for (const auto& header : request.headers) appendHeader(out, header.name, header.value);
  if (!request.body.empty() || request.method == "POST") {
    appendHeader(out, "Content-Length", std::to_string(request.body.size()));
  }
  if (!request.keepAlive) appendHeader(out, "Connection", "close");
  out.append("\r\n").append(request.body);
  return out;
}

}  // namespace vme::wire::http
