import { z } from 'zod';
import { AccountEvent, KeyEvent, ReferralEvent, UsageEvent, VerificationEvent } from '../../shared/contract/event';
import { eventsSchema, producersSchema } from '../../shared/contract/json-schema';

const text = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** The files of docs/contract that are made from the schemas: `npm run api` writes them, a test says when one is out of date. */
export const contractFiles = (): Readonly<Record<string, string>> => ({
  'events.schema.json': text(eventsSchema()),
  'producers.schema.json': text(producersSchema()),
  'fields.md': fieldsPage(),
});

const Node = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  description: z.string().optional(),
  required: z.array(z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});
type Node = z.infer<typeof Node>;

function fieldsPage(): string {
  const tables = [
    ['`lockstep.usage.v1`: one model request was served, refused, limited or failed', UsageEvent] as const,
    ['`lockstep.account.v1`: facts about an account, as of `time`; the latest wins, fields not given are unchanged', AccountEvent] as const,
    [
      '`lockstep.verification.v1`: your own check of somebody who was challenged, limited or held has ended (docs/admission.md)',
      VerificationEvent,
    ] as const,
    ['`lockstep.referral.v1`: the abuse desk of another cloud answered a referral of tenants (docs/referrals.md)', ReferralEvent] as const,
    ['`lockstep.key.v1`: an API key was made, replaced or ended (docs/api-keys.md)', KeyEvent] as const,
  ].map(([title, schema]) => `## ${title}\n\n${table(Node.parse(z.toJSONSchema(schema, { io: 'input' })))}`);
  return `# Fields of the events\n\nMade from [shared/contract/event.ts](../../shared/contract/event.ts) by \`npm run api\`.\n\n${tables.join('\n')}`;
}

function table(schema: Node): string {
  const rows = [...rowsOf(schema, '')];
  const head = ['field', 'type', 'required', 'meaning'];
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return `${[line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')}\n`;
}

function* rowsOf({ properties = {}, required = [] }: Node, before: string): Iterable<string[]> {
  for (const [name, value] of Object.entries(properties)) {
    if (before === '' && (name === 'specversion' || name === 'type')) continue;
    const node = Node.parse(value);
    const path = before + name;
    if (node.properties) yield* rowsOf(node, `${path}.`);
    else yield [`\`${path}\``, typeOf(node), required.includes(name) ? 'yes' : '', node.description ?? ''];
  }
}

function typeOf({ type = '', enum: words, format, minimum, maximum, maxLength }: Node): string {
  if (words) return words.map((word) => `\`${word}\``).join(' ');
  if (format === 'date-time') return 'RFC 3339';
  if (type === 'integer') return 'integer ≥ 0';
  if (type === 'number') return `${minimum ?? ''}..${maximum ?? ''}`;
  if (type === 'object') return 'numbers by name';
  return maxLength === undefined ? type : `text, ${maxLength.toLocaleString('en')}`;
}
