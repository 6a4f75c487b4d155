#include "net/tls.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cctype>

#include "net/tls_context.hpp"

namespace vme::net {
namespace {

constexpr std::size_t kReadSize = 8192;

std::string alertText(int alert) {
  std::string name = SSL_alert_desc_string_long(alert);
  for (auto& c : name) c = c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return "TLS alert " + std::to_string(alert) + " (" + name + ")";
}

/// Notes which of the client's messages have been read. The type is the first byte of a handshake message.
void onMessage(int isWritten, int, int contentType, const void* bytes, std::size_t size, SSL* ssl, void*) {
  constexpr int kHandshake = 22;
  constexpr std::uint8_t kClientHello = 1, kCertificate = 11, kClientKeyExchange = 16, kFinished = 20;
  if (isWritten != 0 || contentType != kHandshake || size == 0) return;
  auto& seen = static_cast<TlsHooks*>(SSL_get_app_data(ssl))->seen;
  const auto type = *static_cast<const std::uint8_t*>(bytes);
  if (type == kClientHello) seen[0] = true;
  if (type == kCertificate || type == kClientKeyExchange) seen[1] = true;
  if (type == kFinished) seen[2] = true;
}

bool isBadMac(unsigned long error) {
  switch (ERR_GET_REASON(error)) {
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
    case SSL_R_DIGEST_CHECK_FAILED:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct TlsChannel::Impl {
  std::unique_ptr<Channel> under;
  TlsHooks hooks;
  std::shared_ptr<const TlsCredential> credential;
  SslPtr ssl;
  BIO* incoming = nullptr;  // owned by ssl, as is outgoing
  BIO* outgoing = nullptr;
  std::array<std::uint8_t, kReadSize> buffer{};
  bool ready = false;
  bool sending = false;
  std::optional<TlsStop> stop;
  std::shared_ptr<std::optional<TlsStop>> onRefusal;
  std::function<void(Bytes&)> rewrite;

  Impl(std::unique_ptr<Channel> channel, const TlsContextKind& kind, PeerJudge judge, const std::string& pskIdentity,
       const std::string& pskKey, std::shared_ptr<const TlsCredential> own, TlsSecretSink secrets = {})
      : under(std::move(channel)), credential(std::move(own)), ssl(SSL_new(contextFor(kind))) {
    hooks.judge = std::move(judge);
    hooks.secrets = std::move(secrets);
    hooks.pskIdentity = pskIdentity;
    hooks.pskKey = pskKey;
    incoming = BIO_new(BIO_s_mem());
    outgoing = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), incoming, outgoing);
    SSL_set_app_data(ssl.get(), &hooks);
    if (credential) {
      SSL_use_certificate(ssl.get(), credential->impl().leaf.get());
      SSL_use_PrivateKey(ssl.get(), credential->impl().key.get());
      SSL_set1_chain(ssl.get(), credential->impl().others.get());
    }
    if (kind.server) {
      if (kind.psk) SSL_use_psk_identity_hint(ssl.get(), pskIdentity.c_str());
      SSL_set_accept_state(ssl.get());
    } else {
      SSL_set_connect_state(ssl.get());
    }
  }

  /// Sends what the engine has made. A reader and a writer may be under way at once: who comes second leaves its bytes
  /// to the one that is sending.
  Task<Result<void>> flush() {
    Result<void> sent;
    if (sending) co_return sent;
    sending = true;
    for (auto bytes = takeOutgoing(); sent && !bytes.empty(); bytes = takeOutgoing()) {
      if (rewrite && !ready) rewrite(bytes);
      sent = co_await under->write(bytes);
    }
    sending = false;
    co_return sent;
  }

  /// The fault that is due now; none is due twice.
  std::optional<TlsStop> takeStop() {
    if (hooks.refused && onRefusal && *onRefusal) return std::exchange(*onRefusal, std::nullopt);
    if (stop && hooks.seen[std::to_underlying(stop->at)]) return std::exchange(stop, std::nullopt);
    return std::nullopt;
  }

  /// True: the handshake goes on.
  Task<bool> carryOut(TlsStop what) {
    if (what.how == TlsStop::How::stall && what.lasts.count() > 0) {
      asio::steady_timer timer(under->executor(), what.lasts);
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      co_return true;
    }
    takeOutgoing();
    if (what.how == TlsStop::How::alert) {
      const auto version = static_cast<unsigned>(std::clamp(SSL_version(ssl.get()), TLS1_VERSION, TLS1_2_VERSION));
      constexpr std::uint8_t kAlertRecord = 21, kFatal = 2;
      const Bytes record{kAlertRecord, 3, static_cast<std::uint8_t>(version & 0xFFU), 0, 2, kFatal, what.alert};
      co_await under->write(record);
    } else if (what.how == TlsStop::How::reset) {
      under->reset();
    } else if (what.how == TlsStop::How::stall) {
      under->setDeadline(std::chrono::steady_clock::time_point::max());
      Result<std::size_t> got = 1;
      while (got && *got > 0) got = co_await under->read(buffer);
    }
    co_return false;
  }

  static TlsFailure askedFor(const TlsStop& what) {
    TlsFailure failure;
    failure.kind = what.how == TlsStop::How::alert ? TlsFailure::Kind::alertSent : TlsFailure::Kind::closed;
    failure.alert = what.how == TlsStop::How::alert ? what.alert : std::uint8_t{0};
    failure.text = what.how == TlsStop::How::alert ? alertText(what.alert) + " sent, as a fault asks"
                                                   : "the handshake ends, as a fault asks";
    return failure;
  }

  Bytes takeOutgoing() {
    char* data = nullptr;
    const long size = BIO_get_mem_data(outgoing, &data);
    Bytes bytes(data, data + std::max(size, 0L));
    (void)BIO_reset(outgoing);
    return bytes;
  }

  /// Feeds the engine with what has come. 0: the peer ended.
  Task<Result<std::size_t>> feed() {
    const auto got = co_await under->read(buffer);
    if (got && *got > 0) BIO_write(incoming, buffer.data(), static_cast<int>(*got));
    co_return got;
  }

  TlsFailure engineFailure() {
    TlsFailure failure;
    const auto error = ERR_peek_error();
    if (hooks.judge && ERR_GET_REASON(error) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
      hooks.judge(std::make_shared<const wire::ChainFacts>(), {});
    }
    failure.badMac =
        isBadMac(error) || hooks.alertReceived == SSL_AD_BAD_RECORD_MAC || hooks.alertReceived == SSL_AD_DECRYPT_ERROR;
    failure.unknownPskIdentity = hooks.unknownPskIdentity;
    if (hooks.alertReceived >= 0) {
      failure.kind = TlsFailure::Kind::alertReceived;
      failure.alert = static_cast<std::uint8_t>(hooks.alertReceived);
      failure.text = alertText(hooks.alertReceived) + " received";
    } else {
      failure.kind = TlsFailure::Kind::alertSent;
      failure.alert = static_cast<std::uint8_t>(std::max(hooks.alertSent, 0));
      const char* reason = ERR_reason_error_string(error);
      failure.text = (hooks.alertSent >= 0 ? alertText(hooks.alertSent) + " sent" : std::string("no alert sent")) +
                     (reason ? std::string(": ") + reason : std::string());
    }
    ERR_clear_error();
    return failure;
  }

  static TlsFailure channelFailure(const Error& error) {
    TlsFailure failure;
    failure.kind = error.text == kTimedOut    ? TlsFailure::Kind::timedOut
                   : error.text == kCancelled ? TlsFailure::Kind::cancelled
                                              : TlsFailure::Kind::closed;
    failure.text = error.text;
    return failure;
  }
};

TlsChannel::TlsChannel(std::unique_ptr<Channel> under, const TlsServerOptions& options)
    : impl_(std::make_unique<Impl>(std::move(under),
                                   TlsContextKind{.server = true,
                                                  .psk = !options.pskKey.empty(),
                                                  .judged = static_cast<bool>(options.judge),
                                                  .told = static_cast<bool>(options.secrets),
                                                  .versions = options.versions,
                                                  .suites = options.suites,
                                                  .range = options.range,
                                                  .onlySuites = options.onlySuites},
                                   options.judge, options.pskIdentity, options.pskKey, options.credential,
                                   options.secrets)) {
  impl_->stop = options.stop;
  impl_->onRefusal = options.onRefusal;
  impl_->rewrite = options.rewrite;
  if (impl_->stop) SSL_set_msg_callback(impl_->ssl.get(), onMessage);
}

TlsChannel::TlsChannel(std::unique_ptr<Channel> under, const TlsClientOptions& options)
    : impl_(std::make_unique<Impl>(std::move(under),
                                   TlsContextKind{.server = false,
                                                  .psk = !options.pskKey.empty(),
                                                  .judged = static_cast<bool>(options.judge),
                                                  .told = false,
                                                  .versions = options.versions,
                                                  .suites = {}},
                                   options.judge, options.pskIdentity, options.pskKey, options.credential)) {}

TlsChannel::~TlsChannel() = default;

Task<std::expected<void, TlsFailure>> TlsChannel::handshake() {
  auto& impl = *impl_;
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(impl.ssl.get());
    std::optional<TlsFailure> failure;
    if (result != 1 && SSL_get_error(impl.ssl.get(), result) != SSL_ERROR_WANT_READ) failure = impl.engineFailure();
    if (auto what = impl.takeStop()) {
      const bool goesOn = co_await impl.carryOut(*what);
      if (!goesOn) co_return std::unexpected(Impl::askedFor(*what));
    }
    const auto sent = co_await impl.flush();
    if (failure) co_return std::unexpected(std::move(*failure));
    if (!sent) co_return std::unexpected(Impl::channelFailure(sent.error()));
    if (result == 1) break;
    const auto got = co_await impl.feed();
    if (!got) co_return std::unexpected(Impl::channelFailure(got.error()));
    if (*got == 0) co_return std::unexpected(Impl::channelFailure({{}, "the peer closed the connection"}));
  }
  impl.ready = true;
  co_return std::expected<void, TlsFailure>{};
}

std::string TlsChannel::version() const {
  return SSL_get_version(impl_->ssl.get());
}
std::string TlsChannel::suite() const {
  return SSL_get_cipher_name(impl_->ssl.get());
}

Bytes TlsChannel::peerCertificate() const {
  const auto* certificate = SSL_get0_peer_certificate(impl_->ssl.get());
  if (!certificate) return {};
  Bytes der(static_cast<std::size_t>(std::max(0, i2d_X509(certificate, nullptr))));
  auto* at = der.data();
  i2d_X509(certificate, &at);
  return der;
}

std::optional<std::uint8_t> TlsChannel::alertReceived() const {
  const int alert = impl_->hooks.alertReceived;
  return alert < 0 ? std::nullopt : std::optional(static_cast<std::uint8_t>(alert));
}

Task<Result<std::size_t>> TlsChannel::read(std::span<std::uint8_t> into) {
  auto& impl = *impl_;
  for (;;) {
    ERR_clear_error();
    const int got = SSL_read(impl.ssl.get(), into.data(), static_cast<int>(std::min(into.size(), kReadSize * 2)));
    if (got > 0) co_return static_cast<std::size_t>(got);
    const int error = SSL_get_error(impl.ssl.get(), got);
    if (error == SSL_ERROR_ZERO_RETURN) co_return 0;
    if (error != SSL_ERROR_WANT_READ) {
      const auto failure = impl.engineFailure();
      co_await impl.flush();
      co_return fail({}, failure.text);
    }
    if (const auto sent = co_await impl.flush(); !sent) co_return std::unexpected(sent.error());
    const auto fed = co_await impl.feed();
    if (!fed) co_return std::unexpected(fed.error());
    if (*fed == 0) co_return 0;
  }
}

Task<Result<void>> TlsChannel::write(ByteView bytes) {
  auto& impl = *impl_;
  while (!bytes.empty()) {
    ERR_clear_error();
    const int size = static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 20U));
    const int put = SSL_write(impl.ssl.get(), bytes.data(), size);
    if (put <= 0) co_return fail({}, impl.engineFailure().text);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    if (const auto sent = co_await impl.flush(); !sent) co_return sent;
  }
  co_return Result<void>{};
}

Task<void> TlsChannel::close() {
  auto& impl = *impl_;
  if (impl.ready && impl.hooks.alertReceived < 0 && impl.hooks.alertSent < 0) {
    SSL_shutdown(impl.ssl.get());
    ERR_clear_error();
    co_await impl.flush();
  }
  co_await impl.under->close();
}

void TlsChannel::reset() {
  impl_->under->reset();
}
void TlsChannel::setDeadline(std::chrono::steady_clock::time_point deadline) {
  impl_->under->setDeadline(deadline);
}
asio::any_io_executor TlsChannel::executor() {
  return impl_->under->executor();
}

}  // namespace vme::net
