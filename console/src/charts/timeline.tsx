import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import type { Schemas } from '../api';
import { count, moment, shortDay } from '../format';

/**
 * Exchanges an hour that went through (leaked) and requests that our action stopped (prevented), with the moments of
 * detection and containment marked.
 */
export type Mark = { at: string; label: string };

const HEIGHT = 196;
const DAY_S = 86_400;
/** Ticks a day or more apart say the day, closer ones the hour, and midnight the day that begins. */
const shortMoment = (tick: number, ticks: readonly number[]): string => {
  const iso = new Date(tick * 1000).toISOString();
  const hour = iso.slice(11, 16);
  return (ticks[1] ?? DAY_S) - (ticks[0] ?? 0) >= DAY_S || hour === '00:00' ? shortDay(iso) : hour;
};

const ink = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function Timeline({ timeline, marks }: { timeline: Schemas['Campaign']['timeline']; marks: readonly Mark[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    let plot: uPlot | undefined;
    const draw = () => {
      plot?.destroy();
      plot = new uPlot(options(element.clientWidth, marks), columns(timeline), element);
    };
    draw();
    const watch = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    window.addEventListener('themechange', draw);
    return () => {
      watch.disconnect();
      window.removeEventListener('themechange', draw);
      plot?.destroy();
    };
  }, [timeline, marks]);
  const leaked = timeline.reduce((sum, hour) => sum + hour.exchanges, 0);
  const prevented = timeline.reduce((sum, hour) => sum + hour.prevented, 0);
  return (
    <figure>
      <div
        className="chart"
        ref={box}
        role="img"
        aria-label={`Exchanges an hour: ${count(leaked)} went through, ${count(prevented)} were prevented. ${marks.map((mark) => `${mark.label} ${mark.at}`).join('. ')}`}
      />
    </figure>
  );
}

const columns = (timeline: Schemas['Campaign']['timeline']): uPlot.AlignedData => [
  timeline.map((hour) => Date.parse(hour.at) / 1000),
  timeline.map((hour) => hour.exchanges),
  timeline.map((hour) => hour.prevented),
];

function options(width: number, marks: readonly Mark[]): uPlot.Options {
  const axis = {
    stroke: ink('--soft'),
    grid: { stroke: ink('--line'), width: 1 },
    ticks: { show: false },
    font: '11px ui-sans-serif, system-ui, sans-serif',
  };
  const series = (label: string, colour: string): uPlot.Series => ({
    label,
    value: (_plot, requests) => (requests === null ? '—' : count(requests)),
    stroke: colour,
    fill: `color-mix(in srgb, ${colour} 18%, transparent)`,
    width: 1.5,
    points: { show: false },
  });
  return {
    width,
    height: HEIGHT,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
    // Wide enough for the marks: a containment a few minutes ago lies behind the last full hour.
    scales: { x: { range: (_plot, from, to) => [from, Math.max(to, ...marks.map((mark) => Date.parse(mark.at) / 1000))] } },
    cursor: { y: false },
    axes: [
      { ...axis, values: (_plot, ticks) => ticks.map((tick) => shortMoment(tick, ticks)) },
      { ...axis, size: 52 },
    ],
    series: [
      { label: 'Hour', value: (_plot, seconds) => (seconds === null ? '—' : moment(new Date(seconds * 1000).toISOString())) },
      series('Went through', ink('--leaked')),
      series('Prevented', ink('--prevented')),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, marks)] },
  };
}

function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px ui-sans-serif, system-ui, sans-serif`;
  ctx.fillStyle = ink('--ink');
  ctx.strokeStyle = ink('--ink');
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  marks.forEach(({ at, label }, index) => {
    const x = plot.valToPos(Date.parse(at) / 1000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const roomLeft = x + ctx.measureText(label).width + 8 * ratio > bbox.left + bbox.width;
    ctx.textAlign = roomLeft ? 'right' : 'left';
    const [left, top] = [x + (roomLeft ? -4 : 4) * ratio, bbox.top + (12 + index * 16) * ratio];
    const width = ctx.measureText(label).width + 4 * ratio;
    ctx.fillStyle = ink('--panel');
    ctx.fillRect(roomLeft ? left - width + 2 * ratio : left - 2 * ratio, top - 11 * ratio, width, 15 * ratio);
    ctx.fillStyle = ink('--ink');
    ctx.fillText(label, left, top);
  });
  ctx.restore();
}
