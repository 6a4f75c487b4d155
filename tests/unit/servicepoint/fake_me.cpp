#include "fake_me.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <future>

#include "base/bytes.hpp"
#include "net/http_io.hpp"
#include "wire/xml.hpp"

namespace vme::servicepoint::test {
namespace {

constexpr const char* kNonce = "0123456789abcdef0123456789abcdef";

const net::PrivateKey& foreignKey() {
  static const auto kKey = net::makeRsaKey(1024);
  return kKey;
}

std::string childText(const pugi::xml_node& node, std::string_view name) {
  for (auto child = wire::firstElement(node); child; child = wire::nextElement(child)) {
    if (wire::localName(child) == name) return std::string(wire::textOf(child));
    if (auto below = childText(child, name); !below.empty()) return below;
  }
  return {};
}

Bytes childBytes(const pugi::xml_node& node, std::string_view name) {
  return fromBase64(childText(node, name)).value_or(Bytes());
}

std::string element(std::string_view name, std::string_view text) {
  return fmt::format("<s0:{0}>{1}</s0:{0}>", name, text);
}

}  // namespace

FakeMe::FakeMe(boost::asio::io_context& io, boost::asio::ip::address_v4 address, std::uint16_t port,
               FakeMeScript script)
    : io_(io), listener_(io.get_executor(), address, port, net::Exposure::loopbackOnly), script_(std::move(script)) {
  boost::asio::co_spawn(io_, acceptAll(), boost::asio::detached);
}

std::vector<std::string> FakeMe::operations() const {
  const std::scoped_lock lock(mutex_);
  return operations_;
}
unsigned FakeMe::refusedLogins() const {
  const std::scoped_lock lock(mutex_);
  return refusedLogins_;
}
unsigned FakeMe::connections() const {
  const std::scoped_lock lock(mutex_);
  return connections_;
}
void FakeMe::resetTo(const std::string& otp) {
  std::promise<void> done;
  boost::asio::post(io_, [&] {
    const std::scoped_lock lock(mutex_);
    operational_ = hasUser_ = false;
    adminHash_.reset();
    key_.clear();
    certificate_.clear();
    script_.otp = otp;
    done.set_value();
  });
  done.get_future().wait();
}
std::string FakeMe::hostName() const {
  const std::scoped_lock lock(mutex_);
  return hostName_;
}
bool FakeMe::sawProvisioningChain() const {
  const std::scoped_lock lock(mutex_);
  return sawChain_;
}
wire::PskPair FakeMe::psk() const {
  const std::scoped_lock lock(mutex_);
  return script_.psk;
}

net::Task<void> FakeMe::acceptAll() {
  for (;;) {
    auto accepted = co_await listener_.accept();
    if (!accepted) co_return;
    boost::asio::co_spawn(io_, serve(std::move(*accepted)), boost::asio::detached);
  }
}

net::TlsServerOptions FakeMe::offer() {
  net::TlsServerOptions options;
  if (operational_) {
    const auto& key = script_.foreignIdentity ? foreignKey().der : key_;
    if (script_.foreignIdentity) {
      options.credential = net::selfSignedCredential(foreignKey());
    } else {
      options.credential = *net::TlsCredential::make(key, {certificate_});
    }
  } else if (script_.pki) {
    options.credential = net::selfSignedCredential(foreignKey());
    options.judge = [this](const std::shared_ptr<const wire::ChainFacts>& facts,
                           const std::vector<Bytes>&) -> std::optional<std::uint8_t> {
      const std::scoped_lock lock(mutex_);
      sawChain_ = !facts->empty && facts->endsSelfSigned && facts->provisioningOid;
      return std::nullopt;
    };
  } else {
    options.pskIdentity = script_.psk.pidText();
    options.pskKey = script_.psk.ppsText();
  }
  return options;
}

net::Task<void> FakeMe::serve(net::Accepted accepted) {
  auto tcp = std::make_unique<net::TcpChannel>(std::move(accepted.socket));
  {
    const std::scoped_lock lock(mutex_);
    ++connections_;
  }
  if (script_.resetHandshakes > 0) {
    --script_.resetHandshakes;
    std::array<std::uint8_t, 16> hello{};
    co_await tcp->read(hello);
    tcp->reset();
    co_return;
  }
  const auto options = offer();
  net::TlsChannel channel(std::move(tcp), options);
  channel.setDeadline(std::chrono::steady_clock::now() + std::chrono::seconds(20));
  if (!co_await channel.handshake()) co_return;
  net::HttpRequestReader reader(channel, {});
  for (;;) {
    auto read = co_await reader.next();
    if (!read || !std::holds_alternative<wire::http::Request>(*read)) co_return;
    const auto& request = std::get<wire::http::Request>(*read);
    if (script_.hang) {
      std::array<std::uint8_t, 16> ignored{};
      co_await channel.read(ignored);
      co_return;
    }
    const auto response = login(request) ? answer(request) : challenge();
    if (!response) {
      channel.reset();
      co_return;
    }
    const auto bytes = wire::http::serialize(*response);
    if (!co_await channel.write(asBytes(bytes))) co_return;
    if (response->close) {
      co_await channel.close();
      co_return;
    }
  }
}

std::string FakeMe::realm() const {
  return script_.realm.empty() ? fmt::format("Intel(R) AMT (ID:{})", script_.uuid.upperText()) : script_.realm;
}

bool FakeMe::login(const wire::http::Request& request) {
  const auto given = wire::parseDigestAuthorization(request.header("Authorization"));
  if (!given) return false;
  const auto factory = wire::digestHash("admin", realm(), script_.password);
  bool good = wire::digestMatches(*given, request.method, adminHash_.value_or(factory));
  if (adminHash_ && script_.acceptOldPassword) good = good || wire::digestMatches(*given, request.method, factory);
  const std::scoped_lock lock(mutex_);
  if (!good) ++refusedLogins_;
  return good;
}

wire::http::Response FakeMe::challenge() const {
  wire::http::Response response;
  response.status = 401;
  response.headers = {
      {"WWW-Authenticate", fmt::format(R"(Digest realm="{}", nonce="{}",stale="false",qop="auth")", realm(), kNonce)}};
  response.close = true;
  return response;
}

std::optional<wire::http::Response> FakeMe::answer(const wire::http::Request& request) {
  pugi::xml_document document;
  if (!wire::parseXml(request.body, document)) return std::nullopt;
  const auto envelope = wire::firstElement(document);
  const std::scoped_lock lock(mutex_);
  auto response = request.target == "/wsman" ? answerWsman(envelope) : answerEoi(wire::childNamed(envelope, "Body"));
  const bool committed = operations_.back() == "CommitChanges";
  if (committed && (script_.dropCommitAnswer || script_.ignoreCommit)) return std::nullopt;
  if (operations_.back() == script_.resetOnceAt) {
    script_.resetOnceAt.clear();
    return std::nullopt;
  }
  response.chunked = true;
  response.close = response.close || committed;
  return response;
}

unsigned FakeMe::statusOf(const std::string& operation, const pugi::xml_node& call) const {
  constexpr unsigned kDuplicate = 0x80A;
  if (operation == "AddUserAclEntryEx" && hasUser_) return kDuplicate;
  if (operation.ends_with("AddKey") && !key_.empty() && childBytes(call, "KeyBlob") == key_) return kDuplicate;
  if (operation.ends_with("AddCertificate") && childBytes(call, "CertificateBlob") == certificate_) return kDuplicate;
  const auto scripted = script_.status.find(operation);
  return scripted == script_.status.end() ? 0U : scripted->second;
}

wire::http::Response FakeMe::answerEoi(const pugi::xml_node& body) {
  const auto call = wire::firstElement(body);
  const std::string operation(wire::localName(call));
  operations_.push_back(operation);
  const auto status = statusOf(operation, call);
  const auto outputs = status == 0 ? carryOut(operation, call) : std::string();
  wire::http::Response response;
  response.headers = {{"Content-Type", "text/xml; charset=UTF-8"}};
  response.body = fmt::format(
      R"(<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:s0="{}"><soap:Body><s0:{}Response><s0:Status>{}</s0:Status>{}</s0:{}Response></soap:Body></soap:Envelope>)",
      wire::namespaceOf(call), operation, status, outputs, operation);
  return response;
}

std::string FakeMe::carryOut(const std::string& operation, const pugi::xml_node& call) {
  if (operation == "GetCoreVersion") return element("Version", script_.version);
  if (operation == "GetDigestRealm") return element("DigestRealm", realm());
  if (operation == "GetLowAccuracyTimeSynch") return element("Ta0", "1249948800");
  if (operation == "GetProvisioningServerOTP") return element("OTP", toBase64(asBytes(script_.otp)));
  if (operation == "GetProvisioningMode") return element("ProvisioningMode", operational_ ? "1" : "0");
  if (operation == "GetProvisioningState") return element("ProvisioningState", operational_ ? "2" : "1");
  if (operation == "GetHostName") return element("HostName", hostName_);
  if (operation == "AddUserAclEntryEx") {
    hasUser_ = true;
    return element("Handle", "1");
  }
  if (operation == "CertStoreEnumerateCertificates") return element("Handles", "3");
  if (operation == "CertStoreGetCertificate") return element("CertificateBlob", toBase64(certificate_));
  if (operation == "CertStoreAddKey") key_ = childBytes(call, "KeyBlob");
  if (operation == "CertStoreAddCertificate") {
    certificate_ = childBytes(call, "CertificateBlob");
    return element("CertHandle", "3");
  }
  if (operation == "SetTLSKeyAndCertificate") {
    key_ = childBytes(call, "Key");
    certificate_ = childBytes(call, "CertificateChain");
  }
  if (operation == "SetHostName") hostName_ = childText(call, "HostName");
  if (operation == "SetAdminAclEntryEx") {
    const auto hash = childBytes(call, "DigestPassword");
    if (hash.size() == 16) std::ranges::copy(hash, adminHash_.emplace().begin());
  }
  if (operation == "SetTLSPSK") {
    std::ranges::copy(childBytes(call, "PID"), script_.psk.pid.begin());
    std::ranges::copy(childBytes(call, "PPS"), script_.psk.pps.begin());
  }
  if (operation == "CommitChanges") operational_ = !script_.ignoreCommit;
  return {};
}

FakeFleet::FakeFleet() = default;

FakeFleet::~FakeFleet() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

boost::asio::ip::address_v4 FakeFleet::addressOf(std::size_t index) {
  return boost::asio::ip::address_v4(0x7F1F0001U + static_cast<std::uint32_t>(index));
}

FakeMe& FakeFleet::add(FakeMeScript script) {
  const auto address = addressOf(mes_.size());
  if (!mes_.empty()) {
    mes_.push_back(std::make_unique<FakeMe>(io_, address, port(), std::move(script)));
    return *mes_.back();
  }
  // Below the ports that the system gives to outgoing connections: all MEs must get the same one.
  const auto first = static_cast<std::uint16_t>(20000 + ::getpid() % 10000);
  for (std::uint16_t candidate = first;; ++candidate) {
    try {
      mes_.push_back(std::make_unique<FakeMe>(io_, address, candidate, script));
      return *mes_.back();
    } catch (const EnvironmentError&) {
      if (candidate == first + 100) throw;
    }
  }
}

void FakeFleet::start() {
  thread_ = std::thread([this] { io_.run(); });
}

void sendBytes(boost::asio::ip::address_v4 source, std::uint16_t port, ByteView bytes) {
  boost::asio::io_context io;
  net::tcp::socket socket(io, net::tcp::v4());
  socket.bind({source, 0});
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  boost::asio::write(socket, boost::asio::buffer(bytes.data(), bytes.size()));
}

}  // namespace vme::servicepoint::test
