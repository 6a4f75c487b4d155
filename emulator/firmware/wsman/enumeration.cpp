// Enumerate, Pull and Release (wsman.md 3.2).

#include <algorithm>

#include "firmware/wsman/enumeration_context.hpp"
#include "firmware/wsman/envelope.hpp"
#include "firmware/wsman/inputs.hpp"
#include "firmware/wsman/instances.hpp"
#include "firmware/wsman/operations.hpp"
#include "firmware/wsman/uris.hpp"
#include "profile/check.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::size_t kMaxItemBytes = 32768;

bool exists(const Context& context, std::uint16_t index) {
  return catalogue()[index].presence.in(context.me.profile, context.level);
}

/// The class or superclass that the request names, with at least one class that this firmware has.
Or<const Enumerable*> enumerableOf(const Context& context) {
  const auto name = uri::className(context.request.resourceUri);
  const auto* found = name.empty() ? nullptr : findEnumerable(name);
  if (!found) return failed(FaultId::destinationUnreachable);
  const auto known = [&](std::uint16_t index) { return exists(context, index); };
  if (std::ranges::none_of(found->classes, known)) return failed(FaultId::destinationUnreachable);
  const auto allowed = [&](std::uint16_t index) {
    return exists(context, index) && machine::hasAnyRealm(context.login, catalogue()[index].read);
  };
  if (std::ranges::none_of(found->classes, allowed)) return failed(FaultId::accessDenied);
  return found;
}

/// Every instance that the login may see.
std::vector<Instance> visible(const Context& context, const Enumerable& enumerable) {
  std::vector<Instance> all;
  for (const auto index : enumerable.classes) {
    const auto& row = catalogue()[index];
    if (!exists(context, index) || !machine::hasAnyRealm(context.login, row.read)) continue;
    const auto some = instancesOf(context.me, row);
    all.insert(all.end(), some.begin(), some.end());
  }
  if (all.size() > kMaxPosition) all.resize(kMaxPosition);
  return all;
}

/// Filters would need a context that remembers them (enumeration_context.hpp).
std::optional<Fault> checkFilter(const pugi::xml_node& body) {
  const auto filter = wire::childNamed(body, "Filter");
  if (!filter) return std::nullopt;
  const std::string_view dialect = filter.attribute("Dialect").value();
  const bool known = dialect == uri::kSelectorFilter || dialect == uri::kAssociationFilter;
  return Fault{known ? FaultId::cannotProcessFilter : FaultId::filterDialectUnavailable};
}

/// Selectors narrow nothing down here, but unknown ones are refused; quirk enum_selector refuses them by another name.
std::optional<Fault> checkSelectors(const Context& context, const Enumerable& enumerable) {
  const auto isKey = [&](const Selector& selector) {
    return std::ranges::any_of(enumerable.classes, [&](std::uint16_t index) {
      const auto names = [&](const auto& property) { return property.key && property.name == selector.name; };
      return exists(context, index) && std::ranges::any_of(catalogue()[index].properties, names);
    });
  };
  if (std::ranges::all_of(context.request.selectors, isKey)) return std::nullopt;
  const bool isOdd = profile::hasQuirk(context.me.profile, "enum_selector");
  return Fault{isOdd ? FaultId::destinationUnreachable : FaultId::cannotProcessFilter};
}

std::optional<EnumerationMode> readMode(const pugi::xml_node& body) {
  const auto element = wire::childNamed(body, "EnumerationMode");
  if (!element || wire::textOf(element) == "EnumerateObject") return EnumerationMode::objects;
  if (wire::textOf(element) == "EnumerateEPR") return EnumerationMode::references;
  if (wire::textOf(element) == "EnumerateObjectAndEPR") return EnumerationMode::both;
  return std::nullopt;
}

bool isEnumeration(const pugi::xml_node& body, std::string_view name) {
  return wire::localName(body) == name && wire::namespaceOf(body) == uri::kEnumeration;
}

void writeEndpoint(wire::XmlWriter& writer, const machine::Me& me, const Instance& instance) {
  writer.open("b", "EndpointReference");
  writeReference(writer, referenceTo(me, instance));
  writer.close("b", "EndpointReference");
}

class Items {
 public:
  Items(const Context& context, Namespaces& namespaces, EnumerationMode mode)
      : context_(context), namespaces_(namespaces), mode_(mode) {}

  void write(const Instance& instance) {
    wire::XmlWriter writer(out_);
    const bool both = mode_ == EnumerationMode::both;
    if (both) writer.open("c", "Item");
    if (mode_ != EnumerationMode::references) {
      const auto prefix = namespaces_.bind(uri::ofClass(instance.row->name));
      writeInstance(writer, {prefix, timePrefix(*instance.row), context_.level}, context_.me, instance);
    }
    if (mode_ != EnumerationMode::objects) writeEndpoint(writer, context_.me, instance);
    if (both) writer.close("c", "Item");
  }

  const std::string& text() const { return out_; }

