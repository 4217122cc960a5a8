import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishLedger } from '../../functions/enforcement/ledger/publish';
import { subjectOf } from '../../functions/query/ledger/ledger-view';
import { seal } from '../../shared/domain/cases/ledger';
import { eventType, LEDGER_EVENTS } from '../../shared/domain/cases/ledger-events';
import { NOTICE_KINDS, NOTICE_WORDS, noticeType } from '../../shared/domain/notice';
import { MINUTE } from '../../shared/domain/time';
import { MemoryEventBus } from '../../shared/memory/memory-event-bus';
import { MEMORY } from '../support/sides';
import { account, T0 } from '../support/worlds/build-campaign';
import { enforcementWorld } from '../support/worlds/enforcement-world';

/** docs/events.md: `LOCKSTEP_WRITE=1 npx jest test/enforcement/events` after a word was added. */
const file = join(__dirname, '..', '..', 'docs', 'events.md');
const plain = (text: string): string => text.replace(/-+/g, '-').replace(/ +/g, ' ');

test('docs/events.md names every event that goes out', () => {
  const rows = Object.entries(LEDGER_EVENTS).flatMap(([subject, { words }]) =>
    words.map((word) => `| \`${eventType(subject as keyof typeof LEDGER_EVENTS, word)}\` | ${subject} | ${word} |`),
  );
  const document = [
    '# Events that go out',
    '',
    'Every entry of the ledger is published once or more on the event bus (`EventBusName`), source `lockstep`, in order, within a minute or six. So is every notice to people (docs/notices.md), at its end. Written from shared/domain/cases/ledger-events.ts and shared/domain/notice.ts and held by a test; nothing else is published.',
    '',
    '`detail`: `id` (the entry’s hash: the idempotency key of the receiver), the subject’s id under the subject’s name, `sequence` in the subject’s chain, `actor` (`person`, `policy`, `clock`, `provider`, `appellant`), and `because`: the sentences where a rule said so, empty where people did. No raw identifier, no sealed one, no name of a person.',
    '',
    '| detail-type | subject | word in the ledger |',
    '| --- | --- | --- |',
    ...rows,
    '',
    '## Notices',
    '',
    'What waits for somebody, once when it begins and once when it is over; within five minutes. `detail`: `id` (the same when it is sent again), `state` (`open` or `over`), `kind`, `subject` (the case, appeal or source), `title`, `because`, `rule` where one is behind it, and `link` to the page.',
    '',
    '| detail-type | one of them reads |',
    '| --- | --- |',
    ...NOTICE_KINDS.map((kind) => `| \`${noticeType(kind)}\` | 1 ${NOTICE_WORDS[kind][0]} |`),
    '',
  ].join('\n');
  if (process.env.LOCKSTEP_WRITE) writeFileSync(file, document);
  expect(plain(readFileSync(file, 'utf8'))).toBe(plain(document));
  expect(new Set(rows).size).toBe(rows.length);
});

test('a word that we do not have, and a chain that is not ours, is told to nobody', async () => {
  const { stores, enforcement, clock } = await enforcementWorld(MEMORY);
  for (const [chain, what] of [
    [`A#${account(1)}`, 'hacked'],
    ['Z#else', 'acknowledged'],
  ] as const) {
    const { body, hash } = seal({ chain, sequence: 1, at: T0, actor: { kind: 'clock' }, what, because: [], previous: '', state: {} });
    await stores.enforcement.put({ pk: chain, sk: 'E#00000001', body, hash });
    await stores.enforcement.put({ pk: 'LEDGER#2026-04-22', sk: `2026-04-22T00:00:00.000Z#${chain}#00000001`, chain, sequence: 1, hash });
  }
  clock.advanceTo(T0 + 5 * MINUTE);
  const bus = new MemoryEventBus();
  await publishLedger(bus, { table: stores.enforcement, ledger: enforcement.ledger, clock });
  expect(bus.published.map(({ type }) => type)).toEqual(['lockstep.kill-switch.armed']);
});

test('the audit log calls each chain what it is called outside', () => {
  for (const [subject, { prefixes }] of Object.entries(LEDGER_EVENTS))
    for (const prefix of prefixes) expect(subjectOf(`${prefix}one`)).toEqual({ kind: subject, id: 'one' });
});
