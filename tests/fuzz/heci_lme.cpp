// Any bytes as a host that forwards connections to the ME: APF (even first byte), or the LMS protocol, old and new.

#include "testing/heci_host.hpp"
#include "wire/apf.hpp"
#include "wire/lms.hpp"

using namespace vme;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool apf = data[0] % 2 == 0;
  const auto machine = testing::MachineBuilder(apf ? "amt-5.2" : data[0] % 4 == 1 ? "amt-3.2.2" : "amt-4.0").build();
  const ByteView rest(data + 1, size - 1);
  testing::HeciHost(*machine, apf ? wire::heci::kLme : wire::heci::kLms).play(rest);
  // What is read is written back so that it is read as the same.
  if (const auto message = wire::apf::parse(rest)) {
    if (wire::apf::parse(wire::apf::encode(*message)) != *message) __builtin_trap();
  }
  if (const auto message = wire::lms::parse(rest)) {
    if (wire::lms::parse(wire::lms::encode(*message)) != *message) __builtin_trap();
  }
  return 0;
}
