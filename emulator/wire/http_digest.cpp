#include "wire/http_digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <vector>

#include "base/ascii.hpp"

namespace vme::wire {
namespace {

constexpr std::size_t kMaxParameters = 24;

struct Parameter {
  std::string name;  // lower case
  std::string value;
};

bool isSpace(char c) {
  return c == ' ' || c == '\t';
}

std::unexpected<Error> malformed(std::string text) {
  return fail("digest header", std::move(text));
}

/// Reads `name=value` pairs, quoted or not, from what follows the scheme.
class ParameterReader {
 public:
  explicit ParameterReader(std::string_view text) : rest_(text) {}

  Result<std::vector<Parameter>> all() {
    std::vector<Parameter> parameters;
    for (skipSeparators(); !rest_.empty(); skipSeparators()) {
      auto parameter = one();
      if (!parameter) return std::unexpected(parameter.error());
      const auto twice = [&](const Parameter& other) { return other.name == parameter->name; };
      if (std::ranges::any_of(parameters, twice)) return malformed("parameter " + parameter->name + " stands twice");
      if (parameters.size() == kMaxParameters) return malformed("more than 24 parameters");
      parameters.push_back(std::move(*parameter));
    }
    return parameters;
  }

 private:
  void skipSeparators() {
    while (!rest_.empty() && (isSpace(rest_.front()) || rest_.front() == ',')) rest_.remove_prefix(1);
  }

  Result<Parameter> one() {
    const auto equals = rest_.find('=');
    if (equals == std::string_view::npos || equals == 0) return malformed("a parameter has no name or no value");
    Parameter parameter;
    auto name = rest_.substr(0, equals);
    while (!name.empty() && isSpace(name.back())) name.remove_suffix(1);
    if (name.empty() || name.find_first_of(" \t\",") != std::string_view::npos) {
      return malformed("a parameter's name is malformed");
    }
    std::ranges::transform(name, std::back_inserter(parameter.name), toLower);
    rest_.remove_prefix(equals + 1);
    while (!rest_.empty() && isSpace(rest_.front())) rest_.remove_prefix(1);
    if (!rest_.empty() && rest_.front() == '"') {
      rest_.remove_prefix(1);
      return quoted(std::move(parameter));
    }
    const auto end = std::min(rest_.find_first_of(", \t"), rest_.size());
    parameter.value = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return parameter;
  }

  Result<Parameter> quoted(Parameter parameter) {
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        parameter.value += rest_[++i];
      } else if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return parameter;
      } else {
        parameter.value += rest_[i];
      }
    }
    return malformed("the quote of " + parameter.name + " is not closed");
  }

  std::string_view rest_;
};

Result<std::vector<Parameter>> parametersOf(std::string_view header) {
  constexpr std::string_view kScheme = "digest";
  while (!header.empty() && isSpace(header.front())) header.remove_prefix(1);
  const auto scheme = header.substr(0, kScheme.size());
  if (!std::ranges::equal(scheme, kScheme, {}, toLower) || header.size() == kScheme.size() ||
      !isSpace(header[kScheme.size()])) {
    return malformed("the scheme is not Digest");
  }
  return ParameterReader(header.substr(kScheme.size())).all();
}

/// Moves a parameter's value out; empty when it is not there.
std::string taken(std::vector<Parameter>& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  return found == parameters.end() ? std::string() : std::move(found->value);
}

/// Whether a list such as `auth-int, auth` holds the word.
bool offers(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    auto entry = list.substr(0, list.find(','));
    list.remove_prefix(std::min(entry.size() + 1, list.size()));
    while (!entry.empty() && isSpace(entry.front())) entry.remove_prefix(1);
    while (!entry.empty() && isSpace(entry.back())) entry.remove_suffix(1);
    if (std::ranges::equal(entry, word, {}, toLower)) return true;
  }
  return false;
}

void appendQuoted(std::string& out, std::string_view value) {
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

std::string responseOf(const std::string& ha1, std::string_view nonce, std::string_view nc, std::string_view cnonce,
                       std::string_view qop, std::string_view method, std::string_view uri) {
  std::string request(method);
  request.append(":").append(uri);
  std::string text = ha1;
  text.append(":").append(nonce).append(":");
  if (!qop.empty()) text.append(nc).append(":").append(cnonce).append(":").append(qop).append(":");
  text += toHex(md5(request));
  return toHex(md5(text));
}

}  // namespace

