// Any text as an Authorization and as a WWW-Authenticate header. An answer whose response is not 32 digits never
// matches, whatever else it says. Our own answer to any challenge is read again, and matches.

#include <string>

#include "wire/http_digest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vme;
  const auto text = asText({data, size});
  if (const auto authorization = wire::parseDigestAuthorization(text)) {
    if (authorization->username.empty() || authorization->uri.empty()) __builtin_trap();
    const bool matches = wire::digestMatches(*authorization, "POST", wire::digestHash("admin", "realm", "P@ssw0rd"));
    if (matches && authorization->response.size() != 32) __builtin_trap();
  }
  if (const auto challenge = wire::parseDigestChallenge(text)) {
    if (challenge->nonce.empty()) __builtin_trap();
    const auto answer = wire::answerChallenge(*challenge, "admin", "P@ssw0rd", "POST", "/wsman", 1, "0011223344556677");
    const auto read = wire::parseDigestAuthorization(answer);
    const auto ha1 = wire::digestHash("admin", challenge->realm, "P@ssw0rd");
    if (!read || read->realm != challenge->realm || !wire::digestMatches(*read, "POST", ha1)) __builtin_trap();
  }
  return 0;
}
