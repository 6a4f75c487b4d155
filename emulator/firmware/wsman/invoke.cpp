// Methods (wsman.md 3.3).

#include <algorithm>

#include "firmware/wsman/call.hpp"
#include "firmware/wsman/envelope.hpp"
#include "firmware/wsman/instances.hpp"
#include "firmware/wsman/operations.hpp"
#include "firmware/wsman/uris.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::uint32_t kInvalidParameterOfCim = 5;

const Method* findMethod(const Context& context, const Class& row) {
  const auto action = context.request.action;
  const auto name = action.substr(action.rfind('/') + 1);
  if (action.substr(0, action.size() - std::min(action.size(), name.size() + 1)) != uri::ofClass(row.name)) {
    return nullptr;
  }
  const auto found = std::ranges::find(row.methods, name, &Method::name);
  return found != row.methods.end() && found->presence.in(context.me.profile, context.level) ? &*found : nullptr;
}

/// What is there and of its type; a wrong one is a fault (wsman.md 3.3).
bool areWellFormed(const Method& method, const Inputs& inputs) {
  return std::ranges::all_of(method.inputs, [&](const Parameter& parameter) {
    if (parameter.required && !inputs.has(parameter.name)) return false;
    return inputs.fits(parameter.name, parameter.type);
  });
}

/// Numbers among the legal ones; others make the method answer with a status.
bool areLegal(const Method& method, const Inputs& inputs) {
  return std::ranges::all_of(method.inputs, [&](const Parameter& parameter) {
    const auto number = inputs.number(parameter.name);
    return parameter.values.empty() || !number ||
           std::ranges::find(parameter.values, *number) != parameter.values.end();
  });
}

std::string answer(const Context& context, const Class& row, const Method& method, const MethodCall& call,
                   std::uint32_t status) {
  Namespaces namespaces;
  Style style{.prefix = namespaces.bind(uri::ofClass(row.name)), .timePrefix = {}, .level = context.level};
  const bool hasTime = std::ranges::any_of(method.outputs, [](const Parameter& p) { return p.type == Type::datetime; });
  if (hasTime) style.timePrefix = namespaces.bind(std::string(uri::kCimCommon));
  std::string out;
  out.reserve(1536);
  appendHead(out, namespaces, context.request, std::string(context.request.action).append("Response"),
             context.messageNumber);
  const auto element = std::string(method.name).append("_OUTPUT");
  wire::XmlWriter writer(out);
  writer.open(style.prefix, element);
  for (std::size_t i = 0; i < method.outputs.size(); ++i) {
    writeValues(writer, style, method.outputs[i].name, method.outputs[i].type, call.outputs()[i]);
  }
  writer.element(style.prefix, "ReturnValue", std::uint64_t{status}).close(style.prefix, element);
  appendTail(out);
  return out;
}

}  // namespace

Or<std::string> invoke(Context& context) {
  const auto found = classOf(context);
  if (!found) return std::unexpected(found.error());
  const auto& row = **found;
  const auto* method = findMethod(context, row);
  if (!method) return failed(FaultId::actionNotSupported);
  if (!machine::hasAnyRealm(context.login, row.write)) return failed(FaultId::accessDenied);
  const auto instance = select(context.me, row, context.request.selectors);
  if (!instance) return std::unexpected(instance.error());
  const auto input = context.request.body;
  if (input && wire::localName(input) != std::string(method->name).append("_INPUT")) {
    return failed(FaultId::schemaValidationError);
  }
  const Inputs inputs(input);
  if (!areWellFormed(*method, inputs)) return failed(FaultId::invalidParameter);
  MethodCall call(context.me, context.effects, *method, instance->item, inputs);
  std::uint32_t status = 0;
  if (areLegal(*method, inputs)) {
    status = method->handler(call);
  } else {
    status = row.name.starts_with("CIM_") ? kInvalidParameterOfCim : amtStatus(wire::AmtStatus::invalidParameter);
  }
  return answer(context, row, *method, call, status);
}

Or<std::string> invokeNot(Context& context, std::uint32_t status) {
  const auto row = classOf(context);
  if (!row) return std::unexpected(row.error());
  const auto* method = findMethod(context, **row);
  if (!method) return std::unexpected(Fault{FaultId::internalError, wire::AmtStatus{status}});
  const Inputs inputs({});
  const MethodCall call(context.me, context.effects, *method, 0, inputs);
  return answer(context, **row, *method, call, status);
}

}  // namespace vme::firmware::wsman
