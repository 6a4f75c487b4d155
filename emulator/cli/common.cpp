#include "cli/common.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "base/json_text.hpp"
#include "net/pki.hpp"
#include "profile/yaml_cursor.hpp"

namespace vme::cli {
namespace asio = boost::asio;

std::uint64_t number(const std::string& place, const std::string& text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end || value < least || value > most) {
    throw ConfigError(place, fmt::format("\"{}\" is no whole number from {} to {}. give one", text, least, most));
  }
  return value;
}

std::uint64_t sizeBytes(const std::string& place, const std::string& text, std::uint64_t most) {
  const auto size = profile::parseSize(text);
  if (size && *size <= most) return *size;
  throw ConfigError(place, fmt::format("\"{}\" is no size up to {} bytes. give one such as 64KiB", text, most));
}

std::chrono::seconds seconds(const std::string& place, const std::string& text) {
  const auto ms = profile::parseDuration(text);
  if (ms && *ms >= 1000) return std::chrono::seconds(*ms / 1000);
  throw ConfigError(place, fmt::format("\"{}\" is no duration of a second or more. give one such as 15m", text));
}

double decimal(const std::string& place, const std::string& text, double least, double most) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(value) || value < least || value > most) {
    throw ConfigError(place, fmt::format("\"{}\" is no number from {} to {}. give one", text, least, most));
  }
  return value;
}

std::uint16_t port(const std::string& place, const std::string& text) {
  return static_cast<std::uint16_t>(number(place, text, 0, 65535));
}

asio::ip::address_v4 address(const std::string& place, const std::string& text) {
  boost::system::error_code error;
  const auto value = asio::ip::make_address_v4(text, error);
  if (error) throw ConfigError(place, fmt::format("\"{}\" is no IPv4 address. give one such as 127.16.0.1", text));
  return value;
}

Endpoint endpoint(const std::string& place, const std::string& text, std::uint16_t defaultPort) {
  const auto colon = text.rfind(':');
  const auto host = text.substr(0, colon);
  const auto portNumber = colon == std::string::npos ? defaultPort : port(place, text.substr(colon + 1));
  boost::system::error_code error;
  const auto literal = asio::ip::make_address_v4(host, error);
  if (!error) return {literal, portNumber};
  asio::io_context context;
  asio::ip::tcp::resolver resolver(context);
  const auto found = resolver.resolve(asio::ip::tcp::v4(), host, std::to_string(portNumber), error);
  if (error || found.empty()) {
    throw ConfigError(place, fmt::format("\"{}\" is neither an IPv4 address nor a name that can be looked up. give "
                                         "HOST[:PORT]",
                                         host));
  }
  return found.begin()->endpoint();
}

std::pair<std::string, std::string> pairOf(const std::string& place, const std::string& text, char separator,
                                           const std::string& form) {
  const auto at = text.find(separator);
  if (at == std::string::npos || at == 0 || at + 1 == text.size()) {
    throw ConfigError(place, fmt::format("\"{}\" has not the form {}. write it so", text, form));
  }
  return {text.substr(0, at), text.substr(at + 1)};
}

wire::PskPair pskPair(const std::string& place, const std::string& text) {
  const auto [pid, pps] = pairOf(place, text, ':', "PID:PPS");
  auto pair = wire::parsePskPair(pid, pps);
  if (!pair)
    throw ConfigError(place, pair.error().message() + ". correct it; the last character of a group is its checksum");
  return *pair;
}

Uuid uuid(const std::string& place, const std::string& text) {
  const auto value = Uuid::parse(text);
  if (!value) {
    throw ConfigError(place,
                      fmt::format("\"{}\" is no UUID. give one such as 44454c4c-3100-1051-8032-b4c04f4b4d31", text));
  }
  return *value;
}

std::string readFile(const std::string& place, const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  if (stream) text << stream.rdbuf();
  if (!stream || std::filesystem::is_directory(file)) {
    throw ConfigError(place,
                      fmt::format("cannot read {}. name a file that exists and that you may read", file.string()));
  }
  return text.str();
}

std::string readSecret(const std::string& place, const std::filesystem::path& file) {
  auto text = readFile(place, file);
  text = text.substr(0, text.find_first_of("\r\n"));
  require(!text.empty(), file.string(), "the first line is empty. write the secret into it");
  return text;
}

std::pair<std::string, wire::Sha1> rootFile(const std::string& place, const std::string& text) {
  const auto [name, file] = pairOf(place, text, '=', "NAME=FILE.pem");
  const auto certificates = net::fromPem(file, readFile(place, file), "CERTIFICATE");
  if (certificates.empty())
    throw ConfigError(file, "holds no certificate. name a PEM file with the root's certificate");
  return {name, wire::sha1(certificates.front())};
}

net::Exposure exposureOf(const asio::ip::address_v4& address) {
  return address.is_loopback() ? net::Exposure::loopbackOnly : net::Exposure::anywhere;
}

void require(bool given, const std::string& place, const std::string& what) {
  if (!given) throw ConfigError(place, what);
}

void printJson(const boost::json::value& value) {
  fmt::print("{}\n", jsonLine(value));
  std::fflush(stdout);
}

}  // namespace vme::cli
