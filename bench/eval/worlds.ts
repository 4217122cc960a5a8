import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { HOUR } from '../../shared/domain/time';
import { LABELS } from '../../simulator/actor';
import type { Campaign, Scenario } from '../../simulator/scenarios/scenario';
import { type Provider, simulate, type Truth } from '../../simulator/simulate';

/** A stream of events with its truth: from the project's simulator or from a folder that another generator wrote. */
export type Source = {
  readonly name: string;
  readonly seed: number;
  readonly start: number;
  readonly hours: number;
  /** The plans of the campaigns, where they are known: what they cost their operator follows from them. */
  readonly plans: readonly Campaign[];
  /**
   * Lines in the order of arrival, an hour at a time, made as they are read. May be read again. Operators that answer bans ask
   * `provider` between the hours; without one, and in recorded worlds, nobody answers.
   */
  lines(provider?: Provider): AsyncIterable<readonly string[]>;
  /** After a reading: what every account was. */
  truth(): readonly Truth[];
};

export const simulated = (scenario: Scenario, seed: number): Source => {
  let asked: Provider | undefined;
  const simulation = simulate(scenario, seed, { contained: (id) => asked?.contained(id) ?? false });
  return {
    name: scenario.name,
    seed,
    start: simulation.start,
    hours: simulation.hours,
    plans: scenario.campaigns,
    async *lines(provider) {
      asked = provider;
      for (const hour of simulation) yield hour.arrivals.map((arrival) => arrival.line);
    },
    truth: () => simulation.truth(),
  };
};

const TruthLine = z.object({
  id: z.string(),
  kind: z.string(),
  group: z.string().nullish(),
  label: z.enum(LABELS),
  campaign: z.string().nullish(),
  cell: z.number().nullish(),
  life: z.number().nullish(),
  total: z.number(),
  first: z.number().nullish(),
  byHour: z.array(z.tuple([z.number(), z.number()])).nullish(),
});
const WorldFile = z.object({ scenario: z.object({ name: z.string() }), seed: z.number(), start: z.string(), hours: z.number() });

/** DIR/events.ndjson.gz, DIR/truth.ndjson and DIR/world.json, as `npm run simulate` and others write them. */
export const recorded = (folder: string): Source => {
  const world = WorldFile.parse(JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8')));
  const start = Date.parse(world.start);
  const truths = readFileSync(join(folder, 'truth.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map((line): Truth => {
      const t = TruthLine.parse(JSON.parse(line));
      return {
        id: t.id,
        kind: t.kind,
        label: t.label,
        total: t.total,
        group: t.group ?? undefined,
        campaign: t.campaign ?? undefined,
        cell: t.cell ?? undefined,
        life: t.life ?? undefined,
        first: t.first ?? undefined,
        byHour: t.byHour ?? undefined,
      };
    });
  return {
    name: world.scenario.name,
    seed: world.seed,
    start,
    hours: world.hours,
    plans: [],
    async *lines() {
      let batch: string[] = [];
      let end = start + HOUR;
      for await (const line of createInterface({
        input: createReadStream(join(folder, 'events.ndjson.gz')).pipe(createGunzip()),
        crlfDelay: Infinity,
      })) {
        // The time is near the front of a line; a full parse just to cut hours would double the reading.
        const at = Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? '');
        while (at >= end) {
          yield batch;
          batch = [];
          end += HOUR;
        }
        batch.push(line);
      }
      yield batch;
    },
    truth: () => truths,
  };
};
