#pragma once
// One fleet, several listeners: what happens is told to each that wants it.

#include <algorithm>
#include <vector>

#include "runtime/fleet.hpp"

namespace vme::scenario {

class Relay final : public runtime::Observer {
 public:
  /// Before the fleet starts; the listener outlives it.
  void add(runtime::Observer& listener) { listeners_.push_back(&listener); }

  bool wants(runtime::Happening::Kind kind) const override {
    return std::ranges::any_of(listeners_, [kind](const auto* one) { return one->wants(kind); });
  }
  void happened(const runtime::Happening& happening) override {
    for (auto* one : listeners_) {
      if (one->wants(happening.kind)) one->happened(happening);
    }
  }

 private:
  std::vector<runtime::Observer*> listeners_;
};

}  // namespace vme::scenario
