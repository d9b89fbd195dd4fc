// The report's style sheet: calm and dense like a good instrument. Included by report.cpp only.
//
// Colours: Okabe and Ito's blue and vermilion (distinct for every common colour vision), greys for the rest; those of
// the dark variant have the same hues at a lightness that reads on a dark ground.
#pragma once

#include <string_view>

namespace flowsift::learn {

inline constexpr std::string_view kReportStyle = R"css(
:root{color-scheme:light dark;--ground:#fbfbf9;--panel:#fff;--ink:#1d2226;--soft:#5d666d;--line:#e2e3df;--track:#ecece8;
--blue:#0072b2;--orange:#d55e00;--grey:#8b949a;--on-strong:#fff;--f1:#2f3b43;--glow:#e8f1f7}
@media(prefers-color-scheme:dark){:root{--ground:#121517;--panel:#181c1f;--ink:#e4e7e8;--soft:#98a2a8;--line:#2a3034;
--track:#252b2f;--blue:#4ba3dc;--orange:#f08a3c;--grey:#77828a;--on-strong:#0d1012;--f1:#c3ccd1;--glow:#17283a}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",
sans-serif;font-variant-numeric:tabular-nums lining-nums}
main{max-width:1080px;margin:0 auto;padding:36px 28px 64px}
header .kind{color:var(--soft);font-size:12px;letter-spacing:.08em;text-transform:uppercase;margin:0}
h1{font-size:26px;line-height:1.25;font-weight:600;letter-spacing:-.01em;margin:2px 0 8px;overflow-wrap:anywhere}
h2{font-size:15px;font-weight:600;margin:40px 0 4px}
p{margin:0 0 8px;max-width:76ch}
.lead{font-size:16px;max-width:72ch}
.soft,.caption{color:var(--soft)}
.caption{font-size:12.5px;margin-bottom:12px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:1px;background:var(--line);
border:1px solid var(--line);border-radius:6px;overflow:hidden;margin:22px 0 8px}
.tiles.three{grid-template-columns:repeat(auto-fit,minmax(300px,1fr))}
.tile{background:var(--panel);padding:14px 18px 12px}
.tile .name{color:var(--soft);font-size:12.5px}
.tile .figure{font-size:30px;line-height:1.2;font-weight:600;letter-spacing:-.02em}
.tile .beside{color:var(--soft);font-size:12.5px}
.trust{border-left:3px solid var(--orange);padding:2px 0 2px 16px;margin:20px 0 0}
.trust h2{margin:0 0 2px}
.trust ul{margin:0;padding-left:18px;max-width:82ch}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th{font-weight:500;font-size:12.5px;color:var(--soft);text-align:left;border-bottom:1px solid var(--ink);padding:4px 10px 5px 0;
vertical-align:bottom}
td{padding:3.5px 10px 3.5px 0;border-bottom:1px solid var(--line);vertical-align:middle}
th.number,td.number{text-align:right;white-space:nowrap}
td.of-bar{padding-left:0;width:106px}
td.name{overflow-wrap:anywhere;min-width:130px}
tr.small td{color:var(--soft)}
tr.mean td{font-weight:600;border-top:1px solid var(--ink);border-bottom:1px solid var(--line)}
.tag{font-size:11px;color:var(--soft);border:1px solid var(--line);border-radius:3px;padding:0 5px;margin-left:6px;
white-space:nowrap}
svg{display:block;max-width:none}
svg text{fill:var(--ink);font-size:12px}
svg .faint{fill:var(--soft)}
svg .count{font-size:10.5px}
svg .strong{fill:var(--on-strong)}
.track{fill:var(--track)}.precision{fill:var(--blue)}.recall{fill:var(--orange)}.f1{fill:var(--f1)}.rest{fill:var(--grey)}
.small .precision,.small .recall,.small .f1{fill-opacity:.45}
.interval{stroke:var(--ink);stroke-width:1;fill:none}.mark{stroke:var(--orange);stroke-width:1.5}
.cell{fill:var(--track);fill-opacity:.55}.right{fill:var(--blue)}.wrong{fill:var(--orange)}
.key{display:inline-block;width:10px;height:10px;border-radius:1px;margin:0 5px 0 12px;vertical-align:-.5px}
.keyed{display:inline-block}.keyed .key{margin-left:0}.keyed{margin-right:12px}
.key.b{background:var(--blue)}.key.o{background:var(--orange)}
code{font:12px ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere;word-break:break-all}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:0 36px}
.facts table{align-self:start}
.facts td:first-child{color:var(--soft);white-space:nowrap;width:1%;padding-right:18px}
tr.trusted td{background:var(--glow)}
tr.trusted td:first-child{box-shadow:inset 3px 0 0 var(--blue);padding-left:10px;font-weight:600}
table.tight td,table.tight th{vertical-align:top;padding-right:8px}
table.tight th.number{white-space:normal}table.tight td.name{min-width:190px}
table.tight td.of-bar{padding-top:7px}
.heat{display:flex;align-items:center;gap:10px}.heat .figure{font-size:17px;font-weight:600}
.range{white-space:nowrap}
.fine{font-size:11.5px;font-weight:400}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(244px,1fr));gap:14px 12px}
svg .tick{font-size:10px;fill:var(--soft)}
svg .strong-tick{fill:var(--ink)}
svg .strong-label{font-weight:600}
.frame{fill:var(--panel);stroke:var(--line)}.grid{stroke:var(--line);stroke-width:1;fill:none}
.curve{fill:none;stroke-width:1.6;stroke-linejoin:round}.curve.blue{stroke:var(--blue)}.curve.orange{stroke:var(--orange)}
.area{fill-opacity:.1;stroke:none}.area.blue{fill:var(--blue)}.area.orange{fill:var(--orange)}
.chance{stroke:var(--grey);stroke-width:1;stroke-dasharray:3 3;fill:none}
.dot.blue{fill:var(--blue);stroke:var(--panel);stroke-width:1.5}
.tree-box{fill:var(--panel);stroke:var(--line)}.tree-leaf{fill:var(--glow)}
details{border-top:1px solid var(--line);margin:8px 0 0}
details[open]{padding-bottom:12px}
summary{cursor:pointer;font-weight:600;padding:9px 0}
summary .soft{font-weight:400}
details h2{margin-top:20px}
footer{margin-top:44px;color:var(--soft);font-size:12.5px;border-top:1px solid var(--line);padding-top:10px}
@media print{body{background:#fff}main{padding:0}h2{break-after:avoid}tr,svg{break-inside:avoid}}
)css";

}  // namespace flowsift::learn
