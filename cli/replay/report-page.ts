import type { Campaign } from '../../shared/domain/campaigns/campaign';
import type { Report } from './report';

/**
 * The report as one page that stands alone: no script, no font, no picture from elsewhere, so that it opens from a mail. The same
 * four sentences, figures, evidence and timeline that the console's campaign page shows.
 */
export function reportPage(report: Report, campaigns: readonly Campaign[]): string {
  const timelines = new Map<string, Campaign>(campaigns.map((campaign) => [campaign.id, campaign]));
  const ordered = [...report.campaigns].sort((one, other) => other.accounts.length - one.accounts.length);
  const title = `Lockstep: ${plural(ordered.length, 'campaign')} in ${number(report.events.accepted)} events`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="soft">${day(report.from)} to ${day(report.to)}, judged by policy ${escaped(report.policy.version)}. ${plural(report.accounts.length, 'account')} met with something: ${standings(report)}.</p>
${nothing(report)}
${ordered.length > 1 ? contents(ordered) : ''}
${ordered.map((campaign) => section(campaign, timelines.get(campaign.id), report)).join('\n')}
<section>
<h2>What was read</h2>
<table><tbody>
${row('events read', number(report.events.read))}
${row('accepted', number(report.events.accepted))}
${row('duplicates', number(report.events.duplicate))}
${row('rejected', number(report.events.rejected))}
</tbody></table>
</section>
</main>
</body>
</html>
`;
}

type Found = Report['campaigns'][number];
const NAMES: Record<Found['kind'], string> = {
  distillation: 'Distillation',
  reselling: 'Reselling',
  'hijacked-keys': 'Hijacked keys',
  'shared-origin': 'Shared origin',
  unclear: 'Unclear group',
};
const MOST_ACCOUNTS = 500;

function nothing({ campaigns, because = [] }: Report & { because?: readonly string[] }): string {
  if (campaigns.length > 0) return '';
  const why = because.map((text) => `<li>${escaped(text)}</li>`).join('');
  return `<section class="note"><h2>Nothing was found</h2>${why === '' ? '<p>No group of accounts shares what unrelated accounts do not.</p>' : `<ul>${why}</ul>`}</section>`;
}

const contents = (campaigns: readonly Found[]): string =>
  `<nav><table><thead><tr><th>Campaign</th><th>Classification</th><th class="n">Accounts</th><th class="n">Went through</th><th class="n">Prevented</th></tr></thead><tbody>${campaigns
    .map(
      (one) =>
        `<tr><td><a href="#${escaped(one.id)}">${escaped(one.id)}</a></td><td>${NAMES[one.kind]}</td><td class="n">${number(one.accounts.length)}</td><td class="n">${number(one.exchanges)}</td><td class="n">${number(one.exchangesPrevented)}</td></tr>`,
    )
    .join('')}</tbody></table></nav>`;

function section(one: Found, campaign: Campaign | undefined, report: Report): string {
  const total = Math.max(1, one.exchanges + one.exchangesPrevented);
  const figures: [string, string][] = [
    ['accounts', number(one.accounts.length)],
    ['went through', `${number(one.exchanges)} <small>${percent(one.exchanges / total)}</small>`],
    ['prevented', `${number(one.exchangesPrevented)} <small>${percent(one.exchangesPrevented / total)}</small>`],
    ['before detection', `${number(one.exchangesBeforeDetection)} <small>${percent(one.exchangesBeforeDetection / total)}</small>`],
    ['output tokens', number(one.outputTokens)],
  ];
  return `<section id="${escaped(one.id)}">
<h2>${NAMES[one.kind]} <code>${escaped(one.id)}</code></h2>
${story(one, campaign, total)
  .map((sentence) => `<p>${escaped(sentence)}</p>`)
  .join('\n')}
<dl class="figures">${figures.map(([label, value]) => `<div><dd>${value}</dd><dt>${label}</dt></div>`).join('')}</dl>
${campaign ? timeline(campaign) : ''}
<h3>Evidence</h3>
<ul class="evidence">${one.evidence.map((piece) => `<li><b>${piece.family}</b><span>${escaped(piece.because)}</span><small>strength ${piece.strength.toFixed(3)}</small></li>`).join('')}</ul>
<h3>Aimed at</h3>
<ul class="evidence">${Object.entries(one.targets)
    .sort(([, a], [, b]) => b - a)
    .map(
      ([name, share]) =>
        `<li><b>${escaped(words(name))}</b><span class="bar"><i style="width:${(100 * share).toFixed(1)}%"></i></span><small>${percent(share)}</small></li>`,
    )
    .join('')}</ul>
${campaign ? shared(campaign) : ''}
${accounts(one, report)}
</section>`;
}

/** The same four sentences as on the console's page: who and when, wanting what, found by what, what became of it. */
function story(one: Found, campaign: Campaign | undefined, total: number): string[] {
  const last = campaign ? new Date(campaign.lastSeen).toISOString() : one.detectedAt;
  const days = Math.max(1, Math.round((Date.parse(last) - Date.parse(one.firstSeen)) / 86_400_000));
  const targets = Object.entries(one.targets)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([name, share]) => `${words(name)} (${percent(share)})`);
  const families = [...new Set(one.evidence.map(({ family }) => family))];
  const [strongest] = [...one.evidence].sort((a, b) => b.strength - a.strength);
  const through = `${number(one.exchanges)} requests (${percent(one.exchanges / total)}) went through`;
  return [
    `${plural(one.accounts.length, 'account')}, active from ${day(one.firstSeen)} to ${day(last)} (${plural(days, 'day')}), sent ${number(total)} requests.`,
    targets.length === 0 ? 'What they ask for is not labelled.' : `They ask mostly for ${listed(targets)}.`,
    `Found by ${listed(families)} on ${day(one.detectedAt)}${strongest ? `: ${strongest.because}` : ''}`,
    one.exchangesPrevented > 0
      ? `${through} and ${number(one.exchangesPrevented)} (${percent(one.exchangesPrevented / total)}) were prevented.`
      : one.containedAt
        ? `${through}; it was contained on ${day(one.containedAt)}.`
        : `${through}; nothing was prevented.`,
  ];
}

const WIDTH = 860;
const HEIGHT = 120;

/** Requests an hour: what went through, and on top what was prevented. */
function timeline({ timeline: hours, detectedAt }: Campaign): string {
  const first = hours[0]?.[0];
  const last = hours.at(-1)?.[0];
  if (first === undefined || last === undefined || last === first) return '';
  const most = hours.reduce((high, [, exchanges, prevented]) => Math.max(high, exchanges + prevented), 1);
  const x = (at: number): number => (WIDTH * (at - first)) / (last - first + 3_600_000);
  const width = Math.max(0.6, WIDTH / ((last - first) / 3_600_000 + 1));
  const bar = (at: number, from: number, to: number, colour: string): string =>
    to <= from
      ? ''
      : `<rect x="${x(at).toFixed(1)}" y="${(HEIGHT - (HEIGHT * to) / most).toFixed(1)}" width="${width.toFixed(1)}" height="${((HEIGHT * (to - from)) / most).toFixed(1)}" fill="${colour}"/>`;
  const bars = hours
    .map(([at, through, prevented]) => bar(at, 0, through, '#c2410c') + bar(at, through, through + prevented, '#0f766e'))
    .join('');
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT + 18}" role="img" aria-label="Requests an hour: what went through and what was prevented">${bars}<line x1="${x(detectedAt).toFixed(1)}" x2="${x(detectedAt).toFixed(1)}" y1="0" y2="${HEIGHT}" stroke="#111" stroke-dasharray="3 3"/><text x="${(x(detectedAt) + 4).toFixed(1)}" y="10">detected</text><text x="0" y="${HEIGHT + 14}">${day(new Date(first).toISOString())}</text><text x="${WIDTH}" y="${HEIGHT + 14}" text-anchor="end">${day(new Date(last).toISOString())}</text></svg><figcaption><i class="through"></i> went through <i class="prevented"></i> prevented, an hour; at most ${number(most)}</figcaption></figure>`;
}

