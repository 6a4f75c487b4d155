#include "fault/ledger.hpp"

#include <algorithm>

#include "base/draw.hpp"

namespace vme::fault {

void Ledger::adopt(const PlanPtr& plan) {
  if (!plan || keysOf_.contains(plan.get())) return;
  kept_.push_back(plan);
  auto& keys = keysOf_[plan.get()];
  std::map<std::string_view, unsigned> ofId;
  for (const auto& rule : plan->rules) {
    const auto name = rule.id + "#" + std::to_string(ofId[rule.id]++);
    keys.push_back(keys_.try_emplace(name, static_cast<std::uint32_t>(keys_.size())).first->second);
    tallies_.try_emplace(rule.id, Tally{.id = rule.id});
  }
}

void Ledger::assign(const Machine& machine, const Plan& plan, const Plan* before) {
  const auto isNamed = [&](const Plan& of, std::string_view id) {
    return std::ranges::any_of(of.rules, [&](const Rule& rule) { return rule.id == id && isDrawn(rule, machine); });
  };
  for (std::size_t i = 0; i < plan.rules.size(); ++i) {
    const auto& id = plan.rules[i].id;
    const auto end = plan.rules.begin() + static_cast<std::ptrdiff_t>(i);
    const bool counted =
        std::any_of(plan.rules.begin(), end, [&](const Rule& rule) { return rule.id == id && isDrawn(rule, machine); });
    if (counted || !isDrawn(plan.rules[i], machine) || (before && isNamed(*before, id))) continue;
    ++tallies_.at(id).asked;
  }
}

bool Ledger::isDrawn(const Rule& rule, const Machine& machine) const {
  if (rule.first && machine.number >= *rule.first) return false;
  if (!rule.machines.empty() && std::ranges::find(rule.machines, machine.number) == rule.machines.end()) return false;
  return rule.share >= 1 || Draw(seed_, machine.index).unit("fault-share:" + rule.id) < rule.share;
}

std::vector<Firing> Ledger::ask(const Plan& plan, const Machine& machine, const Event& event) {
  std::vector<Firing> firings;
  for (std::size_t i = 0; i < plan.rules.size(); ++i) {
    const auto& rule = plan.rules[i];
    if (rule.point != event.point || !fits(rule.operation, event.name) || !isDrawn(rule, machine)) continue;
    if (event.up < rule.after || (rule.lasts.ms > 0 && event.up > rule.after + rule.lasts)) continue;
    if (!rule.argument.empty() && !carries(event.body, rule.argument, rule.argumentValue)) continue;
    auto& count = countOf(plan, i, machine);
    if (count.mended || ++count.seen < rule.from || (rule.times > 0 && count.fired >= rule.times)) continue;
    const Draw draw(seed_, machine.index);
    if (rule.chance < 1 && draw.unit("fault-chance:" + rule.id, count.seen) >= rule.chance) continue;
    auto delay = rule.delay;
    if (rule.jitter.ms > 0) {
      const auto most = static_cast<std::uint64_t>(rule.jitter.ms) + 1;
      delay.ms += static_cast<std::int64_t>(draw.below(most, "fault-jitter:" + rule.id, count.seen));
    }
    firings.push_back({.rule = &rule, .delay = delay, .number = count.fired++});
    ++tallies_.at(rule.id).fired;
  }
  return firings;
}

bool Ledger::cares(const Plan& plan, Point point) const {
  return std::ranges::any_of(plan.rules, [point](const Rule& rule) { return rule.point == point; });
}

void Ledger::mended(const Plan& plan, const Machine& machine, Mend mend) {
  for (std::size_t i = 0; i < plan.rules.size(); ++i) {
    if (plan.rules[i].until == mend) countOf(plan, i, machine).mended = true;
  }
}

Ledger::Count& Ledger::countOf(const Plan& plan, std::size_t rule, const Machine& machine) {
  const std::uint64_t key = keysOf_.at(&plan)[rule];
  return counts_[key << 32U | machine.index];
}

}  // namespace vme::fault
