#pragma once

#include <string_view>

namespace vme::report {

/// The page's looks. Inline, because the page must open without a network.
inline constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --page: #f6f7f9; --card: #fff; --line: #dfe3e9;
  --good: #1a7f4b; --bad: #c0392b; --warn: #a86400; --bar: #3d7bd9; --bar2: #9dbdf0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #9aa5b4; --page: #14181f; --card: #1c222b;
  --line: #313945; --good: #4cc38a; --bad: #ff7b6b; --warn: #e5a93d; --bar: #5b95ee; --bar2: #31518a; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 64rem; margin: 0 auto; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.05rem; margin: 0 0 .8rem; }
.verdict { display: inline-block; padding: .1rem .7rem; border-radius: 1rem; color: #fff; font-weight: 600;
  font-size: 1rem; vertical-align: middle; margin-left: .5rem; }
.verdict.held { background: #1a7f4b; } .verdict.failed, .verdict.error { background: #c0392b; }
.verdict.interrupted { background: #a86400; }
.facts { color: var(--soft); margin: 0 0 1.2rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.2rem;
  margin-bottom: 1rem; overflow-x: auto; }
.tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin-bottom: 1rem; }
.tiles div { flex: 1 1 7rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: .6rem 1rem; color: var(--soft); }
.tiles b { display: block; font-size: 1.5rem; color: var(--ink); font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--soft); font-weight: 500; } th, td { padding: .3rem .6rem .3rem 0; }
tr + tr td, thead + tbody tr td { border-top: 1px solid var(--line); }
.n { text-align: right; } .good { color: var(--good); } .bad { color: var(--bad); } .soft { color: var(--soft); }
code { font: .92em ui-monospace, Consolas, monospace; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--ink); font-size: 12px; }
svg .soft { fill: var(--soft); } svg .p95 { fill: var(--bar2); } svg .p50 { fill: var(--bar); }
svg .max { stroke: var(--soft); stroke-width: 1.5; }
)css";

}  // namespace vme::report
