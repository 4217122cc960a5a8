import { approve } from '../../functions/enforcement/commands/approve';
import { openByHand } from '../../functions/enforcement/commands/choose-accounts';
import { undoCase } from '../../functions/enforcement/commands/undo';
import { watchKeys } from '../../functions/enforcement/keys/watch-keys';
import { tellPeople } from '../../functions/enforcement/notices/tell-people';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { ingest } from '../../functions/ingest/ingest';
import { oneCase } from '../../functions/query/cases/cases';
import { nameOfKey } from '../../shared/domain/api-key';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { HOUR, iso, MINUTE } from '../../shared/domain/time';
import { hash64, sealedId } from '../../shared/identity/ids';
import { hashText, KeyedHasher } from '../../shared/identity/keyed-hash';
import { MemoryDeadLetterQueues } from '../../shared/memory/memory-dead-letter-queues';
import { MemoryEventBus } from '../../shared/memory/memory-event-bus';
import { EventStore } from '../../shared/stores/archive/event-store';
import { onBothSides, type Side } from '../support/sides';
import { BEN, BOLD, CLEO, enforcementWorld, says } from '../support/worlds/enforcement-world';

const hasher = new KeyedHasher('a key of this test, and of nobody else');
const account = hasher.account('acct-1').key;
const KEY = hash64(hashText(hasher.object('api-key', 'key-17')));
const NAME = nameOfKey(account, KEY);

/** One key of one account, ended by a case: the provider acknowledged it. */
async function ended(side: Side) {
  const world = await enforcementWorld(side, { policy: BOLD });
  const { stores, clock } = world;
  const enforcement = { ...world.enforcement, events: new EventStore(stores) };
  await enforcement.table.put({ pk: 'BUDGET', sk: 'POPULATION', activeAccounts: 1_000_000, at: clock.now() });
  const told = (change: 'created' | 'rotated' | 'disabled', event: string) =>
    enforcement.keys.change(account, { key: KEY, sealed: sealedId('sealed') }, { change, at: clock.now(), event });
  await told('created', 'made');
  const opened = await openByHand(
    { ...says(BEN), accounts: [account], action: 'disable-key', reasonCode: 'key-compromised', keys: [KEY] },
    enforcement,
  );
  if (opened.kind !== 'done') throw new Error(opened.because);
  const id = opened.case;
  expect(await approve({ ...says(CLEO), case: id, protectedToo: false }, enforcement)).toMatchObject({ kind: 'done' });
  await world.pass(HOUR);
  const phase = async () => (await enforcement.ledger.head(ACCOUNT_CHAIN, account))!.state.phase;
  expect(await phase()).toMatchObject({ kind: 'acknowledged', action: { keys: [{ key: KEY }] } });
  let sent = 0;
  /** Requests of the account an hour from now, folded another hour later. */
  const used = async (requests: number, data: object) => {
    await world.pass(HOUR);
    const events = Array.from({ length: requests }, (_, n) => ({
      specversion: '1.0',
      type: 'lockstep.usage.v1',
      source: 's',
      id: `e${++sent}`,
      time: iso(clock.now() + n * MINUTE),
      subject: 'acct-1',
      data: { model: 'm', inputTokens: 1, outputTokens: 1, apiKey: 'key-17', ...data },
    }));
    await world.pass(HOUR);
    expect((await ingest([{ id: 'm', body: JSON.stringify(events) }], { ...stores, clock, hasher, segments: 1 })).accepted).toBe(requests);
    for (const task of await plan({ ...stores, clock, shards: 1 })) await fold(task, { ...stores, rows: 'none' });
    await world.pass(HOUR);
  };
  const bus = new MemoryEventBus();
  const tell = async () => {
    const before = bus.published.length;
    await tellPeople(
      { ...enforcement, features: stores.features, deadLetters: new MemoryDeadLetterQueues() },
      { bus, channels: [], origin: 'https://lockstep.example' },
    );
    return bus.published.slice(before).flatMap(({ type, detail }) => (type.includes('key-at-work') ? [String(detail.state)] : []));
  };
  const seen = async () => {
    const { watched: _watched, ...found } = await watchKeys(enforcement);
    return { ...found, told: await tell() };
  };
  const onPage = async () => {
    const found = await oneCase(id, { stores, clock, campaigns: enforcement.campaigns, cursors: undefined as never });
    return found.kind === 'case' ? found.keysAtWork : undefined;
  };
  return { ...world, enforcement, id, told, phase, used, seen, onPage, bus };
}

onBothSides((side) => {
  test('a key that the provider said is ended is used all the same: people are told, once, until a key event says that it ended', async () => {
    const { used, seen, phase, told, enforcement, id, onPage, pass, bus } = await ended(side);
    // A gateway that refuses it, another key, and what an action of ours stopped are no use of it.
    await used(3, { status: 'error' });
    await used(3, { apiKey: 'key-18' });
    await used(2, { status: 'blocked' });
    expect(await seen()).toEqual({ ended: 0, atWork: 0, told: [] });
    await used(4, {});
    expect(await seen()).toEqual({ ended: 0, atWork: 1, told: ['open'] });
    const head = (await enforcement.ledger.head(ACCOUNT_CHAIN, account))!;
    expect(head).toMatchObject({ what: 'key still works', state: { phase: { kind: 'acknowledged', atWork: expect.any(Number) } } });
    expect(head.because).toEqual([expect.stringMatching(`^4 requests with ${NAME} were served after the provider acknowledged`)]);
    expect(await onPage()).toEqual([account]);
    // Told once, however often it is looked at; and no account, key or person is named.
    await used(1, {});
    expect(await seen()).toEqual({ ended: 0, atWork: 1, told: [] });
    expect((await enforcement.ledger.head(ACCOUNT_CHAIN, account))!.sequence).toBe(head.sequence);
    expect(JSON.stringify(bus.published)).not.toMatch(new RegExp(`${account}|${KEY}|${NAME}`));
    await told('disabled', 'at last');
    await pass(HOUR);
    expect(await seen()).toEqual({ ended: 1, atWork: 0, told: ['over'] });
    expect(await phase()).toMatchObject({ kind: 'observed' });
    expect(await phase()).not.toHaveProperty('atWork');
    expect(await onPage()).toEqual([]);
    // And given back it is like any other.
    await undoCase({ ...says(CLEO), case: id }, enforcement);
    await pass(HOUR);
    expect(await phase()).toMatchObject({ kind: 'reinstated' });
  });

  test('later key events: ended is seen in the ledger; one that says the key works again is told; an undone case is nobody’s trouble', async () => {
    const { seen, phase, told, enforcement, id, pass } = await ended(side);
    await pass(MINUTE);
    await told('rotated', 'rotated');
    expect(await seen()).toEqual({ ended: 1, atWork: 0, told: [] });
    expect(await phase()).toMatchObject({ kind: 'observed', action: { keys: [{ key: KEY }] } });
    await pass(HOUR);
    // Nothing new: nothing is written again.
    expect(await seen()).toEqual({ ended: 0, atWork: 0, told: [] });
    await told('created', 'made again');
    await pass(HOUR);
    expect(await seen()).toEqual({ ended: 0, atWork: 1, told: ['open'] });
    expect((await enforcement.ledger.head(ACCOUNT_CHAIN, account))?.because).toEqual([
      expect.stringMatching(`^a key event says that ${NAME} works since`),
    ]);
    await undoCase({ ...says(CLEO), case: id }, enforcement);
    await pass(2 * HOUR);
    expect(await seen()).toEqual({ ended: 0, atWork: 0, told: ['over'] });
  });
});
