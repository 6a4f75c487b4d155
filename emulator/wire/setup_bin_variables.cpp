#include "wire/setup_bin_variables.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/uuid.hpp"
#include "wire/ipv4_text.hpp"

namespace vme::wire::setup_bin {
namespace {

using enum ValueType;

constexpr std::array kOnOff{Choice{0, "off"}, Choice{1, "on"}};
constexpr std::array kDisabledEnabled{Choice{0, "disabled"}, Choice{1, "enabled"}};
constexpr std::array kManageabilities{Choice{0, "none"}, Choice{1, "amt"}, Choice{2, "asf"}};
constexpr std::array kLocalUpdate{Choice{0, "disabled"}, Choice{1, "enabled"}, Choice{2, "password-protected"}};
constexpr std::array kUpdateQualifier{Choice{0, "always"}, Choice{1, "never"}, Choice{2, "restricted"}};
constexpr std::array kUserHashes{Choice{0, "disabled"}, Choice{1, "enabled"}, Choice{2, "delete"}};
constexpr std::array kRedirections{Choice{0, "none"},       Choice{1, "sol"},           Choice{2, "ider"},
                                   Choice{3, "sol+ider"},   Choice{4, "login"},         Choice{5, "sol+login"},
                                   Choice{6, "ider+login"}, Choice{7, "sol+ider+login"}};
constexpr std::array kDhcpWords{Choice{1, "disabled"}, Choice{2, "enabled"}};
constexpr std::array kModes{Choice{1, "enterprise"}, Choice{2, "small-business"}};
constexpr std::array kFqdns{Choice{0, "dedicated"}, Choice{1, "shared"}};
constexpr std::array kOptIns{Choice{0, "disabled"}, Choice{1, "kvm"}, Choice{255, "all"}};
constexpr std::array kHalts{Choice{0, "stop"}, Choice{1, "start"}};
constexpr std::array kManual{Choice{0, "automated"}, Choice{1, "manual"}};
constexpr std::array kServiceTypes{Choice{1, "reactive"}, Choice{2, "proactive"}, Choice{4, "one-time"}};

constexpr Version kV1{1, 0}, kV2{2, 0}, kV21{2, 1}, kV3{3, 0};

// In the order of their numbers. `since` follows Intel's table of USB versions and releases.
constexpr std::array kVariables{
    Variable{kMe, 1, "me.current_password", "MEBx password as it is", text, 1, 32, kV1, {}, false, true},
    Variable{kMe, 2, "me.new_password", "MEBx password as it shall be", text, 1, 32, kV1, {}, false, true},
    Variable{kMe, 3, "me.manageability", "what manages the machine", ValueType::number, 1, 1, kV2, kManageabilities},
    Variable{kMe, 4, "me.local_update", "firmware update from the host", ValueType::number, 1, 1, kV21, kLocalUpdate},
    Variable{kMe, 5, "me.update_qualifier", "when firmware may be updated", ValueType::number, 1, 1, kV21,
             kUpdateQualifier},
    Variable{kMe, 6, "me.power_package", "when the ME has power", guid, 16, 16, kV21},
    Variable{kCm, 1, "cm.pid", "provisioning ID", text, 8, 8, kV1},
    Variable{kCm, 2, "cm.pps", "provisioning passphrase", text, 32, 32, kV1, {}, false, true},
    Variable{kCm, 3, "cm.pki_suffix", "DNS suffix for provisioning certificates", text, 1, 255, kV2},
    Variable{kCm, 4, "cm.server_fqdn", "name of the configuration server", text, 1, 255, kV2},
    Variable{kCm, 5, "cm.remote_configuration", "set-up by certificate", ValueType::number, 1, 1, kV2, kOnOff},
    Variable{kCm, 6, "cm.builtin_hashes", "the vendor's root hashes", ValueType::number, 1, 1, kV2, kOnOff},
    Variable{kCm, 7, "cm.own_hashes", "root hashes of one's own", ValueType::number, 1, 1, kV2, kUserHashes},
    Variable{kCm, 8, "cm.add_hash", "adds a root hash", hash, 22, 82, kV2},
    Variable{kCm, 10, "cm.redirection", "serial over LAN, IDE redirection, login by password", ValueType::number, 1, 1,
             kV2, kRedirections},
    Variable{kCm, 11, "cm.hostname", "host name", text, 1, 63, kV21},
    Variable{kCm, 12, "cm.domain", "domain name", text, 1, 255, kV21},
    Variable{kCm, 13, "cm.dhcp", "address from DHCP", ValueType::number, 1, 1, kV21, kDhcpWords},
    Variable{kCm, 14, "cm.secure_update", "secure firmware update", ValueType::number, 1, 1, kV21, kDisabledEnabled},
    Variable{kCm, 15, "cm.idle_timeout", "minutes until an idle ME sleeps", ValueType::number, 2, 2, kV21, {}, true},
    Variable{kCm, 16, "cm.mode", "provisioning mode", ValueType::number, 1, 1, kV21, kModes},
    Variable{kCm, 17, "cm.server_address", "address of the configuration server", address, 4, 4, kV21, {}, true},
    Variable{kCm, 18, "cm.server_port", "port of the configuration server", ValueType::number, 2, 2, kV21},
    Variable{
        kCm, 19, "cm.static_ipv4", "address, mask, gateway and two name servers", addresses, 20, 20, kV21, {}, true},
    Variable{kCm, 20, "cm.vlan", "VLAN tag", ValueType::number, 2, 2, kV21, {}, true},
    Variable{kCm,
             21,
             "cm.password_policy",
             "when the password may be changed remotely",
             ValueType::number,
             1,
             1,
             kV21,
             {},
             true},
    Variable{kCm, 22, "cm.ipv6", "IPv6 parameters", binary, 84, 204, kV3},
    Variable{kCm, 23, "cm.shared_fqdn", "host name shared with the system", ValueType::number, 1, 1, kV3, kFqdns},
    Variable{kCm, 24, "cm.dynamic_dns", "dynamic DNS update", ValueType::number, 1, 1, kV3, kDisabledEnabled},
    Variable{kCm, 25, "cm.kvm", "remote desktop", ValueType::number, 1, 1, kV3, kDisabledEnabled},
    Variable{kCm, 26, "cm.opt_in", "what the user has to consent to", ValueType::number, 1, 1, kV3, kOptIns},
    Variable{kCm, 27, "cm.remote_opt_in", "consent configured remotely", ValueType::number, 1, 1, kV3,
             kDisabledEnabled},
    Variable{kCm, 28, "cm.halt", "stops or starts provisioning", ValueType::number, 1, 1, kV3, kHalts},
    Variable{kCm, 29, "cm.manual_setup", "set-up without a server", ValueType::number, 1, 1, kV3, kManual},
    Variable{kCm, 30, "cm.support_channel", "number of the support channel", ValueType::number, 4, 4, kV3},
    Variable{kCm, 31, "cm.support_channel_name", "name of the support channel", text, 1, 60, kV3},
    Variable{kCm, 32, "cm.service_account", "account with the service provider", text, 1, 32, kV3},
    Variable{kCm, 33, "cm.enrollment_code", "passcode of the enrollment", text, 1, 32, kV3, {}, false, true},
    Variable{kCm, 34, "cm.service_type", "kind of service", ValueType::number, 4, 4, kV3, kServiceTypes},
    Variable{kCm, 35, "cm.service_provider", "ID of the service provider", guid, 16, 16, kV3},
};

constexpr std::size_t kLongestGuess = 255;
constexpr std::size_t kLongestName = 32;
constexpr std::string_view kHex = "hex:";
constexpr std::array<std::pair<std::string_view, HashAlgorithm>, 3> kAlgorithms{
    {{"sha1", HashAlgorithm::sha1}, {"sha256", HashAlgorithm::sha256}, {"sha384", HashAlgorithm::sha384}}};

std::unexpected<Error> bad(std::string text) {
  return fail("", std::move(text));
}

bool isPrintable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string lengths(const Variable& variable) {
  const auto least = std::to_string(variable.least);
  return variable.least == variable.most ? least : least + " to " + std::to_string(variable.most);
}

/// The value has the structure of its type; a guessed one may have another.
bool isStructured(const Variable& variable, ByteView value) {
  return value.size() >= variable.least && value.size() <= variable.most;
}

std::string hashText(const NamedHash& named) {
  const auto word =
      std::ranges::find(kAlgorithms, named.hash.algorithm, &std::pair<std::string_view, HashAlgorithm>::second);
  return std::string(word->first) + ":" + toHex(named.hash.hash) + ":" + named.name;
}

std::uint32_t addressAt(ByteView value, std::size_t at) {
  return std::uint32_t{value[at]} << 24U | std::uint32_t{value[at + 1]} << 16U | std::uint32_t{value[at + 2]} << 8U |
         value[at + 3];
}

Result<Bytes> parseNumber(const Variable& variable, std::string_view word) {
  const auto choice = std::ranges::find(variable.choices, word, &Choice::word);
  std::uint32_t value = 0;
  if (choice != variable.choices.end()) {
    value = choice->value;
  } else {
    const auto* end = word.data() + word.size();
    const auto parsed = std::from_chars(word.data(), end, value);
    const std::uint64_t most = (std::uint64_t{1} << (8U * variable.most)) - 1;
    if (parsed.ec != std::errc() || parsed.ptr != end || value > most) {
      std::string wanted;
      for (const auto& one : variable.choices) wanted += std::string(one.word) + ", ";
      return bad("\"" + std::string(word) + "\" is none. give " + wanted + (wanted.empty() ? "" : "or ") +
                 "a number of at most " + std::to_string(most));
    }
  }
  Bytes out;
  for (unsigned i = 0; i < variable.most; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8U * i)));
  return out;
}

