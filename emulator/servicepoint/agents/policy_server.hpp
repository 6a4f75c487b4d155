#pragma once
// The policy server's port: HTTP connections of agents, each with limits, so that slow or hostile ones do not keep the
// others out.

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <list>
#include <unordered_map>

#include "net/http_io.hpp"
#include "net/tcp.hpp"
#include "servicepoint/agents/agent_desk.hpp"

namespace vme::servicepoint {

class PolicyServer {
 public:
  struct Limits {
    std::chrono::milliseconds request{10000};  // from the connection or the answer before to the whole request
    std::chrono::milliseconds answer{60000};   // until the peer has taken it
    unsigned open = 1024;                      // a further one ends that which made no progress for longest
    /// One that had no progress for so long makes way for another when there are too many. Not sooner: that a request
    /// has not been read yet may be this side's fault.
    std::chrono::milliseconds patience{5000};
    unsigned openFromOne = 128;  // further connections of one address are reset
    unsigned requests = 1000;    // of one connection
    net::HttpReadLimits http{8192, 16384};
  };

  /// Opens the port: EnvironmentError.
  PolicyServer(net::asio::any_io_executor executor, net::asio::ip::address_v4 address, std::uint16_t port,
               net::Exposure exposure, AgentDesk desk, Limits limits);

  void start();
  void close();
  std::uint16_t port() const { return listener_.port(); }

 private:
  net::Task<void> acceptAll();
  net::Task<void> serve(net::Accepted accepted);
  struct Open {
    net::TcpChannel* channel;
    std::chrono::steady_clock::time_point since;  // its last progress
  };
  using Place = std::list<Open>::iterator;
  net::Task<void> makeRoom();
  void noteProgress(Place place);
  net::Task<void> converse(Place place, net::asio::ip::address_v4 peer);

  net::asio::any_io_executor executor_;
  net::Listener listener_;
  AgentDesk desk_;
  Limits limits_;
  std::list<Open> open_;                                  // the one without progress for longest comes first
  net::asio::steady_timer room_;                          // cancelled when a connection ends
  std::unordered_map<std::uint32_t, unsigned> openFrom_;  // connections by address
};

}  // namespace vme::servicepoint
