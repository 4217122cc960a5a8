import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVASION_NAMES } from '../../simulator/scenarios/evasions';
import { Populations } from '../../simulator/scenarios/scenario';
import { SCENARIOS } from '../../simulator/scenarios/scenarios';

const text = readFileSync(join(__dirname, '../../docs/simulator.md'), 'utf8');

test.each([
  ['population', Object.keys(Populations.shape)],
  ['evasion', EVASION_NAMES],
  ['scenario', Object.keys(SCENARIOS)],
])('docs/simulator.md names every %s', (_what, names) => {
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