Md5 md5(std::string_view text) {
  static const EVP_MD* const kMd5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  Md5 digest{};
  const bool done = kMd5 && EVP_DigestInit_ex2(context.get(), kMd5, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1;
  // A digest of zeros would be a password that everybody knows.
  if (!done) throw EnvironmentError("OpenSSL", "MD5 is not available. use a configuration other than FIPS");
  return digest;
}

Md5 digestHash(std::string_view user, std::string_view realm, std::string_view password) {
  std::string text(user);
  text.append(":").append(realm).append(":").append(password);
  return md5(text);
}

Result<DigestAuthorization> parseDigestAuthorization(std::string_view headerValue) {
  auto parameters = parametersOf(headerValue);
  if (!parameters) return std::unexpected(parameters.error());
  DigestAuthorization authorization;
  authorization.username = taken(*parameters, "username");
  authorization.realm = taken(*parameters, "realm");
  authorization.nonce = taken(*parameters, "nonce");
  authorization.uri = taken(*parameters, "uri");
  authorization.response = taken(*parameters, "response");
  authorization.qop = taken(*parameters, "qop");
  authorization.nc = taken(*parameters, "nc");
  authorization.cnonce = taken(*parameters, "cnonce");
  authorization.opaque = taken(*parameters, "opaque");
  if (authorization.username.empty()) return malformed("the user name is missing");
  if (authorization.uri.empty()) return malformed("the uri is missing");
  if (!authorization.qop.empty() && authorization.qop != "auth") return malformed("the qop is not auth");
  const bool counted = authorization.nc.size() == 8 && fromHex(authorization.nc);
  if (!authorization.qop.empty() && !counted) return malformed("nc is not eight hex digits");
  return authorization;
}

bool digestMatches(const DigestAuthorization& authorization, std::string_view method, const Md5& ha1) {
  const auto wanted = responseOf(toHex(ha1), authorization.nonce, authorization.nc, authorization.cnonce,
                                 authorization.qop, method, authorization.uri);
  if (authorization.response.size() != wanted.size()) return false;
  std::string given;
  std::ranges::transform(authorization.response, std::back_inserter(given), toLower);
  return CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

Result<DigestChallenge> parseDigestChallenge(std::string_view headerValue) {
  auto parameters = parametersOf(headerValue);
  if (!parameters) return std::unexpected(parameters.error());
  DigestChallenge challenge;
  challenge.realm = taken(*parameters, "realm");
  challenge.nonce = taken(*parameters, "nonce");
  challenge.opaque = taken(*parameters, "opaque");
  // Of several protections offered, plain authentication is the one that AMT and this client share.
  const auto offered = taken(*parameters, "qop");
  if (offers(offered, "auth")) {
    challenge.qop = "auth";
  } else if (!offered.empty()) {
    return malformed("the qop offered does not include auth");
  }
  const auto stale = taken(*parameters, "stale");
  challenge.stale = std::ranges::equal(stale, std::string_view("true"), {}, toLower);
  if (challenge.nonce.empty()) return malformed("the nonce is missing");
  return challenge;
}

std::string answerChallenge(const DigestChallenge& challenge, std::string_view user, std::string_view password,
                            std::string_view method, std::string_view uri, std::uint32_t nc, std::string_view cnonce) {
  constexpr std::string_view kZeros = "00000000";
  char digits[8];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), nc, 16).ptr;
  const std::string_view number(digits, static_cast<std::size_t>(end - digits));
  const auto count = std::string(kZeros.substr(number.size())) + std::string(number);
  const auto ha1 = toHex(digestHash(user, challenge.realm, password));
  const auto response = responseOf(ha1, challenge.nonce, count, cnonce, challenge.qop, method, uri);
  std::string header = "Digest username=";
  appendQuoted(header, user);
  appendQuoted(header.append(", realm="), challenge.realm);
  appendQuoted(header.append(", nonce="), challenge.nonce);
  appendQuoted(header.append(", uri="), uri);
  appendQuoted(header.append(", response="), response);
  if (!challenge.qop.empty()) appendQuoted(header.append(", qop=auth, nc=").append(count).append(", cnonce="), cnonce);
  if (!challenge.opaque.empty()) appendQuoted(header.append(", opaque="), challenge.opaque);
  return header;
}

}  // namespace vme::wire
