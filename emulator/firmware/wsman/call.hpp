#pragma once
// What a handler of the catalogue is given: a method's call, or a Put, Create or Delete.

#include <vector>

#include "firmware/wsman/catalogue/model.hpp"
#include "firmware/wsman/inputs.hpp"
#include "machine/me.hpp"

namespace vme::firmware::wsman {

/// Inputs have been checked against the catalogue: required ones are there, all are of their type and legal.
class MethodCall {
 public:
  MethodCall(machine::Me& machine, machine::Effects& effectsOfCall, const Method& method, std::uint32_t instance,
             const Inputs& inputs)
      : me(machine),
        effects(effectsOfCall),
        item(instance),
        in(inputs),
        method_(method),
        outputs_(method.outputs.size()) {}

  machine::Me& me;
  machine::Effects& effects;
  const std::uint32_t item;
  const Inputs& in;

  /// An output that the catalogue declares for the method.
  Values& out(std::string_view name);
  /// In the order of the catalogue.
  const std::vector<Values>& outputs() const { return outputs_; }

 private:
  const Method& method_;
  std::vector<Values> outputs_;
};

/// Properties have been checked like a method's inputs.
class Edit {
 public:
  Edit(machine::Me& machine, std::uint32_t instance, const Inputs& inputs) : me(machine), item(instance), in(inputs) {}

  machine::Me& me;
  const std::uint32_t item;  // of the instance; 0 for Create
  const Inputs& in;
  /// Create: the number of what was made, as the class's list gives it.
  std::uint32_t created = 0;
};

/// A DMTF method's ReturnValue for an AMT status (wsman-classes.md 3).
constexpr std::uint32_t dmtfStatus(wire::AmtStatus status) {
  return status == wire::AmtStatus::success ? 0 : 32768 + static_cast<std::uint32_t>(status);
}
constexpr std::uint32_t amtStatus(wire::AmtStatus status) {
  return static_cast<std::uint32_t>(status);
}

}  // namespace vme::firmware::wsman
