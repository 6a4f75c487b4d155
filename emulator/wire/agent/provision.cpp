#include "wire/agent/provision.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "base/json_text.hpp"
#include "wire/agent/json_members.hpp"
#include "wire/ipv4_text.hpp"

namespace vme::wire::agent {
namespace {

constexpr std::array<std::string_view, 5> kStates{"waiting", "running", "provisioned", "refused", "failed"};
constexpr std::size_t kMaxReasonText = 1024;
constexpr std::size_t kMaxFields = 64;
constexpr std::int64_t kMaxUnixTime = 1LL << 40U;

bool isPrintable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

Sha1 otpFrom(JsonMembers& members) {
  Sha1 hash{};
  if (members.has("otp_sha1")) {
    const auto bytes = fromHex(members.text("otp_sha1"));
    if (bytes && bytes->size() == hash.size()) {
      std::ranges::copy(*bytes, hash.begin());
    } else {
      members.refuse("otp_sha1", "not 40 hex digits");
    }
    return hash;
  }
  const auto otp = members.text("otp");
  if (otp.size() < kMinOtp || otp.size() > kMaxOtp || !isPrintable(otp)) {
    members.refuse("otp", "not 8 to 32 printable characters");
  }
  return sha1(asBytes(otp));
}

Reason reasonFrom(JsonMembers& members) {
  const auto reason = reasonFromWord(members.text("reason"));
  if (!reason) members.refuse("reason", "no word of the list");
  return reason.value_or(Reason::none);
}

}  // namespace

std::string encode(const ProvisionRequest& request) {
  return jsonLine(boost::json::object{{"uuid", request.uuid.text()},
                                      {"fqdn", request.fqdn},
                                      {"address", dottedQuad(request.ipv4)},
                                      {"amt_version", request.amtVersion},
                                      {"build", request.build},
                                      {"sku", request.sku},
                                      {"otp_sha1", toHex(request.otpSha1)},
                                      {"otp_created", request.otpCreated}});
}

Result<ProvisionRequest> parseProvisionRequest(std::string_view body) {
  const auto object = parseObject(body);
  if (!object) return std::unexpected(object.error());
  JsonMembers members(*object);
  ProvisionRequest request;
  request.uuid = members.uuid("uuid");
  request.fqdn = members.text("fqdn");
  const auto address = parseAddress(members.text("address"));
  if (!address || *address == 0) members.refuse("address", "no IPv4 address");
  request.ipv4 = address.value_or(0);
  request.amtVersion = members.text("amt_version");
  request.build = members.optionalText("build");
  request.sku = members.optionalText("sku");
  request.otpSha1 = otpFrom(members);
  request.otpCreated = members.number("otp_created", 0, kMaxUnixTime);
  if (!members.good()) return std::unexpected(members.error());
  return request;
}

std::string_view wordOf(ProvisionState state) {
  return kStates.at(std::to_underlying(state));
}

std::string encode(const ProvisionAnswer& answer) {
  boost::json::object object{{"state", jsonText(wordOf(answer.state))}};
  if (answer.reason != Reason::none) {
    object["reason"] = jsonText(vme::wordOf(answer.reason));
    object["text"] = answer.text;
  }
  return jsonLine(object);
}

Result<ProvisionAnswer> parseProvisionAnswer(std::string_view body) {
  const auto object = parseObject(body);
  if (!object) return std::unexpected(object.error());
  JsonMembers members(*object);
  ProvisionAnswer answer;
  const auto found = std::ranges::find(kStates, members.text("state"));
  if (found == kStates.end()) {
    members.refuse("state", "no word of the list");
  } else {
    answer.state = static_cast<ProvisionState>(found - kStates.begin());
  }
  if (members.has("reason")) {
    answer.reason = reasonFrom(members);
    answer.text = members.text("text", kMaxReasonText);
  }
  if (!members.good()) return std::unexpected(members.error());
  return answer;
}

std::string encode(const Refusal& refusal) {
  return jsonLine(boost::json::object{{"reason", jsonText(vme::wordOf(refusal.reason))}, {"text", refusal.text}});
}

Result<Refusal> parseRefusal(std::string_view body) {
  const auto object = parseObject(body);
  if (!object) return std::unexpected(object.error());
  JsonMembers members(*object);
  Refusal refusal;
  refusal.reason = reasonFrom(members);
  refusal.text = members.text("text", kMaxReasonText);
  if (!members.good()) return std::unexpected(members.error());
  return refusal;
}

std::string encode(const StatusMessage& message) {
  boost::json::object fields;
  for (const auto& [name, value] : message.amtObject) fields[name] = value;
  return jsonLine(boost::json::object{{"uuid", message.uuid.text()},
                                      {"reason", jsonText(vme::wordOf(message.reason))},
                                      {"text", message.text},
                                      {"SMS_AMTObject", std::move(fields)}});
}

Result<StatusMessage> parseStatusMessage(std::string_view body) {
  const auto object = parseObject(body);
  if (!object) return std::unexpected(object.error());
  JsonMembers members(*object);
  StatusMessage message;
  message.uuid = members.uuid("uuid");
  message.reason = reasonFrom(members);
  message.text = members.text("text", kMaxReasonText);
  for (const auto& field : members.object("SMS_AMTObject", kMaxFields)) {
    const auto* value = field.value().if_string();
    if (!value || value->size() > kMaxText || field.key().size() > kMaxText) {
      members.refuse("SMS_AMTObject", "a field is no text, or too long");
      break;
    }
    message.amtObject.emplace_back(std::string(field.key()), std::string(value->data(), value->size()));
  }
  if (!members.good()) return std::unexpected(members.error());
  return message;
}

}  // namespace vme::wire::agent
