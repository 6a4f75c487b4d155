// A state file: the images of machines, and the database around them. What is taken is written again as it was.

#include <cstdlib>

#include "base/error.hpp"
#include "machine/image.hpp"
#include "machine/setup.hpp"
#include "runtime/state_database.hpp"
#include "testing/machine_builder.hpp"

using namespace vme;

static void take(ByteView bytes) {
  auto image = machine::decodeImage(bytes);
  if (!image) return;
  if (!std::ranges::equal(machine::encodeImage(image->hot, image->overlay.get(), image->profile), bytes)) std::abort();
  static const auto built = testing::MachineBuilder("amt-5.2").build();
  built->hot = image->hot;
  built->overlay = std::move(image->overlay);
  auto me = built->me();
  machine::Effects effects;
  machine::powerBack(me, effects);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) try {
  const ByteView bytes(data, size);
  if (!asText(bytes).starts_with("SQLite format 3")) return take(bytes), 0;
  runtime::StateDatabase(bytes, {7, 0x7F100001, {{"desktops", "amt-3.2.2", 10, "uuid"}}})
      .read([](std::uint32_t, ByteView image) { take(image); });
  return 0;
} catch (const ConfigError&) {
  return 0;  // the refusal that the fuzzer is here to provoke
} catch (const EnvironmentError&) {
  return 0;
}
