import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DETECTORS } from '../../functions/detection/findings/detectors';
import { FAMILY_CAP, TRAIT_NAMES, TRAIT_TYPES } from '../../functions/detection/traits/traits';
import { FAMILIES } from '../../shared/domain/campaigns/campaign';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** What two accounts can share, as functions/detection/traits/traits.ts has it. */
export const traitTable = (): string =>
  table(
    ['trait', 'family', 'cap, nats', 'prior', 'proposes a pair'],
    FAMILIES.flatMap((family) =>
      TRAIT_NAMES.filter((name) => TRAIT_TYPES[name].family === family).map((name, i) => {
        const { cap, prior, links } = TRAIT_TYPES[name];
        return [
          `\`${name}\``,
          i === 0 ? `${family}, together at most ${FAMILY_CAP[family]}` : '',
          `${cap}`,
          `${prior}`,
          links ? 'yes' : '',
        ];
      }),
    ),
  );

/** Every question there is. */
export const detectorTable = (): string =>
  table(
    ['detector', 'family', 'asks'],
    DETECTORS.map(({ name, family, question }) => [`\`${name}\``, family, question]),
  );

const Numbered = z.object({ value: z.union([z.number(), z.array(z.string())]), reason: z.string() });
const Row = z.looseObject({ classification: z.string(), weight: z.number(), reason: z.string() });
const Recommended = z.object({ detection: z.record(z.string(), z.unknown()) });

const recommended = (root: string): Record<string, unknown> =>
  Recommended.parse(JSON.parse(readFileSync(join(root, 'policies/recommended.json'), 'utf8'))).detection;

/** The numbers of detection that stand in the policy, with their reasons; those of a part under its name. */
export const detectionNumbersTable = (root: string): string => {
  const rows = (numbers: Record<string, unknown>, prefix: string): string[][] =>
    Object.entries(numbers).flatMap(([name, value]) => {
      const number = Numbered.safeParse(value);
      if (number.success) return [[`\`${prefix}${name}\``, `${number.data.value}`, number.data.reason]];
      const part = z.record(z.string(), Numbered).safeParse(value);
      return part.success ? rows(part.data, `${prefix}${name}.`) : [];
    });
  return table(['number', 'value', 'reason'], rows(recommended(root), ''));
};

/** What each feature, fully there, adds to the log-odds of a class. */
export const classTable = (root: string): string => {
  const rows = Object.values(recommended(root)).flatMap((value) => z.array(Row).min(1).safeParse(value).data ?? []);
  if (rows.length === 0) throw new Error('the recommended policy has no classes that this table knows how to read');
  return table(
    ['class', 'feature', 'weight', 'reason'],
    rows.map(({ classification, weight, reason, ...rest }) => [classification, `\`${Object.values(rest)[0]}\``, `${weight}`, reason]),
  );
};
