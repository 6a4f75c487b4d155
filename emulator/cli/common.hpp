#pragma once
// Values as they are typed on the command line. Each function throws a ConfigError that names the option, what was
// wrong with the text, and the form that it wants.

#include <boost/asio/ip/tcp.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "base/iso_time.hpp"
#include "base/uuid.hpp"
#include "net/tcp.hpp"
#include "wire/certificate.hpp"
#include "wire/pid_pps.hpp"

namespace vme::cli {

using Endpoint = boost::asio::ip::tcp::endpoint;

std::uint64_t number(const std::string& place, const std::string& text, std::uint64_t least, std::uint64_t most);
/// `1MiB`, in bytes.
std::uint64_t sizeBytes(const std::string& place, const std::string& text, std::uint64_t most);
/// `15m`, of at least a second.
std::chrono::seconds seconds(const std::string& place, const std::string& text);
double decimal(const std::string& place, const std::string& text, double least, double most);
std::uint16_t port(const std::string& place, const std::string& text);
boost::asio::ip::address_v4 address(const std::string& place, const std::string& text);
/// HOST[:PORT]; a name is looked up.
Endpoint endpoint(const std::string& place, const std::string& text, std::uint16_t defaultPort);
/// What stands before and after the first `separator`, neither empty; `form` is what the error asks for.
std::pair<std::string, std::string> pairOf(const std::string& place, const std::string& text, char separator,
                                           const std::string& form);
wire::PskPair pskPair(const std::string& place, const std::string& text);
Uuid uuid(const std::string& place, const std::string& text);

std::string readFile(const std::string& place, const std::filesystem::path& file);
/// The file's first line, which is not empty.
std::string readSecret(const std::string& place, const std::filesystem::path& file);
/// NAME=FILE.pem -> the name, and the SHA-1 of the first certificate in the file.
std::pair<std::string, wire::Sha1> rootFile(const std::string& place, const std::string& text);

/// Loopback addresses are kept to the machine; any other was asked for and is reachable from outside.
net::Exposure exposureOf(const boost::asio::ip::address_v4& address);

/// An option that must be there.
void require(bool given, const std::string& place, const std::string& what);

/// One line of JSON on standard output, at once.
void printJson(const boost::json::value& value);

}  // namespace vme::cli
