// Any bytes as a host that forwards connections to the ME: APF (even first byte), or the LMS protocol, old and new.

#include "testing/heci_host.hpp"
#include "wire/apf.hpp"
#include "wire/lms.hpp"

using namespace vme;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto apf = testing::MachineBuilder("amt-5.2").build();
  static const auto oldLms = testing::MachineBuilder("amt-3.2.2").build();
  static const auto newLms = testing::MachineBuilder("amt-4.0").build();
  auto& machine = data[0] % 2 == 0 ? *apf : data[0] % 4 == 1 ? *oldLms : *newLms;
  machine.renew();
  const ByteView rest(data + 1, size - 1);
  testing::HeciHost(machine, data[0] % 2 == 0 ? wire::heci::kLme : wire::heci::kLms).play(rest);
  // What is read is written back so that it is read as the same.
  if (const auto message = wire::apf::parse(rest)) {
    if (wire::apf::parse(wire::apf::encode(*message)) != *message) __builtin_trap();
  }
  if (const auto message = wire::lms::parse(rest)) {
    if (wire::lms::parse(wire::lms::encode(*message)) != *message) __builtin_trap();
  }
  return 0;
}