function shared({ indicators }: Campaign): string {
  const by = new Map<string, { distinct: number; largest: number; others: number }>();
  for (const { type, members, others } of indicators) {
    const entry = by.get(type) ?? { distinct: 0, largest: 0, others: 0 };
    by.set(type, { distinct: entry.distinct + 1, largest: Math.max(entry.largest, members), others: Math.max(entry.others, others) });
  }
  if (by.size === 0) return '';
  return `<h3>What the members share</h3><table><thead><tr><th>Shared</th><th class="n">Different ones</th><th class="n">Accounts on the largest</th><th class="n">Others who hold one</th></tr></thead><tbody>${[
    ...by,
  ]
    .sort(([, one], [, other]) => other.largest - one.largest)
    .map(
      ([type, { distinct, largest, others }]) =>
        `<tr><td>${words(type)}</td><td class="n">${number(distinct)}</td><td class="n">${number(largest)}</td><td class="n">${number(others)}</td></tr>`,
    )
    .join('')}</tbody></table>`;
}

function accounts(one: Found, { accounts: all }: Report): string {
  const standing = new Map(all.map((account) => [account.id, account]));
  const rows = one.accounts.slice(0, MOST_ACCOUNTS).map((id) => {
    const met = standing.get(id);
    return `<tr><td><code>${escaped(id)}</code></td><td>${met ? words(met.standing) : 'left alone'}</td><td>${escaped(met?.because.slice(0, 2).join('; ') ?? '')}</td></tr>`;
  });
  const more =
    one.accounts.length > MOST_ACCOUNTS
      ? `<p class="soft">The first ${number(MOST_ACCOUNTS)} of ${number(one.accounts.length)}; all are in report.json.</p>`
      : '';
  return `<details><summary>${plural(one.accounts.length, 'account')}, what became of each, and why</summary>${more}<table><thead><tr><th>Account</th><th>Now</th><th>Because</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`;
}

