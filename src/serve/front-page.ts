import { type FirstStep, steps } from './first-steps.ts';

/** What stands where a key belongs: the page is for everybody who reaches it, so it holds none. */
const placeholders = { pk: 'pk_live_…', sk: 'sk_live_…', rk: 'rk_live_…' } as const;

/** The page’s looks. Its hash stands below, so that nothing else may be styled or run. */
export const frontStyle = `:root{color-scheme:light dark;--ink:#1a1d21;--dim:#5b6470;--paper:#fff;--box:#f4f5f7;--line:#dfe3e8;--mark:#0b62d6}
@media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--dim:#a0a8b3;--paper:#14171a;--box:#1e2226;--line:#333a41;--mark:#7db4ff}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:2rem 1.25rem 4rem}h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:2.25rem 0 .5rem}
p{margin:.5rem 0}.dim,small{color:var(--dim)}#live{font-variant-numeric:tabular-nums}a{color:var(--mark)}
h3{font-size:.9rem;font-weight:600;color:var(--dim);margin:1.1rem 0 .35rem}
pre{margin:.4rem 0;padding:.75rem .9rem;background:var(--box);border:1px solid var(--line);border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 ui-monospace,monospace}
code{font:.88em ui-monospace,monospace}ul{padding-left:1.2rem;margin:.4rem 0}li{margin:.3rem 0}`;

/** Asks every two seconds how many events have come, as long as somebody looks. */
export const frontScript = `(()=>{const live=document.getElementById("live");if(!live)return;
const ago=s=>s<5?"just now":s<90?s+" s ago":s<5400?Math.round(s/60)+" min ago":s<129600?Math.round(s/3600)+" h ago":Math.round(s/86400)+" days ago";
const say=t=>{if(live.textContent!==t)live.textContent=t};
const look=async()=>{if(document.visibilityState==="visible")try{const r=await fetch(location.pathname,{headers:{Accept:"application/json"},cache:"no-store"});const{events,last_event_at,now}=await r.json();
if(typeof events==="number")say(events===0?"No event has come yet.":events.toLocaleString("en")+(events===1?" event has":" events have")+" come, the last one "+ago(Math.max(0,Math.round((Date.parse(now)-Date.parse(last_event_at))/1e3)))+".")}catch{say("It does not answer any more.")}
setTimeout(look,2e3)};look()})()`;

/** SHA-256 of the two, base64; held equal by a test. */
export const frontHashes = {
  style: '64bdt6mgaMY7IXRPTeh5BE/kJ921IzipFcyBXoK6Fng=',
  script: '8HvHa1+awUzXMMiY/CzgrMLAr++mJr0t8ZFSfMePSdg=',
} as const;

/** The headers of the page: nothing from elsewhere, nothing that is not in it, in nobody’s frame. */
export const frontHeaders = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${frontHashes.style}'`,
    `script-src 'sha256-${frontHashes.script}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  Vary: 'Accept',
} as const;

/** What the page at `/` shows: that it runs, the lines to paste, what comes next. `url` has no slash at the end; `live`: is there a count to ask for? */
export const frontPage = (url: string, version: string, live: boolean): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><link rel="icon" href="data:,"><title>Millimetric</title><style>${frontStyle}</style></head>
<body><main>
<h1>Millimetric runs here</h1>
<p class="dim">Version ${text(version)} at <code>${text(url)}</code></p>
${live ? '<p id="live" role="status">…</p>' : ''}
<h2>1. Track a page</h2>
<p>Two lines in its <code>&lt;head&gt;</code>. Put your <code>pk_</code> key in; its origin must be one that the project allows.</p>
${lines(steps.page, url)}
<h2>2. Ask with an agent</h2>
<p>Put your <code>rk_</code> key in: it reads and cannot write.</p>
${(['claude', 'cursor', 'vscode', 'codex'] as const).map((name) => `<h3>${text(steps[name].does)}</h3>\n${lines(steps[name], url)}`).join('\n')}
<h2>3. What next</h2>
<ul>
${
  live
    ? `<li>All these lines with your keys filled in: <code>npm run -s millimetric -- connect</code></li>
<li>Bring in a web server’s log: <code>npm run -s millimetric -- import access.log --site https://your.site</code></li>
<li>Ask from the shell: <code>npm run -s millimetric -- ask top_sources</code></li>`
    : '<li>Keys are minted and rotated with <code>millimetric init --stack NAME</code>, by who may do so in the AWS account.</li>'
}
<li>From servers, Next.js, strict policies: <code>docs/sending.md</code>. Every question: <code>docs/tools.md</code>.</li>
</ul>
<p><a href="${text(url)}/v1/openapi.json">The HTTP interface as OpenAPI</a> · <a href="${text(url)}/healthz">Health</a> · <a href="${text(url)}/v1/a.js">The loader</a></p>
</main>${live ? `<script>${frontScript}</script>` : ''}</body></html>
`;

const lines = (step: FirstStep, url: string): string =>
  `<pre><code>${text(step.lines(url, placeholders))}</code></pre>`;

/** As text between tags and in quotes. */
const text = (raw: string): string =>
  raw
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