Result<Bytes> parseAddresses(std::string_view list, std::size_t count) {
  Bytes out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto end = i + 1 < count ? list.find(',') : list.size();
    const auto one = end == std::string_view::npos ? std::nullopt : parseAddress(list.substr(0, end));
    if (!one) {
      return bad(count == 1 ? "it is no IPv4 address. give one such as 192.168.0.1"
                            : "it is no list of five IPv4 addresses. give address,mask,gateway,dns,dns; 0.0.0.0: none");
    }
    for (const unsigned shift : {24U, 16U, 8U, 0U}) out.push_back(static_cast<std::uint8_t>(*one >> shift));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return out;
}

Result<Bytes> parseHash(std::string_view text) {
  const auto first = text.find(':');
  const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
  const auto word = text.substr(0, first);
  const auto algorithm = std::ranges::find(kAlgorithms, word, &std::pair<std::string_view, HashAlgorithm>::first);
  if (second == std::string_view::npos || algorithm == kAlgorithms.end()) {
    return bad("it is no root hash. give sha1:HEX:NAME, or use --hash NAME=FILE.pem");
  }
  auto digest = fromHex(text.substr(first + 1, second - first - 1));
  if (!digest) return bad("the hash is no hex. give two digits a byte");
  return encodeHash({{algorithm->second, std::move(*digest)}, std::string(text.substr(second + 1))});
}

