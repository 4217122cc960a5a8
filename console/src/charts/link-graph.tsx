import Graph from 'graphology';
import { useEffect, useMemo, useRef, useState } from 'react';
import Sigma from 'sigma';
import { Link } from 'wouter';
import type { Schemas } from '../api';
import { brief, count, ROLE_NAMES, words } from '../format';
import { Family } from '../parts/parts';
import { layout } from './layout';

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
  useEffect(() => {
    const element = stage.current;
    if (!element) return undefined;
    const began = performance.now();
    const drawn = build(graph);
    const sigma = new Sigma(drawn, element, {
      allowInvalidContainer: true,
      hideEdgesOnMove: true,
      labelRenderedSizeThreshold: 14,
      labelDensity: 0.4,
      renderEdgeLabels: false,
      zIndex: false,
      minCameraRatio: 0.005,
      maxCameraRatio: 2,
    });
    const theme = () => applyTheme(sigma, graph, neighbours, chosen.current);
    const choose = (account: number | null) => {
      chosen.current = account;
      setAbout(account);
      applyTheme(sigma, graph, neighbours, account);
    };
    theme();
    sigma.on('clickNode', ({ node }) => choose(Number(node)));
    sigma.on('clickStage', () => choose(null));
    sigma.once('afterRender', () => painted.current?.(performance.now() - began));
    sigma.refresh();
    window.addEventListener('themechange', theme);
    // For measuring from outside: the frame-rate bench drives the camera through it.
    Object.assign(element, { sigma });
    return () => {
      window.removeEventListener('themechange', theme);
      sigma.kill();
    };
  }, [graph, neighbours]);
  return (
    <div className="graph">
      <div
        className="stage"
        ref={stage}
        role="img"
        aria-label={`Link graph: ${count(graph.accounts.length)} accounts, ${count(graph.from.length)} links. The same links are listed with reasons on each account’s page.`}
      />
      {about === null ? (
        <div className="hint">Each disc shares one thing. Choose an account to see its links.</div>
      ) : (
        <About graph={graph} account={about} links={neighbours[about] ?? []} />
      )}
      <div className="legend">
        {ROLES.map((role) => (
          <span key={role}>
            <i className={`dot ${role}`} /> {ROLE_NAMES[role]}
          </span>
        ))}
      </div>
    </div>
  );
}

function About({ graph, account, links }: { graph: Schemas['Graph']; account: number; links: readonly number[] }) {
  const key = graph.accounts[account] ?? '';
  return (
    <div className="about" role="status">
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
                    {shared.indicator ? <span className="mono soft"> {shared.indicator.slice(0, 6)}</span> : null}{' '}
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

function build(graph: Schemas['Graph']): Graph {
  const { x, y } = layout(graph);
  const drawn = new Graph({ multi: true, type: 'undirected', allowSelfLoops: false });
  const size = graph.accounts.length > 5_000 ? 1.6 : graph.accounts.length > 500 ? 3 : 5;
  graph.accounts.forEach((key, account) => {
    drawn.addNode(account, { x: x[account], y: y[account], size, label: brief(key) });
  });
  graph.from.forEach((from, link) => {
    const to = graph.to[link];
    if (to !== undefined && to !== from) drawn.addEdgeWithKey(link, from, to, { size: 0.4 });
  });
  return drawn;
}

/** Colours by role; with a chosen account, everything but its neighbourhood recedes. */
function applyTheme(sigma: Sigma, graph: Schemas['Graph'], neighbours: readonly number[][], chosen: number | null): void {
  const style = getComputedStyle(document.documentElement);
  const ink = (name: string): string => style.getPropertyValue(name).trim();
  const roles = ROLES.map((role) => ink(COLOUR_OF[role]));
  const [faint, line, strong] = [ink('--line'), ink('--line'), ink('--accent')];
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
    if (chosen === null) return { ...data, color: line };
    return links.has(Number(edge)) ? { ...data, color: strong, size: 1.4 } : { ...data, hidden: true };
  });
}
