#include "servicepoint/eoi_client.hpp"

#include <fmt/format.h>

#include <charconv>

namespace vme::servicepoint {
namespace {

constexpr std::string_view kHead =
    R"(<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>)";
constexpr std::string_view kTail = "</soap:Body></soap:Envelope>";
constexpr std::string_view kContentType = "text/xml; charset=utf-8";

/// Of an answer that is no EOI response: what it was instead.
Failure notAnswered(std::string_view operation, unsigned http, const pugi::xml_node& body) {
  const auto fault = wire::childNamed(body, "Fault");
  if (!fault) return {Reason::callFailed, fmt::format("{}: HTTP {}", operation, http), false};
  const auto text = wire::textOf(wire::childNamed(fault, "faultstring"));
  return {Reason::callFailed, fmt::format("{}: HTTP {}, SOAP fault: {}", operation, http, text), false};
}

/// AMT's number; the firmware of some vendors writes it as StatusCode (eoi.md 2.2).
std::optional<std::uint32_t> statusOf(const pugi::xml_node& response) {
  auto element = wire::childNamed(response, "Status");
  if (!element) element = wire::childNamed(response, "StatusCode");
  const auto text = wire::textOf(element);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

HttpSession::Post EoiClient::prepare(EoiService service, std::string_view operation, std::string_view parameters) {
  body_.assign(kHead);
  body_.append("<").append(operation).append(" xmlns=\"").append(service.xmlNamespace).append("\">");
  body_.append(parameters).append("</").append(operation).append(">").append(kTail);
  action_.assign("\"").append(service.xmlNamespace).append("#").append(operation).append("\"");
  return {.name = operation, .path = service.path, .contentType = kContentType, .soapAction = action_, .body = body_};
}

net::Task<Attempt<EoiClient::Answer>> EoiClient::ask(EoiService service, std::string_view operation,
                                                     std::string_view parameters) {
  const auto post = prepare(service, operation, parameters);
  auto http = co_await session_.post(post);
  if (!http) co_return std::unexpected(std::move(http.error()));
  answer_ = std::move(http->body);
  const auto parsed = wire::parseXml(answer_, document_);
  if (!parsed) {
    co_return failed(Reason::callFailed,
                     fmt::format("{}: HTTP {}, no XML: {}", operation, http->status, parsed.error().message()));
  }
  const auto body = wire::childNamed(wire::firstElement(document_), "Body");
  const auto response = wire::firstElement(body);
  const auto name = wire::localName(response);
  const bool isOurs = http->status == 200 && name.starts_with(operation) && name.substr(operation.size()) == "Response";
  const auto status = isOurs ? statusOf(response) : std::nullopt;
  if (!status) co_return std::unexpected(notAnswered(operation, http->status, body));
  if (session_.careless().has(Habit::ignoreStatus)) co_return Answer{wire::AmtStatus::success, response};
  co_return Answer{static_cast<wire::AmtStatus>(*status), response};
}

net::Task<Attempt<pugi::xml_node>> EoiClient::call(EoiService service, std::string_view operation,
                                                   std::string_view parameters) {
  const auto answer = co_await ask(service, operation, parameters);
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status != wire::AmtStatus::success) co_return std::unexpected(statusFailure(operation, answer->status));
  co_return answer->response;
}

net::Task<Attempt<void>> EoiClient::invoke(EoiService service, std::string_view operation,
                                           std::string_view parameters) {
  const auto answer = co_await call(service, operation, parameters);
  if (!answer) co_return std::unexpected(answer.error());
  co_return Attempt<void>();
}

net::Task<Attempt<bool>> EoiClient::isRefused(const std::string& password) {
  const auto post = prepare(kSecurityAdministration, "GetCoreVersion", {});
  co_return co_await session_.isRefused(post, password);
}

std::vector<std::string> handlesIn(pugi::xml_node response) {
  std::vector<std::string> handles;
  for (auto child = wire::firstElement(response); child; child = wire::nextElement(child)) {
    if (wire::localName(child) == "Handles") handles.emplace_back(wire::textOf(child));
  }
  return handles;
}

}  // namespace vme::servicepoint
