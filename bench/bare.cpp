#include "bare.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <thread>

namespace vme::bench {
namespace {

constexpr const char* kIdentity = "00000000";
constexpr const char* kPskKey = "0123456789abcdef0123456789abcdef";

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Connection = std::unique_ptr<SSL, decltype(&SSL_free)>;

void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(std::string("bare counterpart: ") + what);
}

X509* decodeCertificate(const Bytes& der) {
  const auto* at = der.data();
  X509* certificate = d2i_X509(nullptr, &at, static_cast<long>(der.size()));
  require(certificate, "a certificate cannot be decoded");
  return certificate;
}

void use(SSL_CTX* context, const Bytes& key, const std::vector<Bytes>& chain) {
  const auto* at = key.data();
  EVP_PKEY* decoded = d2i_PrivateKey(EVP_PKEY_RSA, nullptr, &at, static_cast<long>(key.size()));
  require(decoded && SSL_CTX_use_PrivateKey(context, decoded) == 1, "a key cannot be used");
  EVP_PKEY_free(decoded);
  X509* leaf = decodeCertificate(chain.front());
  require(SSL_CTX_use_certificate(context, leaf) == 1, "a certificate cannot be used");
  X509_free(leaf);
  for (std::size_t i = 1; i < chain.size(); ++i) SSL_CTX_add0_chain_cert(context, decodeCertificate(chain[i]));
}

Context makeContext(bool server, bool tls10) {
  Context context(SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), tls10 ? TLS1_VERSION : TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), tls10 ? TLS1_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context.get(), 0);
  return context;
}

/// One step of a handshake; whether it is done. The CPU it took is added to `spent`.
bool step(SSL* ssl, double& spent) {
  const double before = threadCpu();
  const int result = SSL_do_handshake(ssl);
  spent += threadCpu() - before;
  if (result == 1) return true;
  const int error = SSL_get_error(ssl, result);
  require(error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE, "a handshake failed");
  return false;
}

unsigned serverPsk(SSL*, const char* identity, unsigned char* key, unsigned size) {
  require(std::strcmp(identity, kIdentity) == 0 && size >= 32, "the PSK identity is wrong");
  std::memcpy(key, kPskKey, 32);
  return 32;
}

unsigned clientPsk(SSL*, const char*, char* identity, unsigned identitySize, unsigned char* key, unsigned size) {
  require(identitySize > 8 && size >= 32, "the PSK buffers are small");
  std::memcpy(identity, kIdentity, 9);
  std::memcpy(key, kPskKey, 32);
  return 32;
}

Context makePskContext(bool server) {
  auto context = makeContext(server, false);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "PSK-AES128-CBC-SHA");
  if (server) {
    SSL_CTX_use_psk_identity_hint(context.get(), kIdentity);
    SSL_CTX_set_psk_server_callback(context.get(), serverPsk);
  } else {
    SSL_CTX_set_psk_client_callback(context.get(), clientPsk);
  }
  return context;
}

sockaddr_in loopback(std::uint32_t address, std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(address);
  at.sin_port = htons(port);
  return at;
}

int listenAnywhere(std::uint16_t& port) {
  const int handle = socket(AF_INET, SOCK_STREAM, 0);
  auto at = loopback(INADDR_LOOPBACK, 0);
  require(bind(handle, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 && listen(handle, 4096) == 0, "no listener");
  socklen_t size = sizeof at;
  getsockname(handle, reinterpret_cast<sockaddr*>(&at), &size);
  port = ntohs(at.sin_port);
  return handle;
}

int connectTo(std::uint16_t port, std::uint32_t source) {
  const int handle = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (source != 0) {
    setsockopt(handle, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    auto from = loopback(source, 0);
    require(bind(handle, reinterpret_cast<sockaddr*>(&from), sizeof from) == 0, "no source address");
  }
  auto at = loopback(INADDR_LOOPBACK, port);
  require(connect(handle, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0, "no connection");
  return handle;
}

/// Serves connections one after the other by epoll on a non-blocking socket; returns its CPU seconds.
double servePsk(int listener, const PskExchange& exchange, unsigned count) {
  const auto context = makePskContext(true);
  const int poller = epoll_create1(0);
  const std::string answer(exchange.answerBytes, 'a');
  std::vector<char> request(std::max<std::size_t>(exchange.requestBytes, 1));
  const double before = threadCpu();
  for (unsigned i = 0; i < count; ++i) {
    const int handle = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
    const int on = 1;
    setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{.events = EPOLLIN, .data = {.fd = handle}};
    epoll_ctl(poller, EPOLL_CTL_ADD, handle, &event);
    const Connection ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), handle);
    SSL_set_accept_state(ssl.get());
    unsigned answered = 0;
    std::size_t have = 0;
    while (answered < exchange.requests) {
      const int got = SSL_read(ssl.get(), request.data(), static_cast<int>(exchange.requestBytes - have));
      if (got > 0) {
        have += static_cast<std::size_t>(got);
        if (have < exchange.requestBytes) continue;
        have = 0;
        SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
        ++answered;
        continue;
      }
      require(SSL_get_error(ssl.get(), got) == SSL_ERROR_WANT_READ, "a PSK exchange failed");
      epoll_wait(poller, &event, 1, -1);
    }
    SSL_shutdown(ssl.get());
    close(handle);
  }
  const double spent = threadCpu() - before;
  close(poller);
  return spent;
}

}  // namespace