Result<Bytes> parseTyped(const Variable& variable, std::string_view text) {
  switch (variable.type) {
    case ValueType::text: {
      const auto bytes = asBytes(text);
      return Bytes(bytes.begin(), bytes.end());
    }
    case ValueType::number:
      return parseNumber(variable, text);
    case guid: {
      const auto uuid = Uuid::parse(text);
      if (!uuid) return bad("it is no GUID. give one such as 44454c4c-3100-1051-8032-b4c04f4b4d31");
      return Bytes(uuid->wire.begin(), uuid->wire.end());
    }
    case address:
      return parseAddresses(text, 1);
    case addresses:
      return parseAddresses(text, 5);
    case hash:
      return parseHash(text);
    case binary:
      break;
  }
  return bad("it has no form but bytes. give hex: and two digits a byte");
}

}  // namespace

std::span<const Variable> allVariables() {
  return kVariables;
}

const Variable* findVariable(std::uint16_t module, std::uint16_t id) {
  const auto found =
      std::ranges::find_if(kVariables, [&](const Variable& one) { return one.module == module && one.id == id; });
  return found == kVariables.end() ? nullptr : &*found;
}

const Variable* findVariable(std::string_view name) {
  const auto found = std::ranges::find(kVariables, name, &Variable::name);
  return found == kVariables.end() ? nullptr : &*found;
}

