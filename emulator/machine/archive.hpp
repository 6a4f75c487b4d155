#pragma once
// Records to bytes and back, field by field in the order they are given. A record is a class for which a function
// `fields(archive, record)` hands its members to the archive; it serves both directions.

#include <algorithm>
#include <array>
#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "machine/hot_record.hpp"
#include "machine/nvram.hpp"

namespace vme::machine {

template <typename T>
concept Number = std::integral<T> && !std::same_as<T, bool>;
template <typename T>
concept Enumeration = std::is_enum_v<T>;

/// Whether an enumeration has that number.
constexpr bool isValid(State value) {
  return value <= State::operational;
}
constexpr bool isValid(SetupMethod value) {
  return value <= SetupMethod::pki;
}
constexpr bool isValid(ProvisioningMode value) {
  return value <= ProvisioningMode::remoteConnectivity;
}
constexpr bool isValid(AccessPermission value) {
  return value <= AccessPermission::any;
}
inline bool isValid(wire::HashAlgorithm value) {
  return wire::hashLength(static_cast<std::uint8_t>(value)) != 0;
}

class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  template <typename... Fields>
  void operator()(const Fields&... fields) {
    (field(fields), ...);
  }

 private:
  template <Number T>
  void field(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      out_.push_back(static_cast<std::uint8_t>(static_cast<std::make_unsigned_t<T>>(value) >> 8U * i & 0xFFU));
    }
  }
  void field(bool value) { out_.push_back(value ? 1 : 0); }
  template <Enumeration T>
  void field(T value) {
    field(std::to_underlying(value));
  }
  void field(MeTime value) { field(value.ms); }
  void field(const std::string& text) { run(asBytes(text)); }
  void field(const Bytes& bytes) { run(bytes); }
  void field(const std::shared_ptr<const Bytes>& bytes) { run(bytes ? ByteView(*bytes) : ByteView()); }
  template <typename T, std::size_t N>
  void field(const std::array<T, N>& fixed) {
    out_.insert(out_.end(), fixed.begin(), fixed.end());
  }
  template <typename T>
  void field(const std::optional<T>& value) {
    field(value.has_value());
    if (value) field(*value);
  }
  template <typename T>
  void field(const std::vector<T>& list) {
    field(static_cast<std::uint32_t>(list.size()));
    for (const auto& item : list) field(item);
  }
  template <typename T>
    requires std::is_class_v<T>
  void field(const T& record) {
    fields(*this, record);
  }
  void run(ByteView bytes) {
    field(static_cast<std::uint32_t>(bytes.size()));
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }

  Bytes& out_;
};

/// After the first fault every field keeps its default, and nothing more is read.
class Reader {
 public:
  explicit Reader(ByteView in) : in_(in) {}

  template <typename... Fields>
  void operator()(Fields&... fields) {
    (field(fields), ...);
  }
  void fault(std::string text) {
    if (!error_) error_ = Error{"offset " + std::to_string(at_), std::move(text)};
    in_ = in_.first(at_);
  }
  bool atEnd() const { return at_ == in_.size(); }
  const std::optional<Error>& error() const { return error_; }

 private:
  std::size_t left() const { return in_.size() - at_; }
  ByteView take(std::size_t size, const char* what) {
    if (size > left()) {
      fault(std::string(what) + " ends early: " + std::to_string(size) + " bytes are needed, " +
            std::to_string(left()) + " are left");
      return {};
    }
    at_ += size;
    return in_.subspan(at_ - size, size);
  }

  template <Number T>
  void field(T& value) {
    const auto bytes = take(sizeof(T), "a number");
    std::uint64_t bits = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) bits = bits << 8U | bytes[i];
    value = static_cast<T>(bits);
  }
  void field(bool& value) {
    std::uint8_t byte = 0;
    field(byte);
    if (byte > 1) fault("a truth value is " + std::to_string(byte));
    value = byte == 1;
  }
  template <Enumeration T>
  void field(T& value) {
    std::underlying_type_t<T> number{};
    field(number);
    if (!isValid(static_cast<T>(number))) return fault("a choice has the unknown number " + std::to_string(number));
    value = static_cast<T>(number);
  }
  void field(MeTime& value) { field(value.ms); }
  void field(std::string& text) { text = asText(run()); }
  void field(Bytes& bytes) {
    const auto view = run();
    bytes.assign(view.begin(), view.end());
  }
  void field(std::shared_ptr<const Bytes>& bytes) {
    const auto view = run();
    bytes = std::make_shared<const Bytes>(view.begin(), view.end());
  }
  template <typename T, std::size_t N>
  void field(std::array<T, N>& fixed) {
    static_assert(sizeof(T) == 1);
    const auto bytes = take(N, "a field");
    std::ranges::copy(bytes, fixed.begin());
  }
  template <typename T>
  void field(std::optional<T>& value) {
    bool present = false;
    field(present);
    if (present) field(value.emplace());
  }
  template <typename T>
  void field(std::vector<T>& list) {
    std::uint32_t count = 0;
    field(count);
    // Each item takes a byte or more, so that a count beyond the end is a lie; nothing is allocated for it.
    if (count > left()) return fault("a list of " + std::to_string(count) + " is longer than what is left");
    for (std::uint32_t i = 0; i < count && !error_; ++i) field(list.emplace_back());
  }
  template <typename T>
    requires std::is_class_v<T>
  void field(T& record) {
    fields(*this, record);
  }
  ByteView run() {
    std::uint32_t size = 0;
    field(size);
    return take(size, "a text or byte run");
  }

  ByteView in_;
  std::size_t at_ = 0;
  std::optional<Error> error_;
};

}  // namespace vme::machine
