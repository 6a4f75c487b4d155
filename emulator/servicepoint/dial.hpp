#pragma once
// Opens a TLS connection to an ME.

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>

#include "net/tcp.hpp"
#include "net/tls.hpp"
#include "servicepoint/failure.hpp"
#include "servicepoint/steps.hpp"

namespace vme::servicepoint {

struct Target {
  net::asio::any_io_executor executor;
  net::tcp::endpoint endpoint;
  std::chrono::milliseconds timeout{};
};

/// `log` may be null; else connect and handshake are steps of it. connectFailed, tlsRefused, pskRefused, timedOut,
/// connectionLost.
net::Task<Attempt<std::unique_ptr<net::TlsChannel>>> dial(const Target& target, const net::TlsClientOptions& tls,
                                                          StepLog* log);

}  // namespace vme::servicepoint