 private:
  std::string_view timePrefix(const Class& row) {
    const bool has = std::ranges::any_of(row.properties, [](const Property& p) { return p.type == Type::datetime; });
    return has ? namespaces_.bind(std::string(uri::kCimCommon)) : std::string_view();
  }

  const Context& context_;
  Namespaces& namespaces_;
  EnumerationMode mode_;
  std::string out_;
};

struct PullLimits {
  std::uint64_t elements = 1;
  std::uint64_t bytes = kMaxItemBytes;
};

Or<PullLimits> readLimits(const pugi::xml_node& body) {
  const Inputs inputs(body);
  PullLimits limits;
  for (const auto& [name, value] : {std::pair{"MaxElements", &limits.elements}, {"MaxCharacters", &limits.bytes}}) {
    if (!inputs.has(name)) continue;
    const auto number = inputs.number(name);
    if (!number || *number == 0) return failed(FaultId::schemaValidationError);
    *value = *number;
  }
  limits.bytes = std::min<std::uint64_t>(limits.bytes, kMaxItemBytes);
  return limits;
}

/// The enumeration that a Pull or Release goes on with.
Or<EnumerationContext> readContext(const Context& context, const Enumerable& enumerable) {
  const auto parsed = parseContext(wire::textOf(wire::childNamed(context.request.body, "EnumerationContext")));
  if (!parsed || parsed->enumerable >= enumerables().size() || &enumerables()[parsed->enumerable] != &enumerable) {
    return failed(FaultId::invalidEnumerationContext);
  }
  return *parsed;
}

std::string pullAnswer(const Context& context, EnumerationContext at, const std::vector<Instance>& all,
                       const PullLimits& limits) {
  Namespaces namespaces;
  namespaces.bind(std::string(uri::kEnumeration));
  Items items(context, namespaces, at.mode);
  for (std::uint64_t count = 0; count < limits.elements && at.position < all.size(); ++count) {
    if (items.text().size() >= limits.bytes) break;
    items.write(all[at.position++]);
  }
  namespaces.bind(std::string(uri::kCimCommon));
  std::string out;
  out.reserve(items.text().size() + 1800);
  appendHead(out, namespaces, context.request, "http://schemas.xmlsoap.org/ws/2004/09/enumeration/PullResponse",
             context.messageNumber);
  wire::XmlWriter writer(out);
  const bool more = at.position < all.size();
  writer.open("g", "PullResponse");
  if (more) writer.element("g", "EnumerationContext", toText(at));
  writer.open("g", "Items").raw(items.text()).close("g", "Items");
  if (!more) writer.open("g", "EndOfSequence").close("g", "EndOfSequence");
  writer.close("g", "PullResponse");
  appendTail(out);
  return out;
}

}  // namespace

Or<std::string> enumerate(Context& context) {
  const auto enumerable = enumerableOf(context);
  if (!enumerable) return std::unexpected(enumerable.error());
  if (!isEnumeration(context.request.body, "Enumerate")) return failed(FaultId::schemaValidationError);
  if (const auto fault = checkFilter(context.request.body)) return std::unexpected(*fault);
  if (const auto fault = checkSelectors(context, **enumerable)) return std::unexpected(*fault);
  const auto mode = readMode(context.request.body);
  if (!mode) return failed(FaultId::unsupportedFeature);
  const auto index = static_cast<std::uint16_t>(*enumerable - enumerables().data());
  Namespaces namespaces;
  namespaces.bind(std::string(uri::kEnumeration));
  std::string out;
  out.reserve(1536);
  appendHead(out, namespaces, context.request, "http://schemas.xmlsoap.org/ws/2004/09/enumeration/EnumerateResponse",
             context.messageNumber);
  wire::XmlWriter writer(out);
  writer.open("g", "EnumerateResponse").element("g", "EnumerationContext", toText({index, 0, *mode}));
  writer.close("g", "EnumerateResponse");
  appendTail(out);
  return out;
}

Or<std::string> pull(Context& context) {
  const auto enumerable = enumerableOf(context);
  if (!enumerable) return std::unexpected(enumerable.error());
  if (!isEnumeration(context.request.body, "Pull")) return failed(FaultId::schemaValidationError);
  const auto at = readContext(context, **enumerable);
  if (!at) return std::unexpected(at.error());
  const auto limits = readLimits(context.request.body);
  if (!limits) return std::unexpected(limits.error());
  return pullAnswer(context, *at, visible(context, **enumerable), *limits);
}

Or<std::string> release(Context& context) {
  const auto enumerable = enumerableOf(context);
  if (!enumerable) return std::unexpected(enumerable.error());
  if (!isEnumeration(context.request.body, "Release")) return failed(FaultId::schemaValidationError);
  const auto at = readContext(context, **enumerable);
  if (!at) return std::unexpected(at.error());
  Namespaces namespaces;
  namespaces.bind(std::string(uri::kEnumeration));
  std::string out;
  appendHead(out, namespaces, context.request, "http://schemas.xmlsoap.org/ws/2004/09/enumeration/ReleaseResponse",
             context.messageNumber);
  appendTail(out);
  return out;
}

}  // namespace vme::firmware::wsman
