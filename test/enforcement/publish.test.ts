import { replayDeliveries } from '../../functions/enforcement/account-actions/replay-deliveries';
import { undoAccount } from '../../functions/enforcement/commands/undo';
import { publishLedger } from '../../functions/enforcement/ledger/publish';
import { DAY, HOUR, MINUTE } from '../../shared/domain/time';
import type { OutgoingEvent } from '../../shared/ports';
import { onBothSides } from '../support/sides';
import { account, buildCampaign, T0 } from '../support/worlds/build-campaign';
import { BEN, enforcementWorld, says } from '../support/worlds/enforcement-world';

onBothSides((side) => {
  async function busyWorld() {
    const world = await enforcementWorld(side);
    await world.detect(buildCampaign({ size: 15 }));
    await world.pass(3 * HOUR);
    await undoAccount({ ...says(BEN), account: account(1) }, world.enforcement);
    return world;
  }

  describe('publishing the ledger', () => {
    test('every entry once, in order, across days and pages, and nothing that names anybody', async () => {
      const world = await busyWorld();
      await world.pass(30 * HOUR);
      await undoAccount({ ...says(BEN), account: account(2) }, world.enforcement);
      await world.pass(2 * MINUTE);
      const events: OutgoingEvent[] = [];
      const bus = { publish: async (some: readonly OutgoingEvent[]) => void events.push(...some) };
      await publishLedger(bus, world.enforcement);
      expect((await publishLedger(bus, world.enforcement)).published).toBe(0);
      const entries = [];
      for (const day of [T0, T0 + DAY]) entries.push(...(await world.enforcement.ledger.feed(day, { limit: 10_000 })).entries);
      expect(events.map((event) => event.id)).toEqual(entries.map((entry) => entry.hash));
      expect(events.map((event) => event.type)).toEqual(
        expect.arrayContaining([
          'lockstep.case.opened',
          'lockstep.account.suspend-asked',
          'lockstep.account.reversed',
          'lockstep.account.reinstated',
          'lockstep.case.contained',
        ]),
      );
      expect(JSON.stringify(events)).not.toMatch(/sealed|ben|because I looked/);
    });

    test('a bus that was down gets what it missed', async () => {
      const world = await busyWorld();
      await world.pass(2 * MINUTE);
      await expect(publishLedger({ publish: () => Promise.reject(new Error('down')) }, world.enforcement)).rejects.toThrow('down');
      const events: OutgoingEvent[] = [];
      await publishLedger({ publish: async (some) => void events.push(...some) }, world.enforcement);
      expect(events.length).toBeGreaterThan(45);
    });

    test('what was written a moment ago waits until everything before it is in place', async () => {
      const world = await enforcementWorld(side);
      const events: OutgoingEvent[] = [];
      await publishLedger({ publish: async (some) => void events.push(...some) }, world.enforcement);
      expect(events).toEqual([]);
      await world.pass(2 * MINUTE);
      await publishLedger({ publish: async (some) => void events.push(...some) }, world.enforcement);
      expect(events.map((event) => event.type)).toEqual(['lockstep.kill-switch.armed']);
    });
  });

  test('deliveries are replayed from the ledger with the ids of the first time, and an overruled one is not', async () => {
    const world = await busyWorld();
    const first = world.provider.received.map((request) => request.id);
    world.provider.received.length = 0;
    expect(await replayDeliveries({ from: T0, to: world.clock.now() }, world.enforcement)).toEqual({
      sent: 15,
      unreachable: 0,
      outdated: 1,
    });
    for (const request of world.provider.received) expect(first).toContain(request.id);
    expect(world.provider.received.filter((request) => request.account === account(1)).map((request) => request.kind)).toEqual(['restore']);
    expect(world.provider.suspended()).toHaveLength(14);
  });
});
