#pragma once
// How the public page looks. No fonts, no script: one file, and nothing else is fetched.

#include <string_view>

namespace tidegate::tell::status {

// Text has a contrast of 4.5 and more against its ground, marks of 3 and more, in both schemes (WCAG 2.2,
// 1.4.3 and 1.4.11); a day that was not well differs in height, too (1.4.1).
inline constexpr std::string_view style_sheet =
    R"css(:root{color-scheme:light dark;--ground:#fff;--card:#f5f7fa;--text:#1b2330;--quiet:#566072;--rule:#d5dbe5;--link:#0b5c8a;
--c0:#0b6b5e;--c1:#566072;--c2:#1d5a9e;--c3:#7a5200;--c4:#a5330a;--c5:#a1141f;
--d0:#2a9a86;--d1:#8590a1;--d2:#3d82cc;--d3:#b98206;--d4:#d65a1f;--d5:#c21d2b;
--t0:#e9f5f2;--t1:#eef1f5;--t2:#e8f0fa;--t3:#fbf3dd;--t4:#fdeee5;--t5:#fcebec}
@media (prefers-color-scheme:dark){:root{--ground:#11151c;--card:#1a202a;--text:#e7ebf1;--quiet:#a5b0c0;--rule:#323c4b;--link:#8cc7f0;
--c0:#4fcdb8;--c1:#a5b0c0;--c2:#8fbcf5;--c3:#f0c14b;--c4:#ffa27a;--c5:#ff9a9a;
--d0:#2fa48f;--d1:#6e7a8d;--d2:#4d8fd9;--d3:#d39c1c;--d4:#ec7a45;--d5:#ee5a62;
--t0:#13302c;--t1:#222a35;--t2:#17293f;--t3:#33290f;--t4:#38211a;--t5:#3a1a1e}}
.s0{--c:var(--c0);--d:var(--d0);--t:var(--t0)}.s1{--c:var(--c1);--d:var(--d1);--t:var(--t1)}.s2{--c:var(--c2);--d:var(--d2);--t:var(--t2)}
.s3{--c:var(--c3);--d:var(--d3);--t:var(--t3)}.s4{--c:var(--c4);--d:var(--d4);--t:var(--t4)}.s5{--c:var(--c5);--d:var(--d5);--t:var(--t5)}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:break-word}
header,main,footer{max-width:52rem;margin:0 auto;padding:0 1rem}
header{display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;align-items:baseline;justify-content:space-between;padding-top:1.1rem;padding-bottom:.7rem}
.who{margin:0;font-weight:650;font-size:1.05rem}.who a{color:inherit;text-decoration:none}
nav{display:flex;gap:1.2rem}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,summary:focus-visible,button:focus-visible,input:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--link);outline-offset:2px}
h1{font-size:1.5rem;line-height:1.3;margin:1rem 0;text-wrap:balance}
h1.state{background:var(--t);border-left:.4rem solid var(--d);border-radius:.4rem;padding:1rem 1.1rem;margin:.4rem 0 1.5rem}
h2{font-size:1.2rem;margin:2.2rem 0 .8rem}
h3{font-size:1.05rem;line-height:1.35;margin:0 0 .2rem}
h4{font-size:1rem;margin:1rem 0 .2rem}
p{margin:.4rem 0}
.quiet,.when time{color:var(--quiet)}
ul.services,ul.past,ul.work,ul.links,ol.updates{list-style:none;margin:0;padding:0}
.incident,.work>li{background:var(--card);border-left:.4rem solid var(--d,var(--d2));border-radius:.4rem;padding:1rem 1.1rem;margin:0 0 1rem}
.incident h2{font-size:1.1rem;margin:1.4rem 0 .4rem}
.step{font-weight:600;color:var(--c)}
.promise{font-weight:600}.late{color:var(--c4)}
.incident ul{margin:.2rem 0;padding-left:1.2rem}
ol.updates>li{border-left:2px solid var(--rule);padding:0 0 .2rem .9rem;margin:.6rem 0}
ol.updates>li:target{border-color:var(--link)}
.when{margin:0}.when strong{font-weight:600}
.service{display:grid;grid-template-columns:1fr auto;gap:.1rem 1rem;align-items:baseline;padding:.9rem 0;border-top:1px solid var(--rule)}
.service>*{grid-column:1/-1}.service>h3{grid-column:1;font-weight:600;font-size:1rem}.service>.now{grid-column:2;grid-row:1}
.now{margin:0;color:var(--c);font-weight:600;text-align:right}
.days{display:grid;grid-auto-flow:column;grid-auto-columns:1fr;gap:2px;align-items:end;height:1.9rem;margin:.35rem 0 .15rem}
.days i{background:var(--d,var(--d0));height:70%;border-radius:1px}.days .s1{height:25%}.days .s3,.days .s4,.days .s5{height:100%}
.ends{display:flex;justify-content:space-between;margin:0;font-size:.8125rem;color:var(--quiet)}
details{margin:.2rem 0}summary{cursor:pointer;color:var(--quiet);font-size:.9375rem;padding:.15rem 0}details ul{margin:.3rem 0;padding-left:1.2rem;font-size:.9375rem}
.past li{padding:.55rem 0;border-top:1px solid var(--rule)}.past+p{margin-top:.8rem}
.report h3,.report h4,.report h5{margin:1.3rem 0 .3rem}.report img{display:block;max-width:100%;height:auto}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9375rem}th,td{text-align:left;padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
pre{overflow-x:auto;background:var(--ground);padding:.7rem;border-radius:.3rem}blockquote{margin:.6rem 0;padding-left:.9rem;border-left:3px solid var(--rule)}
form{margin:1rem 0;display:grid;gap:.5rem;max-width:26rem}label{font-weight:600}
input{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--quiet);border-radius:.3rem;padding:.55rem .6rem;width:100%}
button{font:inherit;font-weight:600;color:#fff;background:#0b5c8a;border:0;border-radius:.3rem;padding:.6rem 1rem;justify-self:start;cursor:pointer}
footer{margin-top:2.5rem;padding-top:1rem;padding-bottom:2.5rem;border-top:1px solid var(--rule);font-size:.9375rem;color:var(--quiet)}
footer h2{font-size:1rem;margin:0 0 .3rem;color:var(--text)}
.links{display:flex;flex-wrap:wrap;gap:.2rem 1.3rem}.links a,nav a{display:inline-block;padding:.3rem 0}
@media (max-width:36rem){h1{font-size:1.25rem}.days{gap:1px}.days i{border-radius:0}}
@media print{.incident,.service{break-inside:avoid}footer ul,nav{display:none}}
@media (forced-colors:active){.days i{forced-color-adjust:none}}
)css";

}  // namespace tidegate::tell::status
