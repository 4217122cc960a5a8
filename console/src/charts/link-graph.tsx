import Graph from 'graphology';
import { useEffect, useMemo, useRef, useState } from 'react';
import Sigma from 'sigma';
import { EdgeLineProgram, NodePointProgram } from 'sigma/rendering';
import type { Settings } from 'sigma/settings';
import { Link } from 'wouter';
import type { Schemas } from '../api';
import { brief, count, ROLE_NAMES, words } from '../format';
import { Family } from '../parts/parts';
import { type Group, layout, type Placed } from './layout';

/** The link graph in WebGL (sigma): fluid at 25,000 accounts. Hover or choose an account to see its links with reasons. */
const ROLES = ['core', 'peripheral', 'suspected-victim', 'bystander'] as const;
const COLOUR_OF = { core: '--core', peripheral: '--peripheral', 'suspected-victim': '--victim', bystander: '--bystander' } as const;
const MOST_SHOWN = 12;

export function LinkGraph({ graph, onPainted }: { graph: Schemas['Graph']; onPainted?: (milliseconds: number) => void }) {
  const stage = useRef<HTMLDivElement>(null);
  const chosen = useRef<number | null>(null);
  const [about, setAbout] = useState<number | null>(null);
  const painted = useRef(onPainted);
  painted.current = onPainted;
  const neighbours = useMemo(() => linksByAccount(graph), [graph]);
  const placed = useMemo(() => layout(graph), [graph]);
  const camera = useRef<Sigma | null>(null);
  const pick = useRef<(account: number | null) => void>(() => undefined);
  useEffect(() => {
    const element = stage.current;
    if (!element) return undefined;
    const began = performance.now();
    const drawn = build(graph, placed);
    const sigma = new Sigma(drawn, element, {
      allowInvalidContainer: true,
      // Points and hairlines: a vertex an account and two a link, so that software rendering is fluid too.
      nodeProgramClasses: { point: NodePointProgram },
      edgeProgramClasses: { hairline: EdgeLineProgram },
      defaultNodeType: 'point',
      defaultEdgeType: 'hairline',
      hideEdgesOnMove: graph.from.length > mostDrawn(graph),
      defaultDrawNodeHover: drawHover,
      hideLabelsOnMove: true,
      labelRenderedSizeThreshold: 14,
      labelDensity: 0.4,
      renderEdgeLabels: false,
      zIndex: false,
      minCameraRatio: 0.005,
      maxCameraRatio: 2,
    });
    const theme = () => applyTheme(sigma, graph, neighbours, chosen.current);
    const choose = (account: number | null) => {
      for (const link of account === null ? [] : (neighbours[account] ?? [])) draw(drawn, graph, link);
      chosen.current = account;
      setAbout(account);
      applyTheme(sigma, graph, neighbours, account);
    };
    pick.current = choose;
    theme();
    sigma.on('clickNode', ({ node }) => choose(Number(node)));
    sigma.on('clickStage', () => choose(null));
    sigma.once('afterRender', () => painted.current?.(performance.now() - began));
    sigma.refresh();
    window.addEventListener('themechange', theme);
    // For measuring from outside: the frame-rate bench drives the camera through it.
    Object.assign(element, { sigma });
    camera.current = sigma;
    return () => {
      window.removeEventListener('themechange', theme);
      sigma.kill();
    };
  }, [graph, neighbours, placed]);
  return (
    <div className="graph">
      <div
        className="stage"
        ref={stage}
        role="img"
        aria-label={`Link graph: ${count(graph.accounts.length)} accounts, ${count(graph.from.length)} links. The same links are listed with reasons on each account’s page.`}
      />
      <div className="beside">
        <FindAccount graph={graph} onFound={(account) => pick.current(account)} />
        {about === null ? (
          <Discs graph={graph} placed={placed} onChoose={(disc) => zoomTo(camera.current, disc)} />
        ) : (
          <About graph={graph} account={about} links={neighbours[about] ?? []} onBack={() => pick.current(null)} />
        )}
      </div>
      <div className="legend">
        {[...new Set(graph.shared.map(({ family }) => family))].map((family) => (
          <span key={family}>
            <i className={`edge ${family}`} /> {family}
          </span>
        ))}
        {ROLES.map((role) => (
          <span key={role}>
            <i className={`dot ${role}`} /> {ROLE_NAMES[role]}
          </span>
        ))}
      </div>
    </div>
  );
}

/** By the first characters of its key; many may begin alike, the first is taken. */
function FindAccount({ graph, onFound }: { graph: Schemas['Graph']; onFound: (account: number) => void }) {
  const [missing, setMissing] = useState(false);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = String(new FormData(event.currentTarget).get('key') ?? '').trim();
        const found = wanted === '' ? -1 : graph.accounts.findIndex((key) => key.startsWith(wanted));
        setMissing(found < 0);
        if (found >= 0) onFound(found);
      }}
    >
      <label className="field">
        <span>{missing ? 'No member begins with that' : 'Find an account in the graph'}</span>
        <input name="key" placeholder="first characters of its key" autoComplete="off" />
      </label>
    </form>
  );
}