function standings({ accounts: all }: Report): string {
  const counts = new Map<string, number>();
  for (const { standing } of all) counts.set(standing, (counts.get(standing) ?? 0) + 1);
  const parts = [...counts].sort(([, one], [, other]) => other - one).map(([standing, count]) => `${number(count)} ${words(standing)}`);
  return parts.length === 0 ? 'nobody' : listed(parts);
}

const row = (label: string, value: string): string => `<tr><td>${label}</td><td class="n">${value}</td></tr>`;
const number = (value: number): string => Math.round(value).toLocaleString('en-US');
const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
const plural = (count: number, one: string): string => `${number(count)} ${one}${count === 1 ? '' : 's'}`;
const words = (name: string): string => escaped(name.replace(/-/g, ' '));
const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const day = (iso: string): string => date.format(new Date(iso));
/** Ids and sentences come from data: what would be markup is text. */
const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[letter] ?? letter);

const STYLE = `
:root{color-scheme:light dark;--ink:#18181b;--soft:#52525b;--line:#d4d4d8;--panel:#fff;--ground:#f6f6f4;--accent:#1d4ed8}
@media (prefers-color-scheme:dark){:root{--ink:#f4f4f5;--soft:#b4b4bd;--line:#3f3f46;--panel:#1b1b1f;--ground:#111113;--accent:#93b4ff}}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:920px;margin:0 auto;padding:24px 16px 64px}
section,nav{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:16px 20px;margin:16px 0;overflow-x:auto}
h1{font-size:24px}h2{font-size:19px;margin:0 0 8px}h3{font-size:15px;margin:20px 0 6px}p{margin:4px 0}
h2+p{font-weight:600}.soft,small,figcaption,dt{color:var(--soft)}a{color:var(--accent)}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:5px 8px;border-bottom:1px solid var(--line);vertical-align:top}.n{text-align:right}
.figures{display:flex;flex-wrap:wrap;gap:8px 28px;margin:16px 0}.figures dd{margin:0;font-size:20px;font-weight:650}
.evidence{list-style:none;padding:0;margin:0}.evidence li{display:grid;grid-template-columns:130px 1fr auto;gap:4px 12px;padding:5px 0;border-bottom:1px solid var(--line)}
.bar{align-self:center;height:8px;background:var(--line);border-radius:4px}.bar i{display:block;height:8px;background:var(--accent);border-radius:4px}
figure{margin:12px 0}svg{width:100%;height:auto}svg text{font-size:11px;fill:currentColor}
figcaption i{display:inline-block;width:10px;height:10px;margin:0 2px 0 10px}.through{background:#c2410c}.prevented{background:#0f766e}
summary{cursor:pointer;margin-top:18px}@media (max-width:600px){.evidence li{grid-template-columns:1fr}}
`;