bool isRepeatable(const Variable& variable) {
  return variable.type == hash;
}

Result<void> checkValue(const Variable& variable, ByteView value) {
  if (variable.guessed) {
    if (!value.empty() && value.size() <= kLongestGuess) return {};
    return bad("has " + std::to_string(value.size()) + " bytes. write 1 to 255");
  }
  if (!isStructured(variable, value)) {
    return bad("has " + std::to_string(value.size()) + " bytes. write " + lengths(variable));
  }
  if (variable.type == ValueType::text && !isPrintable(asText(value))) {
    return bad("has characters that are not printable ASCII. write such alone");
  }
  if (variable.type == hash && !namedHash(value)) {
    return bad(
        "is no root hash. write algorithm 1, 2 or 3, a hash of 20, 32 or 48 bytes, the length of the name, and "
        "a name of at most 32 printable characters");
  }
  return {};
}

std::string valueText(const Variable& variable, ByteView value) {
  if (!isStructured(variable, value)) return std::string(kHex) + toHex(value);
  switch (variable.type) {
    case ValueType::text:
      return std::string(asText(value));
    case ValueType::number: {
      const auto choice = std::ranges::find(variable.choices, numberOf(value), &Choice::value);
      return choice == variable.choices.end() ? std::to_string(numberOf(value)) : std::string(choice->word);
    }
    case guid: {
      Uuid uuid;
      std::ranges::copy(value, uuid.wire.begin());
      return uuid.text();
    }
    case address:
    case addresses: {
      std::string list;
      for (std::size_t at = 0; at + 4 <= value.size(); at += 4) {
        list += (at == 0 ? "" : ",") + dottedQuad(addressAt(value, at));
      }
      return list;
    }
    case hash:
      if (const auto named = namedHash(value)) return hashText(*named);
      break;
    case binary:
      break;
  }
  return std::string(kHex) + toHex(value);
}

Result<Bytes> parseValue(const Variable& variable, std::string_view text) {
  Result<Bytes> value;
  if (text.starts_with(kHex) && (variable.guessed || variable.type == binary)) {
    auto bytes = fromHex(text.substr(kHex.size()));
    if (!bytes) return bad("what follows hex: is none. give two digits a byte");
    value = std::move(*bytes);
  } else {
    value = parseTyped(variable, text);
  }
  if (!value) return value;
  if (auto good = checkValue(variable, *value); !good) return bad("it " + good.error().text);
  return value;
}

std::uint32_t numberOf(ByteView value) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < value.size() && i < 4; ++i) sum |= std::uint32_t{value[i]} << (8U * i);
  return sum;
}

std::optional<NamedHash> namedHash(ByteView value) {
  const auto length = value.empty() ? 0 : hashLength(value[0]);
  if (length == 0 || value.size() < 2 + length) return std::nullopt;
  const std::size_t nameLength = value[1 + length];
  const auto name = asText(value.subspan(2 + length));
  if (name.size() != nameLength || nameLength > kLongestName || !isPrintable(name)) return std::nullopt;
  const auto digest = value.subspan(1, length);
  return NamedHash{{static_cast<HashAlgorithm>(value[0]), Bytes(digest.begin(), digest.end())}, std::string(name)};
}

Bytes encodeHash(const NamedHash& hash) {
  Bytes out = hash.hash.hash;
  out.insert(out.begin(), static_cast<std::uint8_t>(hash.hash.algorithm));
  out.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(hash.name.size(), UINT8_MAX)));
  const auto name = asBytes(hash.name);
  out.insert(out.end(), name.begin(), name.end());
  return out;
}

}  // namespace vme::wire::setup_bin
