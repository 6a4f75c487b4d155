#pragma once
// Answers the requests of agents (docs/agent.md): who asks, what for, and whether that machine may. What a
// provisioning request leads to is the service point's.

#include <boost/asio/ip/address_v4.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "servicepoint/agents/policy.hpp"
#include "wire/agent/provision.hpp"
#include "wire/http.hpp"

namespace vme::servicepoint {

class AgentDesk {
 public:
  using Address = boost::asio::ip::address_v4;

  /// What the service point made of a provisioning request.
  struct Decision {
    unsigned status = 202;  // 200, 202, 403, 409
    wire::agent::ProvisionAnswer answer;
  };
  struct Events {
    /// Whether the approval list refuses the machine.
    std::function<std::optional<wire::agent::Refusal>(const Uuid&)> judge;
    std::function<Decision(const wire::agent::ProvisionRequest&)> onRequest;
    std::function<std::optional<wire::agent::ProvisionAnswer>(const Uuid&)> stateOf;
    std::function<void(const Uuid&, Address peer, const wire::agent::Refusal&)> onRefused;
    std::function<void(const wire::agent::StatusMessage&)> onStatus;
    std::function<void()> onPolicy;  // fetched
  };

  /// `options` outlives it.
  AgentDesk(const PolicyOptions& options, Events events);

  struct Reply {
    std::string bytes;                     // of an answer of its own,
    const std::string* package = nullptr;  // or this one
    bool keepAlive = true;
  };
  Reply answer(const wire::http::Request& request, Address peer) const;
  /// To what is no request.
  static Reply refuse(Reason reason);

 private:
  using Response = wire::http::Response;

  Response policy(const wire::http::Request& request, const Uuid& uuid, Address peer) const;
  Response provision(const wire::http::Request& request, Address peer) const;
  Response state(const wire::http::Request& request, const Uuid& uuid, Address peer) const;
  Response status(const wire::http::Request& request, Address peer) const;
  const std::string* package(const wire::http::Request& request, std::string_view name, Address peer,
                             Response& refusal) const;
  Response dispatch(const wire::http::Request& request, Address peer, const std::string*& package) const;

  /// The request shows the machine's token; the answer where it does not.
  std::optional<Response> unproven(const wire::http::Request& request, const Uuid& uuid, Address peer) const;
  /// The machine may not have what its agent asks for.
  std::optional<Response> mayNot(const Uuid& uuid, Address peer) const;

  const PolicyOptions& options_;
  Events events_;
  std::map<std::string, std::string, std::less<>> packages_;  // whole answers by name
};

}  // namespace vme::servicepoint
