import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Right, rightsOf } from './rights';

/** docs/permissions.md is written from the template of prod: `LOCKSTEP_WRITE=1 npx jest test/infra/permissions` after a grant changed. */
const file = join(__dirname, '..', '..', 'docs', 'permissions.md');

/** Rights that every function has: its own log, and traces. */
const COMMON = /^(logs:(CreateLogStream|PutLogEvents)|xray:Put\w+)$/;

function tableOf(rights: readonly Right[]): string {
  const rows = new Map<string, { actions: Set<string>; patterns: Set<string> }>();
  for (const { action, resource, pattern } of rights) {
    const [service = '', verb = ''] = action.split(':');
    const key = `${service} ${resource}`;
    const row = rows.get(`${key}|${verb}`) ?? { actions: new Set(), patterns: new Set() };
    row.actions.add(verb);
    row.patterns.add(pattern);
    rows.set(`${key}|${verb}`, row);
  }
  // Actions with the same partitions of the same thing are one line.
  const lines = new Map<string, Set<string>>();
  for (const [key, { actions, patterns }] of rows) {
    const on = key.split('|')[0]?.replace(/^\S+ /, '') ?? '';
    const where = [...patterns]
      .sort()
      .map((one) => (one === '*' ? 'all' : `\`${one}\``))
      .join(' ');
    const line = `${on} | ${on.startsWith('table') ? where : ''}`;
    lines.set(line, new Set([...(lines.get(line) ?? []), ...actions]));
  }
  const body = [...lines]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([line, actions]) => `| ${line} | ${[...actions].sort().join(', ')} |`);
  return ['| on | partitions | may |', '| --- | --- | --- |', ...body].join('\n');
}

test('docs/permissions.md says what every role may do, and nothing else', () => {
  const rights = rightsOf('prod').filter(({ action }) => !COMMON.test(action));
  const roles = [...new Set(rights.map(({ role }) => role))].sort();
  expect(roles.length).toBeGreaterThan(15);
  const document = [
    '# Who may do what on AWS',
    '',
    'The effective rights of every role of a stage, written from the synthesized template and held by a test (test/infra/permissions.test.ts). Each function may besides write its own log and trace segments. Partitions are what `dynamodb:LeadingKeys` lets through: docs/keys.md says what lies in them. test/infra/rights.test.ts lets the functions do all of their work under exactly these rights.',
    '',
    'Nobody may scan a table or delete an entry of the ledger. An entry is never put over another: the code puts each on the condition that there is none, and what somebody who takes a role over puts all the same is found by `npm run verify-ledger`, whose anchors only `EnforcementAnchor` may write and nobody may change or delete (Object Lock).',
    ...roles.flatMap((role) => ['', `## ${role}`, '', tableOf(rights.filter((right) => right.role === role))]),
    '',
  ].join('\n');
  if (process.env.LOCKSTEP_WRITE) writeFileSync(file, document);
  // The formatter aligns tables.
  const plain = (text: string): string => text.replace(/-+/g, '-').replace(/ +/g, ' ');
  expect(plain(readFileSync(file, 'utf8'))).toBe(plain(document));
});
