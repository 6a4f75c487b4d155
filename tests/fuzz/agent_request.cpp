// Any bytes as a body of an agent's request or of an answer to it: what is read is written so that it is read as the
// same again.

#include "wire/agent/policy.hpp"
#include "wire/agent/provision.hpp"

namespace {

template <typename Parse>
void readTwice(std::string_view body, Parse parse) {
  const auto first = parse(body);
  if (!first) return;
  const auto again = parse(encode(*first));
  if (!again || *again != *first) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vme::wire::agent;
  const auto body = vme::asText({data, size});
  readTwice(body, parseProvisionRequest);
  readTwice(body, parseProvisionAnswer);
  readTwice(body, parseRefusal);
  readTwice(body, parseStatusMessage);
  readTwice(body, parsePolicy);
  return 0;
}
