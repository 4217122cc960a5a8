import { BEHAVIOUR_ROOMS } from '../behaviours/list';
import { choices } from '../casting/mixed';
import { ROOMS } from '../populations/list';
import type { Description } from './description';

const accounts = ({ size: [low, high], groups }: Description): string => `${groups ? `${groups} × ` : ''}${low} – ${high}`;

/** Labels of a row's parts, where they are not all honest. */
const labels = ({ parts }: Description): string => [...new Set(choices(parts).map(([, { label }]) => label ?? 'honest'))].join(', ');

const row = (one: Description, hostile: boolean): string =>
  `| \`${one.name}\` | ${one.about} | ${accounts(one)} | ${one.shares.join(', ') || 'nothing'} |${hostile ? ` ${labels(one)} |` : ''}`;

const rooms = (all: Readonly<Record<string, readonly Description[]>>, hostile: boolean): string =>
  [
    `| row | who | accounts | most of them share |${hostile ? ' label |' : ''}`,
    `| --- | --- | --- | --- |${hostile ? ' --- |' : ''}`,
    ...Object.entries(all).flatMap(([room, rows]) => [
      `| **${room}** | | | |${hostile ? ' |' : ''}`,
      ...rows.map((one) => row(one, hostile)),
    ]),
  ].join('\n');

/** The tables of docs/simulator.md. */
export const populationTable = (): string => rooms(ROOMS, false);
export const behaviourTable = (): string => rooms(BEHAVIOUR_ROOMS, true);
