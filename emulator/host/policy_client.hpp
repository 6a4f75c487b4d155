#pragma once
// The agent's side of its requests to the policy server (docs/agent.md): a connection a request, from the PC's address.

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string>

#include "host/pc.hpp"
#include "host/stop.hpp"
#include "wire/agent/policy.hpp"
#include "wire/agent/provision.hpp"
#include "wire/http.hpp"

namespace vme::host {

struct PolicyServerAddress {
  boost::asio::ip::tcp::endpoint endpoint;
  std::string token;                         // of this client
  std::chrono::milliseconds timeout{30000};  // for one request
};

class PolicyClient {
 public:
  PolicyClient(Pc& pc, PolicyServerAddress server) : pc_(pc), server_(std::move(server)) {}

  /// policyServerUnreachable, or why the server refuses.
  net::Task<Attempt<wire::agent::Policy>> policy();
  /// Of the size and hash that the policy says: policyServerUnreachable, updateRefused.
  net::Task<Attempt<Bytes>> package(const wire::agent::PackageFacts& facts);
  /// requestFailed, or why the service point refuses.
  net::Task<Attempt<wire::agent::ProvisionAnswer>> request(const wire::agent::ProvisionRequest& request);
  net::Task<Attempt<wire::agent::ProvisionAnswer>> state();
  net::Task<Attempt<void>> report(const wire::agent::StatusMessage& message);

 private:
  /// An answer of 2xx; `unanswered` where there was none to be had.
  net::Task<Attempt<std::string>> ask(wire::http::Request request, Reason unanswered, std::size_t mostBytes);

  Pc& pc_;
  PolicyServerAddress server_;
};

}  // namespace vme::host
