#pragma once
// One real TLS handshake over a loopback connection, to see what this machine's OpenSSL and its configuration allow.

#include <string>

#include "base/error.hpp"
#include "net/tls.hpp"

namespace vme::cli {

/// Both sides held to `versions`: version and suite that were agreed.
Result<std::string> tryHandshake(net::TlsVersions versions);

}  // namespace vme::cli
