// Get, Put, Create and Delete (wsman.md 3.1).

#include <algorithm>

#include "firmware/wsman/call.hpp"
#include "firmware/wsman/envelope.hpp"
#include "firmware/wsman/instances.hpp"
#include "firmware/wsman/operations.hpp"
#include "firmware/wsman/uris.hpp"

namespace vme::firmware::wsman {
namespace {

bool hasTime(const Class& row) {
  return std::ranges::any_of(row.properties, [](const Property& p) { return p.type == Type::datetime; });
}

std::string instanceAnswer(const Context& context, std::string_view action, const Instance& instance, bool bindsTime) {
  Namespaces namespaces;
  Style style{.prefix = namespaces.bind(uri::ofClass(instance.row->name)), .timePrefix = {}, .level = context.level};
  if (bindsTime) style.timePrefix = namespaces.bind(std::string(uri::kCimCommon));
  std::string out;
  out.reserve(2048);
  appendHead(out, namespaces, context.request, action, context.messageNumber);
  wire::XmlWriter writer(out);
  writeInstance(writer, style, context.me, instance);
  appendTail(out);
  return out;
}

std::string emptyAnswer(const Context& context, std::string_view action, std::string space) {
  Namespaces namespaces;
  namespaces.bind(std::move(space));
  std::string out;
  appendHead(out, namespaces, context.request, action, context.messageNumber);
  appendTail(out);
  return out;
}

/// The body of Put and Create: the class's element, required properties there, all of their type.
Or<Inputs> representation(const Context& context, const Class& row) {
  if (wire::localName(context.request.body) != row.name) return failed(FaultId::invalidRepresentation);
  const Inputs inputs(context.request.body);
  for (const auto& property : row.properties) {
    const bool required = property.required || context.level < property.requiredBelow;
    if (property.since > context.level) continue;
    if ((required && !inputs.has(property.name)) || !inputs.fits(property.name, property.type)) {
      return failed(FaultId::invalidRepresentation);
    }
  }
  return inputs;
}

/// The class for an operation that changes something.
Or<const Class*> writable(const Context& context, EditHandler Class::* handler) {
  const auto row = classOf(context);
  if (!row) return row;
  if (!((*row)->*handler)) return failed(FaultId::actionNotSupported);
  if (!machine::hasAnyRealm(context.login, (*row)->write)) return failed(FaultId::accessDenied);
  return row;
}

}  // namespace

Or<std::string> get(Context& context) {
  const auto row = classOf(context);
  if (!row) return std::unexpected(row.error());
  if (!machine::hasAnyRealm(context.login, (*row)->read)) return failed(FaultId::accessDenied);
  const auto instance = select(context.me, **row, context.request.selectors);
  if (!instance) return std::unexpected(instance.error());
  return instanceAnswer(context, "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse", *instance, true);
}

Or<std::string> put(Context& context) {
  const auto row = writable(context, &Class::put);
  if (!row) return std::unexpected(row.error());
  const auto instance = select(context.me, **row, context.request.selectors);
  if (!instance) return std::unexpected(instance.error());
  const auto inputs = representation(context, **row);
  if (!inputs) return std::unexpected(inputs.error());
  Edit edit(context.me, instance->item, *inputs);
  if (const auto fault = (*row)->put(edit)) return std::unexpected(*fault);
  return instanceAnswer(context, "http://schemas.xmlsoap.org/ws/2004/09/transfer/PutResponse", *instance,
                        hasTime(**row));
}

Or<std::string> create(Context& context) {
  const auto row = writable(context, &Class::create);
  if (!row) return std::unexpected(row.error());
  const auto inputs = representation(context, **row);
  if (!inputs) return std::unexpected(inputs.error());
  Edit edit(context.me, 0, *inputs);
  if (const auto fault = (*row)->create(edit)) return std::unexpected(*fault);
  Namespaces namespaces;
  const auto prefix = namespaces.bind(std::string(uri::kTransfer));
  std::string out;
  appendHead(out, namespaces, context.request, "http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse",
             context.messageNumber);
  wire::XmlWriter writer(out);
  writer.open(prefix, "ResourceCreated");
  writeReference(writer, referenceTo(context.me, {*row, edit.created, (*row)->sources}));
  writer.close(prefix, "ResourceCreated");
  appendTail(out);
  return out;
}

Or<std::string> remove(Context& context) {
  const auto row = writable(context, &Class::remove);
  if (!row) return std::unexpected(row.error());
  const auto instance = select(context.me, **row, context.request.selectors);
  if (!instance) return std::unexpected(instance.error());
  const Inputs inputs(context.request.body);
  Edit edit(context.me, instance->item, inputs);
  if (const auto fault = (*row)->remove(edit)) return std::unexpected(*fault);
  return emptyAnswer(context, "http://schemas.xmlsoap.org/ws/2004/09/transfer/DeleteResponse",
                     uri::ofClass((*row)->name));
}

}  // namespace vme::firmware::wsman
