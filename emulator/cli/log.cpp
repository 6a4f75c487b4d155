#include "cli/log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "cli/terminal.hpp"

namespace vme::cli {

void setUpLog(const Globals& globals) {
  const auto level = spdlog::level::from_str(globals.logLevel);
  if (level == spdlog::level::off && globals.logLevel != "off") {
    const std::vector<std::string> levels{"trace", "debug", "info", "warn", "error", "off"};
    const auto hint = didYouMean(globals.logLevel, levels);
    throw ConfigError("--log-level", fmt::format("no level \"{}\".{}", globals.logLevel,
                                                 hint.empty() ? " give trace, debug, info, warn, error or off" : hint));
  }
  const auto colour = usesColour(stderr) ? spdlog::color_mode::always : spdlog::color_mode::never;
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(colour);
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("vme", std::move(sink)));
  spdlog::set_pattern("%H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(globals.quiet ? std::max(level, spdlog::level::err) : level);
}

void warn(const std::string& text) {
  spdlog::warn("{}", text);
}

}  // namespace vme::cli
