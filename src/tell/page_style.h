#pragma once
// How the page looks. No fonts, pictures or scripts: nothing is fetched.

#include <string_view>

namespace tidegate::tell {

// Text has a contrast of 4.5 and more against its ground, marks of 3 and more, in both schemes
// (WCAG 2.2, 1.4.3 and 1.4.11).
inline constexpr std::string_view page_style = R"css(
:root{color-scheme:light dark;--ground:#fff;--card:#f5f7fa;--text:#1b2330;--quiet:#566072;--rule:#d5dbe5;--grid:#dfe4ec;
--logins:#7a8fb0;--stopped:#0c7a6b;--through:#c2410c;--normal:#1b2330;--mark:#fbe3d6;--warn:#a5330a;--good:#0b6b5e}
@media (prefers-color-scheme:dark){:root{--ground:#11151c;--card:#1a202a;--text:#e7ebf1;--quiet:#a5b0c0;--rule:#323c4b;--grid:#2b3442;
--logins:#6c83a8;--stopped:#2fb5a0;--through:#f08a5d;--normal:#e7ebf1;--mark:#40291f;--warn:#ffa27a;--good:#4fcdb8}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:64rem;margin:0 auto;padding:1.5rem 1rem 3rem}
header p.over{margin:0;color:var(--quiet);font-size:.9rem}
h1{font-size:1.6rem;line-height:1.25;margin:.2rem 0 .6rem;text-wrap:balance}
h2{font-size:1.2rem;margin:2.5rem 0 .6rem;padding-top:.9rem;border-top:1px solid var(--rule)}
h3{font-size:1rem;margin:0 0 .3rem}
p{margin:.4rem 0;max-width:46rem}
.quiet,small{color:var(--quiet)}small{font-size:.85rem}
.warn{color:var(--warn)}.good{color:var(--good)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1.2rem 0 0;padding:0;list-style:none}
.tiles li{background:var(--card);border-radius:.5rem;padding:.75rem .9rem}
.tiles b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles span{color:var(--quiet);font-size:.875rem}
figure{margin:1rem 0 1.6rem}
figcaption{font-weight:600;margin-bottom:.3rem}figcaption+.plot{margin-top:.8rem}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:0 0 .5rem;padding:0;list-style:none;font-size:.875rem;color:var(--quiet)}
.legend i{display:inline-block;margin-right:.4rem}.legend .key{width:.8rem;height:.8rem;vertical-align:-.08rem;border-radius:2px}
.legend .stroke{width:1.2rem;height:0;border-top:2px solid;vertical-align:.28rem}
.legend .key.logins{background:var(--logins)}.legend .key.stopped{background:var(--stopped)}.legend .key.through{background:var(--through)}
.legend .key.marked{background:var(--mark);outline:1px solid var(--rule)}.legend .stroke.normal{border-color:var(--normal)}
.plot{display:flex;height:11rem}
.plot svg{flex:1;min-width:0;height:100%;display:block;overflow:visible}
.scale{width:3.6rem;flex:none;display:flex;flex-direction:column;justify-content:space-between;text-align:right;padding-right:.5rem;font-size:.75rem;line-height:1;color:var(--quiet);font-variant-numeric:tabular-nums;margin:-.35rem 0}
.axis,.marks{position:relative;height:1.2rem;margin-left:3.6rem;font-size:.75rem;color:var(--quiet)}
.axis span,.marks span{position:absolute;top:.2rem;transform:translateX(-50%);white-space:nowrap}
.marks span{color:var(--warn);font-weight:600}
.axis span:first-child{transform:translateX(min(-50%,0px))}
.fill.logins{fill:var(--logins)}.fill.stopped{fill:var(--stopped)}.fill.through{fill:var(--through)}
.line{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}.line.normal{stroke:var(--normal);stroke-width:1.5}.line.stopped{stroke:var(--stopped)}
.grid{fill:none;stroke:var(--grid);stroke-width:1;vector-effect:non-scaling-stroke}
.mark{fill:var(--mark)}.hint{fill:transparent}.hint:hover{fill:var(--text);fill-opacity:.12}
table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding-bottom:.3rem}
.heard caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
h4{font-size:.9375rem;margin:0 0 .3rem}
th,td{text-align:left;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
thead th{color:var(--quiet);font-weight:500;font-size:.85rem}
tbody th{font-weight:500}
.n{text-align:right;white-space:nowrap}
.any{overflow-wrap:anywhere}.why{min-width:16rem}.bars{min-width:9rem}.key{white-space:nowrap}th{vertical-align:bottom}th.n{white-space:normal}tbody th{vertical-align:top}
.bar{display:block;height:.5rem;border-radius:2px;background:var(--rule);margin-top:.3rem;overflow:hidden}
.bar i{display:block;height:100%;background:var(--stopped)}.bar.plain i{background:var(--logins)}
.cards{display:grid;gap:1rem}
.card{background:var(--card);border-radius:.5rem;padding:1rem 1.1rem}
.card h3 span{color:var(--warn)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:.5rem 1rem;margin:.6rem 0}
.facts div{min-width:0}.facts dt{color:var(--quiet);font-size:.8125rem}.facts dd{margin:0;font-weight:600;overflow-wrap:anywhere}
.split{display:grid;grid-template-columns:1fr;gap:1rem 2rem}
ul.why{margin:.2rem 0;padding:0;list-style:none;font-size:.9375rem}ul.why li{margin:.35rem 0}
ul.why .row{display:flex;justify-content:space-between;gap:1rem}ul.why .row span:last-child{white-space:nowrap}
details{margin-top:.6rem}summary{cursor:pointer}dl.words dt{font-weight:600;margin-top:.5rem}dl.words dd{margin:0}
.split>div{min-width:0}
@media (min-width:62rem){.split{grid-template-columns:1fr 1fr}}
@media (min-width:48rem){.plot{height:13rem}}
@media (max-width:36rem){table{font-size:.875rem}.opt{display:none}tbody th small{display:block}body{font-size:15px}h1{font-size:1.35rem}.axis .odd{display:none}.plot{height:9rem}}
@media (max-width:56rem){table.wide .why{min-width:0}table.wide thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.wide,table.wide tbody,table.wide tr,table.wide td,table.wide tbody th{display:block;width:100%}
table.wide tr{border-bottom:1px solid var(--rule);padding:.6rem 0}table.wide td,table.wide tbody th{border:0;padding:.1rem 0;text-align:left;white-space:normal}
table.wide td[data-label]::before{content:attr(data-label) ": ";color:var(--quiet)}}
@media print{body{font-size:11pt}main{max-width:none}.card,figure,tr{break-inside:avoid}}
)css";

}  // namespace tidegate::tell
