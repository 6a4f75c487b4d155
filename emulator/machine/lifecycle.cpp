#include "machine/lifecycle.hpp"

#include <utility>

namespace vme::machine {
namespace {

constexpr std::optional<State> kNo = std::nullopt;
constexpr std::optional<State> kFac = State::factory;
constexpr std::optional<State> kIn = State::inSetup;
constexpr std::optional<State> kQui = State::quiet;
constexpr std::optional<State> kOp = State::operational;

// Rows are states, columns events, both in the order of their declarations.
constexpr std::array<std::array<std::optional<State>, kLifecycleEvents>, kStates.size()> kTable{{
    {kIn, kIn, kIn, kOp, kNo, kNo, kNo, kNo, kFac, kNo, kFac, kNo},
    {kNo, kNo, kNo, kNo, kOp, kQui, kNo, kNo, kFac, kNo, kFac, kFac},
    {kNo, kNo, kIn, kNo, kNo, kNo, kNo, kNo, kFac, kIn, kFac, kNo},
    {kNo, kNo, kNo, kNo, kOp, kNo, kFac, kIn, kFac, kIn, kFac, kNo},
}};

}  // namespace

std::optional<State> next(State state, LifecycleEvent event) {
  return kTable.at(std::to_underlying(state)).at(std::to_underlying(event));
}

std::string_view nameOf(State state) {
  switch (state) {
    case State::factory:
      return "factory";
    case State::operational:
      return "operational";
    case State::inSetup:
    case State::quiet:
      break;
  }
  return "in-setup";
}

unsigned heciNumber(State state) {
  return state == State::factory ? 0U : state == State::operational ? 2U : 1U;
}

}  // namespace vme::machine