double threadCpu() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

double bareHandshake(const BareKeys& keys, bool tls10, unsigned count) {
  const auto server = makeContext(true, tls10);
  const auto client = makeContext(false, tls10);
  use(server.get(), keys.serverKey, keys.serverChain);
  SSL_CTX_set_verify(client.get(), SSL_VERIFY_NONE, nullptr);
  if (!keys.clientChain.empty()) {
    use(client.get(), keys.clientKey, keys.clientChain);
    SSL_CTX_set_verify(server.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(server.get(), [](X509_STORE_CTX*, void*) { return 1; }, nullptr);
  }
  double spent = 0;
  double others = 0;
  for (unsigned i = 0; i < count; ++i) {
    const double before = threadCpu();
    const Connection accepting(SSL_new(server.get()), SSL_free);
    SSL_set_accept_state(accepting.get());
    spent += threadCpu() - before;
    const Connection connecting(SSL_new(client.get()), SSL_free);
    SSL_set_connect_state(connecting.get());
    BIO* serverSide = nullptr;
    BIO* clientSide = nullptr;
    BIO_new_bio_pair(&serverSide, 0, &clientSide, 0);
    SSL_set_bio(accepting.get(), serverSide, serverSide);
    SSL_set_bio(connecting.get(), clientSide, clientSide);
    bool accepted = false, connected = false;
    while (!accepted || !connected) {
      if (!connected) connected = step(connecting.get(), others);
      if (!accepted) accepted = step(accepting.get(), spent);
    }
  }
  return spent / count;
}

double barePskConnection(const PskExchange& exchange, unsigned count) {
  std::uint16_t port = 0;
  const int listener = listenAnywhere(port);
  double spent = 0;
  std::thread server([&] { spent = servePsk(listener, exchange, count); });
  const auto context = makePskContext(false);
  const std::string request(exchange.requestBytes, 'r');
  std::vector<char> answer(exchange.answerBytes);
  for (unsigned i = 0; i < count; ++i) {
    const int handle = connectTo(port, 0);
    const Connection ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), handle);
    require(SSL_connect(ssl.get()) == 1, "a PSK handshake failed");
    for (unsigned r = 0; r < exchange.requests; ++r) {
      SSL_write(ssl.get(), request.data(), static_cast<int>(request.size()));
      for (std::size_t have = 0; have < answer.size();) {
        const int got = SSL_read(ssl.get(), answer.data() + have, static_cast<int>(answer.size() - have));
        require(got > 0, "an answer is missing");
        have += static_cast<std::size_t>(got);
      }
    }
    close(handle);
  }
  server.join();
  close(listener);
  return spent / count;
}

double bareHellos(unsigned count) {
  std::uint16_t port = 0;
  const int listener = listenAnywhere(port);
  std::thread sink([&] {
    char bytes[256];
    for (unsigned i = 0; i < count; ++i) {
      const int handle = accept(listener, nullptr, nullptr);
      while (read(handle, bytes, sizeof bytes) > 0) continue;
      close(handle);
    }
  });
  const auto started = std::chrono::steady_clock::now();
  const std::string hello(32, 'h');
  for (unsigned i = 0; i < count; ++i) {
    const int handle = connectTo(port, 0x7F200000U + i);
    require(write(handle, hello.data(), hello.size()) == static_cast<ssize_t>(hello.size()), "a hello was cut");
    shutdown(handle, SHUT_WR);
    close(handle);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  sink.join();
  close(listener);
  return count / took.count();
}

}  // namespace vme::bench
