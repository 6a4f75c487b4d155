#pragma once
// Reads a YAML tree with checks: every value knows its place and path, every key that is not asked for is an error that
// names the nearest one. A cursor is a light handle; the tree must outlive it. All errors are ConfigErrors.

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "profile/yaml.hpp"

namespace vme::profile {

class YamlCursor {
 public:
  /// `path` is how errors call the value: `` for the document, `groups[0].name`.
  explicit YamlCursor(const YamlValue& value, std::string path = {});

  const YamlValue& value() const { return *value_; }
  const std::string& place() const { return value_->place; }
  const std::string& path() const { return path_; }
  bool isNull() const { return value_->kind == YamlValue::Kind::null; }
  bool isScalar() const { return value_->kind == YamlValue::Kind::scalar; }
  bool isList() const { return value_->kind == YamlValue::Kind::list; }
  bool isMap() const { return value_->kind == YamlValue::Kind::map; }

  // A map. Copies of a cursor share what was read.

  /// Counts the key as known and read.
  std::optional<YamlCursor> find(std::string_view key) const;
  /// The same; a missing key is an error at the map's own place.
  YamlCursor at(std::string_view key) const;
  /// All entries, each of them read.
  std::vector<std::pair<std::string, YamlCursor>> entries() const;
  /// A key that exists in later versions only: an error by name when it is there.
  void refuseLater(std::string_view key) const;
  /// The same for any other reason: `"KEY" WHY`.
  void refuse(std::string_view key, std::string_view why) const;
  /// Every key that was not asked for is an error.
  void finish() const;
  /// The same against a table of the map's keys. One that was asked for and stands not there, or the other way round,
  /// is our own fault and a std::logic_error, so that table and reader cannot part.
  void finish(std::string_view table, std::span<const std::string> known) const;
  /// Whether the key is there; does not count as reading it.
  bool has(std::string_view key) const;

  // A list.

  std::vector<YamlCursor> items() const;
  /// A list of single values.
  std::vector<std::string> texts() const;

  // A scalar.

  std::string text() const;
  bool boolean() const;
  /// A whole number from `least` to `most`, decimal or 0x.
  std::uint64_t number(std::uint64_t least = 0, std::uint64_t most = UINT64_MAX) const;
  std::int64_t integer(std::int64_t least = INT64_MIN, std::int64_t most = INT64_MAX) const;
  double decimal(double least, double most) const;
  /// `2%` is 0.02; from 0% to 100%.
  double share() const;
  /// `512B`, `4KiB`, `1MiB`, `2GiB`, in bytes.
  std::uint64_t sizeBytes() const;
  /// `250ms`, `10s`, `1.5m`, `24h`, or `0`; in milliseconds.
  std::int64_t durationMs() const;
  /// One of a table's words.
  template <typename T>
  T choice(std::span<const std::pair<std::string_view, T>> table) const {
    const auto word = text();
    std::vector<std::string> words;
    for (const auto& [name, value] : table) {
      if (name == word) return value;
      words.emplace_back(name);
    }
    failChoice(word, words);
  }

  [[noreturn]] void fail(const std::string& text) const;

 private:
  struct Read {
    std::set<std::string, std::less<>> asked;
  };
  [[noreturn]] void failChoice(const std::string& word, const std::vector<std::string>& words) const;
  [[noreturn]] void failKind(std::string_view wanted) const;
  void refuseUnknown(std::span<const std::string> known) const;
  YamlCursor child(std::string_view key, const YamlValue& value) const;

  const YamlValue* value_;
  std::string path_;
  std::shared_ptr<Read> read_;
};

/// `250ms`, `10s`, `1.5m`, `24h`, `0`; nothing for another text.
std::optional<std::int64_t> parseDuration(std::string_view text);
/// `512B`, `4KiB`, `1MiB`, `2GiB`, in bytes; nothing for another text.
std::optional<std::uint64_t> parseSize(std::string_view text);

}  // namespace vme::profile
