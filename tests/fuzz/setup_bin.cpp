// Any bytes as a setup.bin: what is read is written so that it is read as the same again, and each value's text too.

#include "wire/setup_bin.hpp"

#include "wire/setup_bin_variables.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vme::wire::setup_bin;
  const auto file = decode({data, size});
  if (!file) return 0;
  const auto bytes = encode(*file);
  if (!bytes || bytes->size() != size) __builtin_trap();
  const auto again = decode(*bytes);
  if (!again || *again != *file) __builtin_trap();
  for (const auto& record : file->records) {
    for (const auto& entry : record.entries) {
      const auto& variable = *findVariable(entry.module, entry.variable);
      const auto value = parseValue(variable, valueText(variable, entry.value));
      if (!value || *value != entry.value) __builtin_trap();
    }
  }
  return 0;
}
