namespace Aurelian.Response;

internal static class ReportStyle
{
    internal const string Sheet = """
        :root{--bg:#faf9f7;--card:#fff;--ink:#1d2126;--dim:#6d757d;--line:#e2dfd9;--call:#b9c7d6;--grade:#d8d2e8;
        --ok:#3f7d58;--denied:#c98a1b;--bad:#b3261e;--badbg:#fbeae8;--warn:#8a6100;--warnbg:#fdf3dc;--okbg:#e6f1ea}
        @media(prefers-color-scheme:dark){:root{--bg:#14171a;--card:#1c2024;--ink:#e6e3dd;--dim:#8d959d;--line:#30353b;
        --call:#3c4f63;--grade:#4a4363;--ok:#79c294;--denied:#e0ac4a;--bad:#ff8a80;--badbg:#3a1f1d;--warn:#e9c46a;
        --warnbg:#352c17;--okbg:#1d2f24}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:1120px;margin:0 auto;padding:40px 24px 80px}
        .brand{margin:0;letter-spacing:.14em;text-transform:uppercase;font-size:12px;color:var(--dim)}
        h1{font-size:28px;font-weight:600;margin:4px 0 12px}h2{font-size:17px;font-weight:600;margin:40px 0 12px}
        .tally{margin:0}.dim{color:var(--dim)}code,.mono{font:13px/1.45 ui-monospace,Menlo,Consolas,monospace;
        overflow-wrap:anywhere;white-space:pre-wrap}
        .pill{display:inline-block;padding:1px 10px;border-radius:99px;border:1px solid var(--line);font-size:13px}
        .pill.clean{background:var(--okbg);color:var(--ok);border-color:transparent}
        .pill.violating{background:var(--badbg);color:var(--bad);border-color:transparent}
        .pill.suspect,.pill.unknown{background:var(--warnbg);color:var(--warn);border-color:transparent}
        .draw,.card,details.episode{background:var(--card);border:1px solid var(--line);border-radius:10px}
        .draw{padding:16px;overflow-x:auto}svg{display:block;width:100%;min-width:760px;height:auto}
        svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .dim{fill:var(--dim)}
        .lane{stroke:var(--line)}.call{fill:var(--call)}.grade{fill:var(--grade)}.tail{fill:url(#hatch)}
        .flow-ok{fill:var(--ok)}.flow-no{fill:none;stroke:var(--denied);stroke-width:1.6}
        .found{stroke:var(--bad);stroke-width:2}.held{fill:var(--bad);opacity:.85}
        .legend{display:flex;flex-wrap:wrap;gap:6px 20px;margin:12px 0 0;font-size:13px;color:var(--dim)}
        .legend i{display:inline-block;width:14px;height:10px;border-radius:2px;margin-right:6px;vertical-align:-1px}
        .card{padding:18px 22px;margin:0 0 16px;border-left:4px solid var(--dim)}
        .card.high,.card.critical{border-left-color:var(--bad)}.card.medium{border-left-color:var(--denied)}
        .card h3{margin:0 0 2px;font-size:16px;font-weight:600}.card p{margin:0 0 12px}
        dl{display:grid;grid-template-columns:110px 1fr;gap:5px 16px;margin:0}dt{color:var(
            --dim)}dd{margin:0;min-width:0}
        .steps{display:flex;flex-wrap:wrap;gap:4px;align-items:center}.steps b{font-weight:500;border:1px solid var(
            --line);
        border-radius:6px;padding:0 8px;font-size:13px}.steps b.no{color:var(--bad)}
        details.episode{margin:0 0 8px;padding:9px 16px}
        summary{cursor:pointer;display:flex;gap:14px;align-items:baseline}
        summary .pill{margin-left:auto}details table{margin:10px 0 6px}
        table{border-collapse:collapse;width:100%;font-size:14px}th{text-align:left;font-weight:500;color:var(--dim)}
        th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
        dd>code{display:block;max-height:13em;overflow:auto}.evidence summary{color:var(
            --dim);font-size:14px}.evidence li{margin:2px 0}
        @media print{body{background:#fff}.card,.draw,details{break-inside:avoid}}
        """;
}
