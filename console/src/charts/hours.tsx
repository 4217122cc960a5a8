import type { Schemas } from '../api';
import { count, shortDay } from '../format';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Days by hours of one account: a person sleeps, a rota does not. */
export function Hours({ hours }: { hours: NonNullable<Schemas['Account']['usage']>['hours'] }) {
  const byHour = new Map(hours.map((hour) => [hour.at.slice(0, 13), hour]));
  const last = Date.parse(`${hours.at(-1)?.at.slice(0, 10)}T00:00:00Z`);
  const first = Date.parse(`${hours[0]?.at.slice(0, 10)}T00:00:00Z`);
  const shown = Math.min(14, (last - first) / 86_400_000 + 1);
  const days = Array.from({ length: shown }, (_, place) => new Date(last - (shown - 1 - place) * 86_400_000).toISOString().slice(0, 10));
  const most = Math.max(1, ...hours.map((hour) => hour.exchanges + hour.prevented));
  const total = hours.reduce((sum, hour) => sum + hour.exchanges, 0);
  const active = new Set(hours.map((hour) => hour.at.slice(11, 13))).size;
  return (
    <figure>
      <div
        className="days"
        role="img"
        aria-label={`${count(total)} exchanges in ${hours.length} of ${shown * 24} hours; active in ${active} of the 24 hours of the day.`}
      >
        <div className="day" aria-hidden="true">
          <span />
          {HOURS.map((hour) => (
            <span key={hour} style={{ textAlign: 'center' }}>
              {hour % 6 === 0 ? String(hour).padStart(2, '0') : ''}
            </span>
          ))}
        </div>
        {days.map((date) => (
          <div className="day" key={date}>
            <span>{shortDay(`${date}T00:00:00Z`)}</span>
            {HOURS.map((hour) => {
              const cell = byHour.get(`${date}T${String(hour).padStart(2, '0')}`);
              const colour = cell && cell.prevented > cell.exchanges ? 'var(--prevented)' : 'var(--core)';
              const share = cell ? 20 + (80 * (cell.exchanges + cell.prevented)) / most : 0;
              return (
                <i
                  key={hour}
                  style={cell ? { background: `color-mix(in srgb, ${colour} ${share}%, var(--sunken))` } : undefined}
                  title={
                    cell
                      ? `${shortDay(`${date}T00:00:00Z`)}, ${hour}:00: ${cell.exchanges} exchanges, ${cell.prevented} prevented`
                      : undefined
                  }
                />
              );
            })}
          </div>
        ))}
      </div>
      <figcaption className="small soft" style={{ paddingTop: 6 }}>
        {count(total)} exchanges, active in {active} of the 24 hours of the day.
      </figcaption>
    </figure>
  );
}
