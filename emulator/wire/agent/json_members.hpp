#pragma once
// Reads the members of a JSON object that came from outside: types, lengths and ranges are checked, and the first
// member that does not fit is the error. Unknown members are left alone.

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/uuid.hpp"

namespace vme::wire::agent {

inline constexpr std::size_t kMaxJsonDepth = 8;
inline constexpr std::size_t kMaxText = 256;  // of a text member

/// The text is one JSON object, and no deeper than kMaxJsonDepth.
Result<boost::json::object> parseObject(std::string_view text);

class JsonMembers {
 public:
  explicit JsonMembers(const boost::json::object& object) : object_(object) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::string text(std::string_view name, std::size_t most = kMaxText);
  /// Empty when it is not there.
  std::string optionalText(std::string_view name, std::size_t most = kMaxText);
  std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most);
  Uuid uuid(std::string_view name);
  /// Empty when it is none.
  const boost::json::array& array(std::string_view name, std::size_t most);
  const boost::json::object& object(std::string_view name, std::size_t most);

  /// A member that was read but means nothing.
  void refuse(std::string_view name, std::string_view why);
  bool good() const { return error_.text.empty(); }
  const Error& error() const { return error_; }

 private:
  const boost::json::value* find(std::string_view name) const;

  const boost::json::object& object_;
  Error error_;
};

}  // namespace vme::wire::agent
