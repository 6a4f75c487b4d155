#include "cli/findings.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include "cli/tls_trial.hpp"
#include "net/tls.hpp"

namespace vme::cli {
namespace {

using Grade = Finding::Grade;

/// Tries to listen; an empty text when it went well, else what the system said.
class Trial {
 public:
  Trial() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Trial() {
    if (socket_ >= 0) ::close(socket_);
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  std::string listen(const std::string& address, std::uint16_t port) {
    if (socket_ < 0) return std::strerror(errno);
    const int on = 1;
    setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(boost::asio::ip::make_address_v4(address).to_uint());
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 || ::listen(socket_, 1) != 0) {
      return std::strerror(errno);
    }
    return {};
  }

  std::string bindToLoopbackDevice() {
    static constexpr std::array<char, 3> kDevice{"lo"};
    const auto failed = setsockopt(socket_, SOL_SOCKET, SO_BINDTODEVICE, kDevice.data(), kDevice.size()) != 0;
    return failed ? std::strerror(errno) : "";
  }

 private:
  int socket_;
};

Finding portFinding(std::uint16_t port, const std::string& user) {
  const auto error = Trial().listen("0.0.0.0", port);
  Finding finding{.check = fmt::format("port {}", port), .grade = Grade::good, .seen = "free, for " + user, .mend = ""};
  if (!error.empty()) {
    finding.grade = Grade::bad;
    finding.seen = error;
    finding.mend = fmt::format("end what listens there: ss -ltnp 'sport = :{}'", port);
  }
  return finding;
}

Finding addressFinding() {
  for (const auto* address : {"127.16.0.1", "127.255.255.254"}) {
    const auto error = Trial().listen(address, 0);
    if (error.empty()) continue;
    return {"addresses 127.0.0.0/8", Grade::bad, fmt::format("{}: {}", address, error),
            "ip address add 127.0.0.1/8 dev lo; ip link set lo up"};
  }
  return {"addresses 127.0.0.0/8", Grade::good, "all usable: an address for each of 16 million MEs", ""};
}

Finding deviceFinding() {
  const auto error = Trial().bindToLoopbackDevice();
  if (error.empty()) return {"SO_BINDTODEVICE lo", Grade::good, "works: nothing outside reaches the listeners", ""};
  return {"SO_BINDTODEVICE lo", Grade::bad, error,
          "needs Linux 5.7 or later, or CAP_NET_RAW: setcap cap_net_raw+ep vme"};
}

Finding descriptorFinding() {
  static constexpr rlim_t kWanted = 4096;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  Finding finding{.check = "descriptors",
                  .grade = Grade::good,
                  .seen = fmt::format("{} (at most {}): about {} connections at once with the embedded service point",
                                      limit.rlim_cur, limit.rlim_max, limit.rlim_cur / 2),
                  .mend = ""};
  if (limit.rlim_cur < kWanted) {
    finding.grade = Grade::limited;
    finding.mend = limit.rlim_max >= kWanted ? fmt::format("ulimit -n {}", limit.rlim_max)
                                             : "raise nofile in /etc/security/limits.conf and log in again";
  }
  return finding;
}

Finding memoryFinding() {
  static constexpr std::uint64_t kProvisionedBytes = 4096;
  static constexpr std::uint64_t kWantedMiB = 512;
  std::ifstream file("/proc/meminfo");
  std::string key, unit;
  std::uint64_t kib = 0;
  while (file >> key >> kib) {
    std::getline(file, unit);
    if (key == "MemAvailable:") break;
  }
  if (key != "MemAvailable:") {
    return {"memory", Grade::limited, "/proc/meminfo does not tell", "look with another tool"};
  }
  Finding finding{.check = "memory",
                  .grade = Grade::good,
                  .seen = fmt::format("{} MiB available: room for {} provisioned MEs at 4 KiB each", kib / 1024,
                                      kib * 1024 / 2 / kProvisionedBytes),
                  .mend = ""};
  if (kib / 1024 < kWantedMiB) {
    finding.grade = Grade::limited;
    finding.mend = "free some memory, or keep fleets small with --machines";
  }
  return finding;
}

Finding tlsFinding(const char* name, net::TlsVersions versions) {
  const auto trial = tryHandshake(versions);
  const auto check = fmt::format("TLS {}", name);
  if (trial) return {check, Grade::good, "a handshake works: " + *trial, ""};
  return {check, Grade::bad, trial.error().message(),
          "use Debian's OpenSSL 3, and no OPENSSL_CONF that forbids these versions"};
}

Finding suitesFinding() {
  const auto missing = net::missingPeriodSuites();
  if (missing.empty()) return {"suites of the period", Grade::good, "all there", ""};
  return {"suites of the period", Grade::limited, fmt::format("this OpenSSL lacks {}", fmt::join(missing, ", ")),
          "machines in mode period offer the others; a server that knows only these needs an OpenSSL built with them"};
}

}  // namespace

std::vector<Finding> findings() {
  std::vector<Finding> all{portFinding(16992, "HTTP of the MEs"), portFinding(16993, "TLS of the MEs"),
                           portFinding(9971, "the service point's hellos")};
  all.push_back(addressFinding());
  all.push_back(deviceFinding());
  all.push_back(descriptorFinding());
  all.push_back({"processors", Grade::good,
                 fmt::format("{}: one event loop each", std::max(1U, std::thread::hardware_concurrency())), ""});
  all.push_back(memoryFinding());
  all.push_back(tlsFinding("period", net::TlsVersions::period));
  all.push_back(tlsFinding("modern", net::TlsVersions::modern));
  all.push_back(suitesFinding());
  return all;
}

}  // namespace vme::cli
