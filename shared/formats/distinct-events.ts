import { type Segment, SHOWN_SIGNALS, SIGNAL_NAMES, SKETCH_COLUMNS, statusOf, tenancyAt } from './segment';

/** An event: a row of a segment. */
export type Place = { segment: Segment; row: number };
export type Distinct = { places: Place[]; duplicates: number; conflicts: number };

/**
 * The distinct events of some segments by their 64-bit identity (open addressing, linear probing). A duplicate with the
 * same content is dropped; one with other content is a conflict, and the event whose content comes first in text order
 * wins, whatever order they came in.
 */
export function distinctEvents(segments: readonly Segment[]): Distinct {
  const total = segments.reduce((sum, segment) => sum + segment.rows, 0);
  const places: Place[] = [];
  let size = 16;
  while (size < total * 2) size *= 2;
  const slots = new Int32Array(size);
  const mask = size - 1;
  let duplicates = 0;
  let conflicts = 0;
  for (const segment of segments) {
    const { idHigh, idLow } = segment.columns;
    for (let row = 0; row < segment.rows; row++) {
      const high = idHigh[row]!;
      const low = idLow[row]!;
      let slot = (high ^ Math.imul(low, 0x9e3779b1)) & mask;
      for (;;) {
        const held = slots[slot]!;
        if (held === 0) {
          slots[slot] = places.push({ segment, row });
          break;
        }
        const other = places[held - 1]!;
        if (other.segment.columns.idHigh[other.row] === high && other.segment.columns.idLow[other.row] === low) {
          duplicates++;
          const mine = contentOf(segment, row);
          const theirs = contentOf(other.segment, other.row);
          if (mine !== theirs) {
            conflicts++;
            if (mine < theirs) places[held - 1] = { segment, row };
          }
          break;
        }
        slot = (slot + 1) & mask;
      }
    }
  }
  return { places, duplicates, conflicts };
}

/** Everything an event says, as text that does not depend on the chunk it stands in. */
export function contentOf(segment: Segment, row: number): string {
  const { columns: c, dictionaries: d } = segment;
  return JSON.stringify([
    d.accounts[c.account[row]!],
    c.offset[row],
    statusOf(c.status[row]!),
    d.models[c.model[row]!],
    c.input[row],
    c.output[row],
    c.duration[row],
    c.asn[row],
    c.tools[row],
    d.countries[c.country[row]!],
    d.channels[c.channel[row]!],
    d.tasks[c.task[row]!],
    d.languages[c.language[row]!],
    c.elicits[row],
    c.grading[row],
    c.size[row],
    c.traits[row],
    c.ip[row],
    c.prefix[row],
    c.client[row],
    c.key[row],
    c.system[row],
    c.template[row],
    ...SKETCH_COLUMNS.map((name) => c[name][row]),
    ...signalsOf(segment, row),
  ]);
}

/** Nothing where the event has no signals, in whatever segment it stands. */
function signalsOf({ signals, dictionaries }: Segment, row: number): unknown[] {
  if (!signals || SIGNAL_NAMES.every((name) => signals[name][row] === 0)) return [];
  const numbers = SHOWN_SIGNALS.filter((name) => name !== 'stop' && name !== 'refusal').map((name) => signals[name][row]);
  const words = [dictionaries.stops?.[signals.stop[row]!], dictionaries.refusals?.[signals.refusal[row]!]];
  const tenancy = tenancyAt({ signals, dictionaries }, row);
  return tenancy ? [...numbers, ...words, tenancy.cloud, tenancy.tenant, tenancy.billingAccount] : [...numbers, ...words];
}
