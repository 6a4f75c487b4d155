#include "wire/agent/json_members.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

namespace vme::wire::agent {

Result<boost::json::object> parseObject(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kMaxJsonDepth;
  boost::system::error_code error;
  auto value = boost::json::parse({text.data(), text.size()}, error, {}, options);
  if (error) return fail({}, "no JSON: " + error.message());
  auto* object = value.if_object();
  if (!object) return fail({}, "not a JSON object");
  return std::move(*object);
}

const boost::json::value* JsonMembers::find(std::string_view name) const {
  return object_.if_contains({name.data(), name.size()});
}

void JsonMembers::refuse(std::string_view name, std::string_view why) {
  if (good()) error_ = {std::string(name), std::string(why)};
}

std::string JsonMembers::text(std::string_view name, std::size_t most) {
  if (!has(name)) refuse(name, "missing");
  return optionalText(name, most);
}

std::string JsonMembers::optionalText(std::string_view name, std::size_t most) {
  const auto* value = find(name);
  if (!value) return {};
  const auto* text = value->if_string();
  if (!text) {
    refuse(name, "not a text");
    return {};
  }
  if (text->size() > most) {
    refuse(name, fmt::format("longer than {} bytes", most));
    return {};
  }
  return {text->data(), text->size()};
}

std::int64_t JsonMembers::number(std::string_view name, std::int64_t least, std::int64_t most) {
  const auto* value = find(name);
  const auto* number = value ? value->if_int64() : nullptr;
  if (!number) {
    refuse(name, value ? "not a whole number" : "missing");
    return least;
  }
  if (*number < least || *number > most) {
    refuse(name, fmt::format("not between {} and {}", least, most));
    return least;
  }
  return *number;
}

Uuid JsonMembers::uuid(std::string_view name) {
  const auto written = text(name);
  const auto parsed = Uuid::parse(written);
  if (!parsed) refuse(name, "no UUID");
  return parsed.value_or(Uuid{});
}

const boost::json::array& JsonMembers::array(std::string_view name, std::size_t most) {
  static const boost::json::array kEmpty;
  const auto* value = find(name);
  const auto* array = value ? value->if_array() : nullptr;
  if (array && array->size() <= most) return *array;
  refuse(name, !value ? "missing" : !array ? "not an array" : "too many elements");
  return kEmpty;
}

const boost::json::object& JsonMembers::object(std::string_view name, std::size_t most) {
  static const boost::json::object kEmpty;
  const auto* value = find(name);
  const auto* object = value ? value->if_object() : nullptr;
  if (object && object->size() <= most) return *object;
  refuse(name, !value ? "missing" : !object ? "not an object" : "too many members");
  return kEmpty;
}

}  // namespace vme::wire::agent
