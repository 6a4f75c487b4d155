#include "servicepoint/wsman_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace vme::servicepoint {
namespace {

constexpr std::string_view kHead =
    R"(<?xml version="1.0" encoding="UTF-8"?><Envelope xmlns="http://www.w3.org/2003/05/soap-envelope" )"
    R"(xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" )"
    R"(xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><Header><a:Action>)";
constexpr std::string_view kReplyTo =
    "</a:MessageID><a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>"
    "</a:ReplyTo><w:OperationTimeout>PT60S</w:OperationTimeout>";
// What a careless service point sends.
constexpr std::string_view kSmallEnvelope = "<w:MaxEnvelopeSize>8192</w:MaxEnvelopeSize>";
constexpr std::string_view kOptions =
    R"(<w:OptionSet xmlns:s="http://www.w3.org/2003/05/soap-envelope" s:mustUnderstand="true"/>)";
constexpr std::string_view kTail = "</Body></Envelope>";
constexpr std::string_view kContentType = "application/soap+xml;charset=UTF-8";
constexpr std::string_view kTransfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer/";
constexpr std::string_view kEnumeration = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
constexpr std::string_view kAnonymous = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
constexpr unsigned kMaxPulls = 100;
constexpr std::uint64_t kMaxElements = 100;

std::string uriOf(std::string_view className) {
  const auto* base = className.starts_with("CIM_") ? "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
                                                   : "http://intel.com/wbem/wscim/1/amt-schema/1/";
  return std::string(base).append(className);
}

void appendSelector(std::string& out, Selector selector) {
  if (selector.name.empty()) return;
  wire::XmlWriter writer(out);
  writer.raw("<w:SelectorSet><w:Selector Name=\"").text(selector.name).raw("\">");
  writer.text(selector.value).raw("</w:Selector></w:SelectorSet>");
}

/// `<r:NAME xmlns:r="URI">...</r:NAME>`.
std::string wrapped(std::string_view className, std::string_view element, std::string_view content) {
  return fmt::format(R"(<r:{0} xmlns:r="{1}">{2}</r:{0}>)", element, uriOf(className), content);
}

std::string afterColon(std::string_view text) {
  return std::string(text.substr(text.find(':') + 1));
}

/// Fills fault and failure from a SOAP 1.2 fault (wsman.md 6.1).
void readFault(WsmanClient::Answer& answer, std::string_view name, unsigned http, const pugi::xml_node& fault) {
  const auto code = wire::childNamed(fault, "Code");
  const auto subcode = wire::childNamed(wire::childNamed(code, "Subcode"), "Value");
  answer.fault = afterColon(wire::textOf(subcode ? subcode : wire::childNamed(code, "Value")));
  if (answer.fault.empty()) answer.fault = "a fault without a code";
  const auto reason = wire::textOf(wire::childNamed(wire::childNamed(fault, "Reason"), "Text"));
  const auto detail = wire::textOf(wire::childNamed(wire::childNamed(fault, "Detail"), "Text"));
  answer.failure = {
      Reason::callFailed,
      fmt::format("{}: HTTP {}, {}: {}{}{}", name, http, answer.fault, reason, detail.empty() ? "" : " ", detail),
      false};
}

}  // namespace

void WsmanClient::appendReference(std::string& out, std::string_view className, Selector selector) {
  wire::XmlWriter writer(out);
  writer.raw("<a:Address>").raw(kAnonymous).raw("</a:Address><a:ReferenceParameters><w:ResourceURI>");
  writer.raw(uriOf(className)).raw("</w:ResourceURI>");
  appendSelector(out, selector);
  writer.raw("</a:ReferenceParameters>");
}

HttpSession::Post WsmanClient::prepare(std::string_view name, std::string_view className, std::string_view action,
                                       Selector selector, std::string_view body) {
  body_.assign(kHead);
  wire::XmlWriter writer(body_);
  writer.raw(action).raw("</a:Action><a:To>/wsman</a:To><w:ResourceURI>").raw(uriOf(className));
  writer.raw("</w:ResourceURI><a:MessageID>").raw(fmt::format_int(++messageId_).c_str()).raw(kReplyTo);
  appendSelector(body_, selector);
  if (session_.careless().has(Habit::smallEnvelopes)) writer.raw(kSmallEnvelope);
  if (session_.careless().has(Habit::mandatoryOptions)) writer.raw(kOptions);
  writer.raw("</Header><Body>").raw(body).raw(kTail);
  return {.name = name, .path = "/wsman", .contentType = kContentType, .soapAction = {}, .body = body_};
}

net::Task<Attempt<WsmanClient::Answer>> WsmanClient::exchange(std::string_view name, std::string_view className,
                                                              std::string_view action, Selector selector,
                                                              std::string_view body) {
  const auto post = prepare(name, className, action, selector, body);
  auto http = co_await session_.post(post);
  if (!http) co_return std::unexpected(std::move(http.error()));
  answer_ = std::move(http->body);
  const auto parsed = wire::parseXml(answer_, document_);
  if (!parsed) {
    co_return failed(Reason::callFailed,
                     fmt::format("{}: HTTP {}, no XML: {}", name, http->status, parsed.error().message()));
  }
  const auto envelopeBody = wire::childNamed(wire::firstElement(document_), "Body");
  if (!envelopeBody) co_return failed(Reason::callFailed, fmt::format("{}: HTTP {}, no SOAP body", name, http->status));
  Answer answer;
  const auto element = wire::firstElement(envelopeBody);
  if (wire::localName(element) == "Fault") {
    readFault(answer, name, http->status, element);
  } else if (http->status != 200) {
    co_return failed(Reason::callFailed, fmt::format("{}: HTTP {}", name, http->status));
  } else {
    answer.body = element;
  }
  co_return answer;
}

