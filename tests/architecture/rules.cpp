#include "rules.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <regex>

namespace vme::architecture {
namespace {

using Names = std::set<std::string, std::less<>>;

/// What a folder may include besides itself (design.md 2). testing/ may include everything.
const std::map<std::string, Names, std::less<>>& allowed() {
  static const std::map<std::string, Names, std::less<>> kAllowed{
      {"base", {}},
      {"fault", {"base"}},
      {"profile", {"base"}},
      {"wire", {"base"}},
      {"machine", {"base", "profile", "wire"}},
      {"firmware", {"base", "profile", "wire", "machine"}},
      {"net", {"base", "wire"}},
      {"fleet", {"base", "wire", "machine"}},
      {"host", {"base", "wire", "net"}},
      {"devmei", {"base", "wire", "net"}},
      {"runtime", {"base", "fault", "profile", "wire", "machine", "firmware", "net", "fleet", "host"}},
      {"servicepoint", {"base", "wire", "net"}},
      {"report", {"base"}},
      {"audit", {"base", "wire", "machine", "firmware", "runtime", "report"}},
      {"scenario",
       {"base", "fault", "profile", "wire", "machine", "firmware", "net", "fleet", "host", "runtime", "servicepoint",
        "report", "audit"}},
      {"cli",
       {"base", "fault", "profile", "wire", "machine", "firmware", "net", "fleet", "host", "devmei", "runtime",
        "servicepoint", "report", "audit", "scenario"}},
  };
  return kAllowed;
}

/// Headers and calls that bring the outside world into the pure core.
constexpr std::array kForbidden{
    R"(#include <sys/)",
    R"(#include <netinet/)",
    R"(#include <arpa/)",
    R"(#include <unistd\.h>)",
    R"(#include <boost/asio)",
    R"(#include <boost/beast)",
    R"(#include <openssl/ssl\.h>)",
    R"(#include <thread>)",
    R"(#include <mutex>)",
    R"(#include <shared_mutex>)",
    R"(#include <future>)",
    R"(#include <condition_variable>)",
    R"(#include <random>)",
    R"(\brandom_device\b)",
    R"(\brand\s*\()",
    R"(\bRAND_bytes\b)",
    R"(\bgetenv\b)",
    R"(_clock::now\b)",
    R"(\bgettimeofday\b)",
    R"(\bclock_gettime\b)",
    R"(\btime\s*\(\s*(nullptr|NULL|0)\s*\))",
    R"(\bstd::cout\b)",
    R"(\bfopen\b)",
    R"(\bfmt::print\b)",
};
constexpr std::array kFiles{R"(#include <fstream>)", R"(#include <filesystem>)"};

bool isPure(std::string_view folder) {
  static constexpr std::array<std::string_view, 4> kPure{"machine", "wire", "firmware", "profile"};
  return std::ranges::find(kPure, folder) != kPure.end();
}

template <typename Visit>
void eachLine(std::string_view text, Visit visit) {
  std::size_t number = 1;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const auto end = std::min(text.find('\n', at), text.size());
    visit(number, std::string(text.substr(at, end - at)));
    at = end + 1;
  }
}

std::string withoutComment(const std::string& line) {
  return line.substr(0, line.find("//"));
}

std::string place(std::string_view file, std::size_t line) {
  return std::string(file) + ":" + std::to_string(line);
}

std::optional<std::string> quotedInclude(const std::string& line) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*[<"]([a-z_]+)/[^>"]*\.(hpp|inc)[">])");
  std::smatch match;
  if (!std::regex_search(line, match, kInclude)) return std::nullopt;
  return match[1].str();
}

}  // namespace

Names knownFolders() {
  Names names{"testing"};
  for (const auto& [folder, may] : allowed()) names.insert(folder);
  return names;
}

std::vector<std::string> includeBreaches(std::string_view file, std::string_view folder, std::string_view text) {
  std::vector<std::string> breaches;
  if (folder == "testing") return breaches;
  const auto row = allowed().find(folder);
  if (row == allowed().end()) return {std::string(file) + ": folder " + std::string(folder) + " is in no rule"};
  const auto folders = knownFolders();
  eachLine(text, [&](std::size_t number, const std::string& line) {
    const auto target = quotedInclude(line);
    if (!target || !folders.contains(*target) || *target == folder || row->second.contains(*target)) return;
    breaches.push_back(place(file, number) + ": " + std::string(folder) + " must not include " + *target);
  });
  return breaches;
}

std::vector<std::string> purityBreaches(std::string_view file, std::string_view folder, std::string_view text) {
  std::vector<std::string> breaches;
  if (!isPure(folder)) return breaches;
  const bool readsFiles = file.starts_with("profile/catalogue.");
  const auto check = [&](std::size_t number, const std::string& line, const char* pattern) {
    static std::map<const char*, std::regex> compiled;
    const auto& rule = compiled.try_emplace(pattern, pattern).first->second;
    std::smatch match;
    if (std::regex_search(line, match, rule)) {
      breaches.push_back(place(file, number) + ": " + std::string(folder) + " must not use \"" + match.str() + "\"");
    }
  };
  eachLine(text, [&](std::size_t number, const std::string& raw) {
    const auto line = withoutComment(raw);
    for (const auto* pattern : kForbidden) check(number, line, pattern);
    if (readsFiles) return;
    for (const auto* pattern : kFiles) check(number, line, pattern);
  });
  return breaches;
}

std::vector<std::string> scenarioBreaches(std::string_view file, std::string_view text) {
  std::vector<std::string> breaches;
  std::size_t lines = 0;
  eachLine(text, [&](std::size_t number, const std::string& line) {
    lines = number;
    if (number > 2 || (line.starts_with("# ") && line.size() > 10)) return;
    breaches.push_back(place(file, number) +
                       ": a scenario opens with two comment lines, what it shows and how to run it");
  });
  if (lines < 2 && breaches.empty())
    breaches.push_back(place(file, lines) + ": a scenario opens with two comment lines");
  return breaches;
}

}  // namespace vme::architecture
