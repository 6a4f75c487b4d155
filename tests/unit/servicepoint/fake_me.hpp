#pragma once
// A scripted ME over real sockets, EOI and WS-Man, as little as a set-up needs. It checks logins and keeps what it is
// told; it judges nothing else. For tests of the service point only.

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/uuid.hpp"
#include "net/pki.hpp"
#include "net/tcp.hpp"
#include "net/tls.hpp"
#include "wire/http.hpp"
#include "wire/http_digest.hpp"
#include "wire/pid_pps.hpp"

namespace vme::servicepoint::test {

struct FakeMeScript {
  Uuid uuid;
  std::string version = "2.1.0";
  wire::PskPair psk;
  bool pki = false;  // set up by PKI: a self-signed certificate, the client's is asked for
  std::string password = "admin";
  std::string realm;  // empty: the form with the UUID
  std::string otp;
  std::string platformGuid;                // over WS-Man; empty: the UUID
  bool hasTlsContext = false;              // Create of AMT_TLSCredentialContext finds one
  std::map<std::string, unsigned> status;  // operations answered with that status
  bool dropCommitAnswer = false;           // CommitChanges takes effect, its answer is lost
  std::string resetOnceAt;                 // that operation takes effect the first time, its answer is lost
  bool ignoreCommit = false;               // and takes none either
  bool foreignIdentity = false;            // after commit it shows another certificate than it was given
  bool acceptOldPassword = false;          // after commit, beside the new one
  unsigned resetHandshakes = 0;            // connections reset at the ClientHello
  bool hang = false;                       // never answers a request
};

class FakeMe {
 public:
  FakeMe(boost::asio::io_context& io, boost::asio::ip::address_v4 address, std::uint16_t port, FakeMeScript script);

  std::uint16_t port() const { return listener_.port(); }

  // What it saw. Safe from any thread.
  std::vector<std::string> operations() const;
  unsigned refusedLogins() const;
  unsigned connections() const;
  std::string hostName() const;
  bool sawProvisioningChain() const;
  wire::PskPair psk() const;

  /// As after a full unprovision, with that OTP set by its agent.
  void resetTo(const std::string& otp);

 private:
  net::Task<void> acceptAll();
  net::Task<void> serve(net::Accepted accepted);
  net::TlsServerOptions offer();
  bool login(const wire::http::Request& request);
  wire::http::Response challenge() const;
  /// Nothing: the connection ends without an answer.
  std::optional<wire::http::Response> answer(const wire::http::Request& request);
  wire::http::Response answerEoi(const pugi::xml_node& body);
  wire::http::Response answerWsman(const pugi::xml_node& envelope);
  /// What the ME says to the call; what it holds already is a duplicate.
  unsigned statusOf(const std::string& operation, const pugi::xml_node& call) const;
  std::string instance(const std::string& className) const;
  std::string carryOut(const std::string& operation, const pugi::xml_node& call);
  std::string realm() const;

  boost::asio::io_context& io_;
  net::Listener listener_;
  FakeMeScript script_;
  mutable std::mutex mutex_;
  std::vector<std::string> operations_;
  unsigned refusedLogins_ = 0;
  unsigned connections_ = 0;
  bool sawChain_ = false;
  bool operational_ = false;
  bool hasUser_ = false;
  std::string hostName_;
  std::optional<wire::Md5> adminHash_;
  Bytes key_;
  Bytes certificate_;
};

/// Runs fake MEs on a thread of its own, at 127.31.0.1 and on, all on one port.
class FakeFleet {
 public:
  FakeFleet();
  ~FakeFleet();

  FakeMe& add(FakeMeScript script);
  void start();
  std::uint16_t port() const { return mes_.front()->port(); }
  static boost::asio::ip::address_v4 addressOf(std::size_t index);

 private:
  boost::asio::io_context io_{1};
  std::vector<std::unique_ptr<FakeMe>> mes_;
  std::thread thread_;
};

/// Sends `bytes` to the hello port from `source` and ends the connection.
void sendBytes(boost::asio::ip::address_v4 source, std::uint16_t port, ByteView bytes);

}  // namespace vme::servicepoint::test
