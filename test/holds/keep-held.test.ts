import { createHash } from 'node:crypto';
import { askErasure } from '../../functions/enforcement/commands/erase';
import { placeHold, releaseHold } from '../../functions/enforcement/commands/legal-holds';
import { fold } from '../../functions/features/fold';
import { plan } from '../../functions/features/plan';
import { keepHeld } from '../../functions/holds/keep-held';
import { ingest } from '../../functions/ingest/ingest';
import { DAY, HOUR, hourOf, iso } from '../../shared/domain/time';
import { campaignId } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { HeldStore } from '../../shared/stores/archive/held-store';
import { onBothSides } from '../support/sides';
import { buildCampaign, buildMember } from '../support/worlds/build-campaign';
import { ADA, BEN, enforcementWorld, says } from '../support/worlds/enforcement-world';

const hasher = new KeyedHasher('k'.repeat(64));
const keyOf = (subject: string) => hasher.account(subject).key;
const ARCHIVE_DAYS = 15;

onBothSides((side) => {
  async function world() {
    const { enforcement, stores, clock } = await enforcementWorld(side);
    const begin = hourOf(clock.now());
    const ports = { ...stores, campaigns: enforcement.campaigns, holds: enforcement.holds, clock, archiveDays: ARCHIVE_DAYS };
    const event = (subject: string, id: string, at: number) => ({
      specversion: '1.0',
      type: 'lockstep.usage.v1',
      source: 'gateway',
      id,
      time: iso(at),
      subject,
      data: { model: 'atlas-5', inputTokens: 100, outputTokens: 10, prompt: { text: 'what the harbour master did' } },
    });
    let sent = 0;
    const take = async (events: readonly object[]) => {
      await ingest([{ id: `m-${++sent}`, body: JSON.stringify(events) }], { ...stores, clock, hasher, segments: 2 });
      clock.advanceTo(clock.now() + 10 * 60_000);
      for (const task of await plan({ ...stores, clock, shards: 2 })) await fold(task, { ...stores, rows: 'none' });
    };
    /** What S3 does by itself when retention ends. */
    const retentionEnds = async () => {
      for (const prefix of ['chunks/', 'plans/', 'folds/']) {
        const keys: string[] = [];
        for await (const key of stores.archive.list(prefix)) keys.push(key);
        for (const key of keys) await stores.archive.delete(key);
      }
    };
    const heldIn = async (hold: string) => {
      const store = new HeldStore(stores.archive);
      const found: { account: string; id: string; at: string }[] = [];
      for (const keys of (await store.hours(hold)).values())
        for (const key of keys) {
          const part = await store.read(key);
          const lines = (part?.items ?? []).map(({ account, ...item }) => `${JSON.stringify({ account, ...item })}\n`);
          expect(createHash('sha256').update(lines.join('')).digest('hex')).toBe(part?.digest);
          found.push(...(part?.items ?? []));
        }
      return found;
    };
    const hold = async (about: Parameters<typeof placeHold>[0]['about'], reference = 'court 12/26') => {
      const placed = await placeHold({ ...says(ADA), about, reference }, enforcement);
      if (placed.kind !== 'done') throw new Error(placed.because);
      return placed.hold;
    };
    return { enforcement, stores, clock, begin, ports, event, take, retentionEnds, heldIn, hold };
  }

  test('events of a held account outlive the archive, and only they; late ones too; released, they go', async () => {
    const { clock, begin, ports, event, take, retentionEnds, heldIn, hold, enforcement, stores } = await world();
    clock.advanceTo(begin + HOUR);
    await take([event('held', 'a', begin + 60_000), event('other', 'b', begin + 60_000), event('held', 'a', begin + 60_000)]);
    const id = await hold({ kind: 'accounts', accounts: [keyOf('held')] });
    clock.advanceTo(begin + 5 * HOUR);
    expect(await keepHeld(ports)).toMatchObject({ holds: 1, hours: 1, events: 1, more: false, gone: [] });
    // Again: nothing is left to do. A later version of the hour is copied in its turn.
    expect(await keepHeld(ports)).toMatchObject({ hours: 0, events: 0 });
    await take([event('held', 'late', begin + 120_000)]);
    expect(await keepHeld(ports)).toMatchObject({ hours: 1, events: 2 });
    await retentionEnds();
    clock.advanceTo(begin + 20 * DAY);
    expect(await keepHeld(ports)).toMatchObject({ hours: 0, gone: [] });
    const held = await heldIn(id);
    expect(held.map(({ account, at }) => [account, at])).toEqual([
      [keyOf('held'), iso(begin + 60_000)],
      [keyOf('held'), iso(begin + 120_000)],
    ]);
    expect(JSON.stringify(held)).not.toMatch(/harbour|gateway/);
    // Nobody erases what has to be shown; once it is released they may.
    expect(await askErasure(keyOf('held'), says(ADA), enforcement)).toMatchObject({
      kind: 'refused',
      because: expect.stringContaining(id),
    });
    expect(await releaseHold({ ...says(BEN), id }, enforcement)).toMatchObject({ kind: 'refused' });
    expect(await releaseHold({ ...says(ADA), id }, enforcement)).toMatchObject({ kind: 'done' });
    expect(await keepHeld(ports)).toMatchObject({ holds: 0, released: 3 });
    for await (const key of stores.archive.list('holds/')) throw new Error(`${key} is still there`);
    expect(await heldIn(id)).toEqual([]);
    expect(await askErasure(keyOf('held'), says(ADA), enforcement)).toMatchObject({ kind: 'asked' });
  });

  test('a campaign is held with whoever joins it, and whoever leaves it stays held; a call that stops is gone on with', async () => {
    const { enforcement, clock, begin, ports, event, take, heldIn, hold } = await world();
    const campaign = (accounts: readonly string[]) => ({
      ...buildCampaign({ id: campaignId('C-held') }),
      members: accounts.map((name) => buildMember(0, { account: keyOf(name) })),
    });
    await enforcement.campaigns.save({ ...campaign(['one', 'two']), version: 1 });
    clock.advanceTo(begin + HOUR);
    await take([event('one', 'a', begin), event('two', 'b', begin), event('three', 'c', begin)]);
    const id = await hold({ kind: 'campaign', campaign: campaignId('C-held') });
    clock.advanceTo(begin + 4 * HOUR);
    expect(await keepHeld(ports, 0)).toMatchObject({ hours: 0, more: true });
    expect(await keepHeld(ports)).toMatchObject({ hours: 1, events: 2, more: false });
    await enforcement.campaigns.save({ ...campaign(['two', 'three']), version: 2 });
    expect(await keepHeld(ports)).toMatchObject({ hours: 1, events: 1 });
    // Who left the campaign is held still.
    expect(await askErasure(keyOf('one'), says(ADA), enforcement)).toMatchObject({ kind: 'refused', because: expect.stringContaining(id) });
    const later = hourOf(clock.now());
    clock.advanceTo(later + HOUR);
    await take([event('one', 'd', later), event('three', 'e', later)]);
    clock.advanceTo(later + 4 * HOUR);
    await keepHeld(ports);
    expect((await heldIn(id)).map(({ account }) => account).sort()).toEqual(['one', 'two', 'three', 'one', 'three'].map(keyOf).sort());
  });

  test('an hour that is gone already is named, and stops no other; who may not place a hold places none', async () => {
    const { enforcement, clock, begin, ports, event, take, retentionEnds, hold } = await world();
    clock.advanceTo(begin + HOUR);
    await take([event('held', 'a', begin)]);
    await retentionEnds();
    const id = await hold({ kind: 'accounts', accounts: [keyOf('held')] });
    const later = hourOf(clock.now());
    clock.advanceTo(later + HOUR);
    await take([event('held', 'b', later)]);
    clock.advanceTo(later + 4 * HOUR);
    const kept = await keepHeld(ports);
    expect(kept).toMatchObject({ events: 1 });
    expect(kept.gone).toEqual([expect.stringContaining(`holds/${id}/`)]);
    const about = { kind: 'accounts', accounts: [keyOf('other')] } as const;
    expect(
      await placeHold({ ...says(BEN), about: { ...about, accounts: [...about.accounts] }, reference: 'x y z' }, enforcement),
    ).toMatchObject({
      kind: 'refused',
    });
    expect(
      await placeHold({ ...says(ADA), about: { kind: 'accounts', accounts: [keyOf('held')] }, reference: 'court 12/26' }, enforcement),
    ).toMatchObject({ kind: 'already' });
  });
});
