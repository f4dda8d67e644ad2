namespace Aurelian.Investigation.Reporting;

internal static class CaseStyle
{
    internal const string Sheet = """
        :root{--bg:#faf9f7;--card:#fff;--ink:#1d2126;--dim:#667079;--line:#e2dfd9;--faint:#efece6;--call:#b3c2d2;
        --bad:#b3261e;--badbg:#fbeae8;--warn:#8a6100;--warnbg:#fdf3dc;--ok:#3f7d58;--okbg:#e6f1ea;--grey:#9aa3ab}
        @media(prefers-color-scheme:dark){:root{--bg:#14171a;--card:#1c2024;--ink:#e6e3dd;--dim:#959da5;--line:#30353b;
        --faint:#262b30;--call:#43586e;--bad:#ff8a80;--badbg:#3a1f1d;--warn:#e9c46a;--warnbg:#352c17;--ok:#79c294;
        --okbg:#1d2f24;--grey:#69727b}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);
        font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:1120px;margin:0 auto;padding:40px 24px 72px}
        .brand{margin:0;letter-spacing:.14em;text-transform:uppercase;font-size:12px;color:var(--dim)}
        h1{font-size:27px;line-height:1.25;font-weight:600;margin:6px 0 14px;max-width:46rem;text-wrap:balance}
        h2{font-size:18px;font-weight:600;margin:44px 0 6px}h3{font-size:15px;font-weight:600;margin:20px 0 6px}
        p{margin:0 0 10px;max-width:46rem}.lead{color:var(--dim);margin-bottom:14px}.dim{color:var(--dim)}
        code,.mono{font:13px/1.45 ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
        .pill{display:inline-block;padding:1px 10px;border-radius:99px;border:1px solid var(--line);font-size:13px;
        margin:0 4px 4px 0;background:var(--card)}
        .pill.found,.pill.high,.pill.critical{background:var(--badbg);color:var(--bad);border-color:transparent}
        .pill.medium,.pill.partial,.pill.cannot-tell{background:var(--warnbg);color:var(--warn);
        border-color:transparent}
        .pill.exact,.pill.nothing-to-explain{background:var(--okbg);color:var(--ok);border-color:transparent}
        .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(215px,1fr));gap:12px;margin:20px 0 0}
        .fact{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 16px}
        .fact b{display:block;font-size:20px;font-weight:600;line-height:1.3;overflow-wrap:anywhere;margin:2px 0}
        .fact span{font-size:13px;color:var(--dim);display:block}
        .draw,.card{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:0 0 14px}
        .draw{padding:16px 16px 12px}.scroll{overflow-x:auto}
        svg{display:block;width:100%;min-width:820px;height:auto}
        svg text{font:11.5px system-ui,sans-serif;fill:var(--ink)}svg .dim{fill:var(--dim)}
        svg .small{font-size:10.5px}.grid{stroke:var(--faint)}.lane{stroke:var(--grey);stroke-width:1;opacity:.55}
        .base{stroke:var(--line)}.call{fill:var(--call)}.hit{fill:var(--bad)}.weak{fill:var(--bad);opacity:.35}
        .tail{fill:url(#hatch)}
        .crowd{fill:var(--call);opacity:.55}.tick{stroke:var(--grey);stroke-width:1.3;opacity:.8}
        .tick.own{stroke:var(--bad);stroke-width:1.5;opacity:.9}.tick.sure{stroke-width:2.4;opacity:1}
        .bar{fill:var(--grey);opacity:.8}.bar.own{fill:var(--bad)}.dot{fill:var(--bad)}
        .legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:10px 0 0;font-size:13px;color:var(--dim)}
        .legend i{display:inline-block;width:14px;height:10px;border-radius:2px;margin-right:6px;vertical-align:-1px}
        .card{padding:14px 20px;border-left:4px solid var(--bad)}.card.weak{border-left-color:var(--call)}
        .card .top{display:flex;flex-wrap:wrap;gap:2px 14px;align-items:baseline}.card .top b{font-size:16px}
        .card .where{margin:2px 0 8px;font-size:13.5px;color:var(--dim);max-width:none;overflow-wrap:anywhere}
        .card code{display:block;max-height:12em;overflow:auto;background:var(--faint);border-radius:6px;
        padding:7px 10px}
        .says{margin:8px 0 0;padding:0;list-style:none;font-size:14px}.says li{margin:3px 0}
        .wide{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:4px 16px;
        margin:0 0 14px}
        table{border-collapse:collapse;width:100%;font-size:14px}
        th{text-align:left;font-weight:500;color:var(--dim);white-space:nowrap}
        th,td{padding:6px 16px 6px 0;border-bottom:1px solid var(--faint);vertical-align:top}
        tr:last-child td{border-bottom:0}td.n,th.n{text-align:right;white-space:nowrap;
        font-variant-numeric:tabular-nums}
        td.v{overflow-wrap:anywhere;min-width:150px}
        .meter{display:inline-block;height:8px;border-radius:2px;background:var(--bad);vertical-align:1px;
        margin-right:7px}
        .meter.g{background:var(--grey)}details{margin:0 0 14px}summary{cursor:pointer;color:var(--dim);margin:0 0 8px}
        dl{display:grid;grid-template-columns:150px 1fr;gap:6px 18px;margin:0;font-size:14.5px}dt{color:var(--dim)}
        dd{margin:0;min-width:0;overflow-wrap:anywhere}ol,ul{max-width:46rem;padding-left:22px}li{margin:4px 0}
        footer{margin-top:48px;font-size:13px;color:var(--dim)}
        @media(max-width:640px){main{padding:24px 14px 48px}h1{font-size:22px}dl{grid-template-columns:1fr;gap:0}
        dd{margin-bottom:9px}.card{padding:12px 14px}.draw{padding:12px}}
        @media print{body{background:#fff}.card,.draw,.fact,tr{break-inside:avoid}details>*{display:block}}
        """;
}