const MOST_DISCS = 12;

/** What a disc shares, as one would say it. */
const TOGETHER: Partial<Record<Schemas['Graph']['shared'][number]['type'], string>> = {
  'payment-instrument': 'one card',
  'payment-issuer': 'cards of one issuer',
  'client-build': 'one client build',
  'network-address': 'one address',
  'network-prefix': 'one network',
  'signup-origin': 'signed up from one address',
  'signup-prefix': 'signed up from one network',
  'signup-client': 'signed up with one client',
  'signup-time': 'signed up together',
  'email-domain': 'one e-mail domain',
  referrer: 'one referrer',
  'system-prompt': 'one system prompt',
  'prompt-template': 'one prompt template',
  'prompt-phrase': 'one phrase in prompts',
  'task-mix': 'the same mix of tasks',
  'co-timing': 'the same minutes',
};

/** What the largest discs share; choosing one goes there. */
function Discs({ graph, placed, onChoose }: { graph: Schemas['Graph']; placed: Placed; onChoose: (disc: Group) => void }) {
  return (
    <div className="about discs">
      <p className="small soft">
        Each disc is the accounts that share one thing; a line is a link, coloured by what it rests on. Choose an account to see its links
        {graph.from.length > mostDrawn(graph) ? '; until then a sample is drawn' : ''}.
      </p>
      <ul>
        {placed.groups.slice(0, MOST_DISCS).map((group) => {
          const shared = group.shared === null ? undefined : graph.shared[group.shared];
          return (
            <li key={group.shared}>
              <button type="button" className="button quiet tiny" onClick={() => onChoose(group)}>
                <span className={`family ${shared?.family ?? ''}`}>
                  {shared ? (TOGETHER[shared.type] ?? words(shared.type)) : 'joined by no drawn link'}
                </span>
                <span className="mono">{shared?.indicator?.slice(-6)}</span> <span className="number">{count(group.size)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function zoomTo(sigma: Sigma | null, disc: Group): void {
  if (!sigma) return;
  const at = sigma.graphToViewport({ x: disc.x, y: disc.y });
  const edge = sigma.graphToViewport({ x: disc.x + disc.r, y: disc.y });
  const ratio =
    (sigma.getCamera().ratio * Math.abs(edge.x - at.x) * 2.6) / Math.min(sigma.getDimensions().width, sigma.getDimensions().height);
  void sigma.getCamera().animate({ ...sigma.viewportToFramedGraph(at), ratio }, { duration: 400 });
}

type AboutProps = { graph: Schemas['Graph']; account: number; links: readonly number[]; onBack: () => void };
function About({ graph, account, links, onBack }: AboutProps) {
  const key = graph.accounts[account] ?? '';
  return (
    <div className="about" role="status">
      <button type="button" className="button tiny" onClick={onBack}>
        All discs
      </button>
      <div>
        <Link className="mono" href={`/accounts/${key}`}>
          {brief(key)}
        </Link>{' '}
        <span className="soft">
          {ROLE_NAMES[ROLES[graph.roles[account] ?? 0] ?? 'core'].toLowerCase()}, score {graph.scores[account]?.toFixed(1)}
        </span>
      </div>
      <h3>
        {count(links.length)} {links.length === 1 ? 'link' : 'links'}
      </h3>
      <ul>
        {links.slice(0, MOST_SHOWN).map((link) => {
          const other = graph.accounts[graph.from[link] === account ? (graph.to[link] ?? 0) : (graph.from[link] ?? 0)] ?? '';
          return (
            <li key={link} className="small">
              <Link className="mono" href={`/accounts/${other}`}>
                {brief(other)}
              </Link>{' '}
              {(graph.reasons[link] ?? []).map((place) => {
                const shared = graph.shared[place];
                return shared ? (
                  <span key={place}>
                    <Family name={shared.family} /> same {words(shared.type)} as {count(shared.members - 1)} others
                    {shared.indicator ? <span className="mono soft"> {shared.indicator.slice(-6)}</span> : null}{' '}
                  </span>
                ) : null;
              })}
            </li>
          );
        })}
      </ul>
      {links.length > MOST_SHOWN ? <span className="small soft">and {count(links.length - MOST_SHOWN)} more</span> : null}
    </div>
  );
}

function linksByAccount(graph: Schemas['Graph']): number[][] {
  const links: number[][] = graph.accounts.map(() => []);
  graph.from.forEach((from, link) => {
    links[from]?.push(link);
    links[graph.to[link] ?? 0]?.push(link);
  });
  return links;
}

/** Above this, all links at once are a grey sheet: links between discs are sampled, and an account's own are added when it is chosen. */
const mostDrawn = (graph: Schemas['Graph']): number => Math.min(8_000, 4 * graph.accounts.length);
const SAMPLED = 2_500;

function build(graph: Schemas['Graph'], { x, y, disc }: Placed): Graph {
  const drawn = new Graph({ multi: true, type: 'undirected', allowSelfLoops: false });
  const size = graph.accounts.length > 5_000 ? 1.6 : graph.accounts.length > 500 ? 3 : 5;
  graph.accounts.forEach((key, account) => {
    drawn.addNode(account, { x: x[account], y: y[account], size, label: brief(key) });
  });
  let links = [...graph.from.keys()];
  if (links.length > mostDrawn(graph)) {
    const between = links.filter((link) => disc[graph.from[link] ?? 0] !== disc[graph.to[link] ?? 0]);
    const step = Math.max(1, Math.ceil(between.length / Math.min(SAMPLED, 2 * graph.accounts.length)));
    links = between.filter((_, place) => place % step === 0);
  }
  for (const link of links) draw(drawn, graph, link);
  return drawn;
}

function draw(drawn: Graph, graph: Schemas['Graph'], link: number): void {
  const [from, to] = [graph.from[link], graph.to[link]];
  if (from !== undefined && to !== undefined && from !== to && !drawn.hasEdge(link)) drawn.addEdgeWithKey(link, from, to, { size: 0.4 });
}

/** Colours by role; with a chosen account, everything but its neighbourhood recedes. */
function applyTheme(sigma: Sigma, graph: Schemas['Graph'], neighbours: readonly number[][], chosen: number | null): void {
  const style = getComputedStyle(document.documentElement);
  const ink = (name: string): string => style.getPropertyValue(name).trim();
  const roles = ROLES.map((role) => ink(COLOUR_OF[role]));
  const faint = ink('--line');
  const grounds = ink('--sunken');
  // The heavier the link, the further from the ground; many links at once are drawn fainter.
  const heaviest = graph.weight.reduce((most, weight) => Math.max(most, weight), 1);
  const most = graph.from.length > 10_000 ? 0.3 : graph.from.length > 1_500 ? 0.5 : 0.75;
  const family = (link: number): string => ink(`--${graph.shared[graph.reasons[link]?.[0] ?? -1]?.family ?? 'line-strong'}`);
  const lines = new Map<string, string>();
  const lineOf = (link: number): string => {
    const step = Math.ceil((4 * (graph.weight[link] ?? 0)) / heaviest);
    const name = `${graph.shared[graph.reasons[link]?.[0] ?? -1]?.family} ${step}`;
    const known = lines.get(name);
    if (known !== undefined) return known;
    const made = mixed(grounds, family(link), (most * Math.max(1, step)) / 4);
    lines.set(name, made);
    return made;
  };
  const near = new Set(chosen === null ? [] : [chosen]);
  const links = new Set(chosen === null ? [] : neighbours[chosen]);
  for (const link of links) near.add(graph.from[link] ?? 0).add(graph.to[link] ?? 0);
  sigma.setSetting('labelColor', { color: ink('--ink') });
  sigma.setSetting('nodeReducer', (node, data) => {
    const account = Number(node);
    const colour = roles[graph.roles[account] ?? 0];
    if (chosen === null) return { ...data, color: colour };
    return near.has(account)
      ? { ...data, color: colour, size: data.size * 1.6, forceLabel: account === chosen }
      : { ...data, color: faint, label: '' };
  });
  sigma.setSetting('edgeReducer', (edge, data) => {
    const link = Number(edge);
    if (chosen === null) return { ...data, color: lineOf(link) };
    return links.has(link) ? { ...data, color: family(link), size: 1.4 } : { ...data, hidden: true };
  });
}

/** Between two colours written as #rrggbb. */
function mixed(one: string, other: string, share: number): string {
  const channel = (start: number): string => {
    const [low, high] = [one, other].map((hex) => Number.parseInt(hex.slice(start, start + 2), 16));
    return Math.round((low ?? 0) + ((high ?? 0) - (low ?? 0)) * share)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}

/** The label under the pointer, on the page's own ground in both themes. */
const drawHover: NonNullable<Settings['defaultDrawNodeHover']> = (context, data, settings) => {
  const style = getComputedStyle(document.documentElement);
  const label = data.label ?? '';
  context.font = `${settings.labelSize}px ${settings.labelFont}`;
  const width = context.measureText(label).width;
  context.fillStyle = style.getPropertyValue('--panel');
  context.strokeStyle = style.getPropertyValue('--line-strong');
  context.beginPath();
  context.roundRect(data.x + data.size + 2, data.y - settings.labelSize * 0.75, width + 10, settings.labelSize * 1.5, 4);
  context.fill();
  context.stroke();
  context.fillStyle = style.getPropertyValue('--ink');
  context.fillText(label, data.x + data.size + 7, data.y + settings.labelSize / 3);
};