net::Task<Attempt<WsmanClient::Answer>> WsmanClient::tryGet(std::string_view className, Selector selector) {
  const auto name = fmt::format("Get {}", className);
  const auto action = fmt::format("{}Get", kTransfer);
  co_return co_await exchange(name, className, action, selector, {});
}

net::Task<Attempt<pugi::xml_node>> WsmanClient::get(std::string_view className, Selector selector) {
  auto answer = co_await tryGet(className, selector);
  if (!answer) co_return std::unexpected(std::move(answer.error()));
  if (!answer->fault.empty()) co_return std::unexpected(std::move(answer->failure));
  co_return answer->body;
}

net::Task<Attempt<void>> WsmanClient::put(std::string_view className, Selector selector, std::string_view properties) {
  const auto name = fmt::format("Put {}", className);
  const auto action = fmt::format("{}Put", kTransfer);
  const auto body = wrapped(className, className, properties);
  auto answer = co_await exchange(name, className, action, selector, body);
  if (!answer) co_return std::unexpected(std::move(answer.error()));
  if (!answer->fault.empty()) co_return std::unexpected(std::move(answer->failure));
  co_return Attempt<void>();
}

net::Task<Attempt<void>> WsmanClient::putChanged(std::string_view className, Selector selector, pugi::xml_node got,
                                                 std::vector<Change> changes) {
  std::string properties;
  wire::XmlWriter writer(properties);
  for (auto child = wire::firstElement(got); child; child = wire::nextElement(child)) {
    const auto property = wire::localName(child);
    const auto change = std::ranges::find(changes, property, &Change::property);
    writer.element("r", property, change == changes.end() ? wire::textOf(child) : change->value);
    if (change != changes.end()) changes.erase(change);
  }
  for (const auto& change : changes) writer.element("r", change.property, change.value);
  co_return co_await put(className, selector, properties);
}

net::Task<Attempt<WsmanClient::Answer>> WsmanClient::tryCreate(std::string_view className,
                                                               std::string_view properties) {
  const auto name = fmt::format("Create {}", className);
  const auto action = fmt::format("{}Create", kTransfer);
  const auto body = wrapped(className, className, properties);
  co_return co_await exchange(name, className, action, Selector{}, body);
}

net::Task<Attempt<WsmanClient::Invoked>> WsmanClient::ask(std::string_view className, std::string_view method,
                                                          std::string_view parameters) {
  const auto action = fmt::format("{}/{}", uriOf(className), method);
  const auto body = wrapped(className, fmt::format("{}_INPUT", method), parameters);
  auto answer = co_await exchange(method, className, action, Selector{}, body);
  if (!answer) co_return std::unexpected(std::move(answer.error()));
  if (!answer->fault.empty()) co_return std::unexpected(std::move(answer->failure));
  const auto text = wire::textOf(wire::childNamed(answer->body, "ReturnValue"));
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    co_return failed(Reason::callFailed, fmt::format("{}: the answer has no ReturnValue", method));
  }
  if (session_.careless().has(Habit::ignoreStatus)) co_return Invoked{wire::AmtStatus::success, answer->body};
  co_return Invoked{static_cast<wire::AmtStatus>(value), answer->body};
}

net::Task<Attempt<pugi::xml_node>> WsmanClient::invoke(std::string_view className, std::string_view method,
                                                       std::string_view parameters) {
  const auto invoked = co_await ask(className, method, parameters);
  if (!invoked) co_return std::unexpected(invoked.error());
  if (invoked->status != wire::AmtStatus::success) co_return std::unexpected(statusFailure(method, invoked->status));
  co_return invoked->output;
}

net::Task<Attempt<void>> WsmanClient::enumerate(std::string_view className, std::function<bool(pugi::xml_node)> visit) {
  auto name = fmt::format("Enumerate {}", className);
  auto action = fmt::format("{}/Enumerate", kEnumeration);
  auto body = fmt::format(R"(<n:Enumerate xmlns:n="{}"/>)", kEnumeration);
  auto answer = co_await exchange(name, className, action, Selector{}, body);
  name = fmt::format("Pull {}", className);
  action = fmt::format("{}/Pull", kEnumeration);
  for (unsigned pulls = 0; pulls <= kMaxPulls; ++pulls) {
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (!answer->fault.empty()) co_return std::unexpected(std::move(answer->failure));
    const auto items = wire::childNamed(answer->body, "Items");
    for (auto item = wire::firstElement(items); item; item = wire::nextElement(item)) {
      if (!visit(item)) co_return Attempt<void>();
    }
    if (wire::childNamed(answer->body, "EndOfSequence")) co_return Attempt<void>();
    const std::string context(wire::textOf(wire::childNamed(answer->body, "EnumerationContext")));
    if (context.empty()) co_return failed(Reason::callFailed, name + ": neither a context nor an end");
    body = fmt::format(R"(<n:Pull xmlns:n="{}">)", kEnumeration);
    wire::XmlWriter(body).element("n", "EnumerationContext", context).element("n", "MaxElements", kMaxElements);
    body += "</n:Pull>";
    answer = co_await exchange(name, className, action, Selector{}, body);
  }
  co_return failed(Reason::callFailed, fmt::format("{}: no end after {} pulls", name, kMaxPulls));
}

net::Task<Attempt<bool>> WsmanClient::isRefused(const std::string& password) {
  const auto action = fmt::format("{}Get", kTransfer);
  const auto post = prepare("Get AMT_GeneralSettings", "AMT_GeneralSettings", action, {}, {});
  co_return co_await session_.isRefused(post, password);
}

}  // namespace vme::servicepoint
