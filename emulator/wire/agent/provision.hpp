#pragma once
// An agent's provisioning request, what the service point says to it, and the agent's state message (docs/agent.md):
// JSON objects.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/reasons.hpp"
#include "base/uuid.hpp"
#include "wire/certificate.hpp"

namespace vme::wire::agent {

inline constexpr std::size_t kMinOtp = 8;
inline constexpr std::size_t kMaxOtp = 32;

struct ProvisionRequest {
  Uuid uuid;
  std::string fqdn;
  std::uint32_t ipv4 = 0;  // where the ME answers
  std::string amtVersion;
  std::string build;
  std::string sku;
  Sha1 otpSha1{};               // an OTP in clear is hashed as it is read
  std::int64_t otpCreated = 0;  // seconds since 1970 by the agent's clock
  bool operator==(const ProvisionRequest&) const = default;
};
std::string encode(const ProvisionRequest& request);
Result<ProvisionRequest> parseProvisionRequest(std::string_view body);

enum class ProvisionState : std::uint8_t { waiting, running, provisioned, refused, failed };
std::string_view wordOf(ProvisionState state);

struct ProvisionAnswer {
  ProvisionState state = ProvisionState::waiting;
  Reason reason = Reason::none;
  std::string text;
  bool operator==(const ProvisionAnswer&) const = default;
};
std::string encode(const ProvisionAnswer& answer);
Result<ProvisionAnswer> parseProvisionAnswer(std::string_view body);

/// What an answer with an error status says.
struct Refusal {
  Reason reason = Reason::none;
  std::string text;
  bool operator==(const Refusal&) const = default;
};
std::string encode(const Refusal& refusal);
Result<Refusal> parseRefusal(std::string_view body);

/// What the agent found and how it ended; the fields are those of the client's WMI class SMS_AMTObject.
struct StatusMessage {
  Uuid uuid;
  Reason reason = Reason::none;
  std::string text;
  std::vector<std::pair<std::string, std::string>> amtObject;
  bool operator==(const StatusMessage&) const = default;
};
std::string encode(const StatusMessage& message);
Result<StatusMessage> parseStatusMessage(std::string_view body);

}  // namespace vme::wire::agent
