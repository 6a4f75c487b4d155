#pragma once
// The counterparts that the fleet is measured against, in the same run: what the same handshakes, exchanges and
// connections cost without an emulator around them. Plain OpenSSL, epoll and sockets; nothing of emulator/ but the keys
// and certificates that both sides use.

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace vme::bench {

struct BareKeys {
  Bytes serverKey;                 // DER
  std::vector<Bytes> serverChain;  // leaf first
  Bytes clientKey;                 // provisioning certificate with its chain; empty: no client certificate
  std::vector<Bytes> clientChain;
};

/// Handshakes in memory, one after the other, with a request for the client's certificate where there is one. Returns
/// the server side's CPU seconds for one.
double bareHandshake(const BareKeys& keys, bool tls10, unsigned count);

/// One connection after the other over loopback, each with a TLS-PSK handshake and `requests` exchanges of so many
/// bytes, served by a bare epoll loop that answers without looking. Returns the server's CPU seconds for one
/// connection.
struct PskExchange {
  unsigned requests = 0;
  std::size_t requestBytes = 0;
  std::size_t answerBytes = 0;
};
double barePskConnection(const PskExchange& exchange, unsigned count);

/// A bare loop that connects from 127.x addresses, sends 32 bytes and closes. Returns connections a second.
double bareHellos(unsigned count);

/// So many rows of those bytes into a new SQLite database, in transactions as the state store's; reading them all
/// again; and the same bytes into a plain file with one fsync. Seconds.
double bareInserts(const std::string& file, const Bytes& image, unsigned count);
double bareRows(const std::string& file);
double bareFile(const std::string& file, const Bytes& image, unsigned count);

/// CPU seconds of the calling thread.
double threadCpu();

}  // namespace vme::bench
