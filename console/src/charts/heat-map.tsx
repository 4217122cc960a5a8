import { useEffect, useRef } from 'react';
import type { Schemas } from '../api';
import { moment, shortDay } from '../format';

/** Members by hours: a campaign in lockstep shows as columns and diagonals, people as speckle by day. One canvas pixel a cell. */
export function HeatMap({ hours }: { hours: Schemas['Hours'] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const most = quantile(
    hours.rows.flatMap((row) => row.exchanges.map((value, hour) => value + (row.stopped[hour] ?? 0)).filter((value) => value > 0)),
    0.98,
  );
  useEffect(() => {
    const draw = () => {
      if (canvas.current) paint(canvas.current, hours, most);
    };
    draw();
    window.addEventListener('themechange', draw);
    return () => window.removeEventListener('themechange', draw);
  }, [hours, most]);
  const from = hours.from === null ? 0 : Date.parse(hours.from);
  const ticks = Array.from({ length: 5 }, (_, tick) => new Date(from + (hours.hours * tick * 3_600_000) / 4).toISOString());
  return (
    <figure className="heat">
      <canvas
        ref={canvas}
        width={hours.hours}
        height={hours.rows.length}
        style={{ height: Math.min(420, Math.max(120, hours.rows.length * 2.4)) }}
        role="img"
        aria-label={`${hours.rows.length} members by ${hours.hours} hours: exchanges an hour, darker is more; hours in which everything was prevented are in the second colour.`}
      />
      <div className="axis" aria-hidden="true">
        {ticks.map((tick) => (
          <span key={tick}>{hours.hours > 96 ? shortDay(tick) : moment(tick).replace(' UTC', '')}</span>
        ))}
      </div>
      <figcaption className="row soft small" style={{ paddingTop: 6 }}>
        <span className="scale">
          0 <i style={{ background: 'linear-gradient(90deg, var(--sunken), var(--core))' }} /> {most}+ went through an hour
        </span>
        <span className="scale">
          <i style={{ background: 'linear-gradient(90deg, var(--sunken), var(--prevented))' }} /> prevented
        </span>
        <span>
          {hours.rows.length} of {hours.of.toLocaleString('en-US')} members, a row each, core on top
        </span>
      </figcaption>
    </figure>
  );
}

function quantile(values: number[], share: number): number {
  const sorted = values.sort((one, other) => one - other);
  return Math.max(1, sorted[Math.floor(sorted.length * share)] ?? 1);
}

function paint(canvas: HTMLCanvasElement, hours: Schemas['Hours'], most: number): void {
  const context = canvas.getContext('2d');
  if (!context || hours.hours === 0 || hours.rows.length === 0) return;
  const style = getComputedStyle(document.documentElement);
  const low = rgb(style.getPropertyValue('--sunken'));
  const [through, stopped] = [rgb(style.getPropertyValue('--core')), rgb(style.getPropertyValue('--prevented'))];
  const image = context.createImageData(hours.hours, hours.rows.length);
  hours.rows.forEach((row, y) => {
    row.exchanges.forEach((value, x) => {
      const prevented = row.stopped[x] ?? 0;
      // An hour in which something still went through shows as that, however much was prevented.
      const high = value > 0 ? through : stopped;
      const share = Math.min(1, (value + prevented) / most) ** 0.7;
      const at = (y * hours.hours + x) * 4;
      for (let channel = 0; channel < 3; channel++)
        image.data[at + channel] = (low[channel] ?? 0) + ((high[channel] ?? 0) - (low[channel] ?? 0)) * share;
      image.data[at + 3] = 255;
    });
  });
  context.putImageData(image, 0, 0);
}

/** `#c2410c` as three bytes. */
const rgb = (hex: string): number[] => [1, 3, 5].map((start) => Number.parseInt(hex.trim().slice(start, start + 2), 16));
