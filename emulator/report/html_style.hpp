#pragma once

#include <string_view>

namespace vme::report {

/// The page's looks. Inline, because the page must open without a network.
inline constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --page: #f6f7f9; --card: #fff; --line: #dfe3e9;
  --good: #1a7f4b; --bad: #c0392b; --warn: #a86400; --code: #eef1f5; --bar: #2f6fd0; --other: #d06a1b;
  --operational: #2f9e6b; --in-setup: #e3a62f; --factory: #7d9cc9; --waiting: #d5dae2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #9aa5b4; --page: #14181f; --card: #1c222b;
  --line: #313945; --good: #4cc38a; --bad: #ff7b6b; --warn: #e5a93d; --code: #262e39; --bar: #6ea4f4; --other: #f0995a;
  --operational: #37a877; --in-setup: #d99c2b; --factory: #5878a8; --waiting: #3a4452; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 64rem; margin: 0 auto; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.05rem; margin: 0 0 .8rem; }
h3 { font-size: 1rem; margin: 0; } p { margin: .4rem 0; }
.verdict { display: inline-block; padding: .1rem .7rem; border-radius: 1rem; color: #fff; font-weight: 600;
  font-size: 1rem; vertical-align: middle; margin-left: .3rem; }
.verdict.held { background: #1a7f4b; } .verdict.failed, .verdict.error { background: #c0392b; }
.verdict.interrupted { background: #a86400; }
.facts { color: var(--soft); margin: 0 0 .8rem; }
.why { margin: 0 0 1.2rem; } ul.why { padding-left: 1.2rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.2rem;
  margin-bottom: 1rem; overflow-x: auto; }
.tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin-bottom: 1rem; }
.tiles div { flex: 1 1 7rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem;
  padding: .6rem 1rem; color: var(--soft); }
.tiles b { display: block; font-size: 1.5rem; color: var(--ink); font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--soft); font-weight: 500; }
th, td { padding: .3rem .8rem .3rem 0; vertical-align: top; }
tr + tr td, thead + tbody tr td { border-top: 1px solid var(--line); }
th.n, td.n { text-align: right; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); } .soft { color: var(--soft); }
.mark { white-space: nowrap; }
article + article { border-top: 1px solid var(--line); margin-top: 1rem; padding-top: 1rem; }
.count { display: inline-block; min-width: 1.8rem; padding: 0 .4rem; border-radius: .4rem; text-align: center;
  background: var(--bad); color: var(--card); font-variant-numeric: tabular-nums; }
a.inner { color: inherit; }
details { margin: .4rem 0; } summary { cursor: pointer; color: var(--soft); }
code, pre { font: .88em/1.45 ui-monospace, Consolas, monospace; }
pre { background: var(--code); padding: .5rem .7rem; border-radius: .4rem; margin: .3rem 0; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.talk { table-layout: fixed; } .talk th:nth-child(1) { width: 5.2rem; } .talk th:nth-child(2) { width: 4rem; }
.talk th:nth-child(3) { width: 36%; } .talk th:nth-child(4) { width: 3.4rem; } .talk td { overflow-wrap: anywhere; }
.talk td:nth-child(2) { white-space: nowrap; }
.note { font-size: .88em; margin: .2rem 0 0; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; color: var(--soft); font-size: .92em; }
.legend b { color: var(--ink); font-variant-numeric: tabular-nums; }
.legend i { display: inline-block; width: .9rem; height: .9rem; border-radius: .2rem; margin-right: .4rem;
  vertical-align: -.1rem; }
.legend i.line { height: .2rem; vertical-align: .2rem; border-radius: 0; }
.legend i.dot { border-radius: 50%; } .legend i.bar { width: .2rem; border-radius: 0; }
.legend i.span { width: 1.2rem; height: .12rem; vertical-align: .25rem; }
i.operational { background: var(--operational); } i.in-setup { background: var(--in-setup); }
i.factory { background: var(--factory); } i.waiting { background: var(--waiting); }
i.arrivals, i.p50 { background: var(--bar); } i.completions { background: var(--other); }
i.p95 { background: var(--card); border: 2px solid var(--bar); } i.p99 { background: var(--other); }
i.span { background: var(--soft); }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--ink); font-size: 12px; }
svg text.soft, svg .axis text { fill: var(--soft); }
svg .middle { text-anchor: middle; } svg .end { text-anchor: end; }
svg .grid { stroke: var(--line); } svg .tick { stroke: var(--soft); }
polygon { stroke: var(--card); stroke-width: 1; }
polygon.operational { fill: var(--operational); } polygon.in-setup { fill: var(--in-setup); }
polygon.factory { fill: var(--factory); } polygon.waiting { fill: var(--waiting); }
polyline { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
polyline.arrivals { stroke: var(--bar); } polyline.completions { stroke: var(--other); stroke-dasharray: 7 3; }
svg .span { stroke: var(--soft); stroke-width: 1.5; } svg .p99 { stroke: var(--other); stroke-width: 2.4; }
svg .p50 { fill: var(--bar); } svg .p95 { fill: var(--card); stroke: var(--bar); stroke-width: 2; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --page: #fff; --card: #fff; --line: #bbb; --good: #0b5e34;
    --bad: #9c1c10; --code: #f2f2f2; --bar: #1d56ad; --other: #b3530c; --operational: #2f9e6b; --in-setup: #e3a62f;
    --factory: #7d9cc9; --waiting: #d5dae2; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { padding: 0; font-size: 11px; } main { max-width: none; }
  section { border-width: 1px 0 0; border-radius: 0; padding: .8rem 0; margin: 0; overflow: visible; }
  svg, tr, pre, .tiles, #timeline, #throughput, h2, h3 { break-inside: avoid; } h2, h3, summary { break-after: avoid; }
  details:not(.long)::details-content { content-visibility: visible; height: auto; }
}
)css";

}  // namespace vme::report
