import { approve } from '../../functions/enforcement/commands/approve';
import { Pipeline } from '../../local/pipeline';
import { nameOfKey } from '../../shared/domain/api-key';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { DAY, HOUR, iso } from '../../shared/domain/time';
import { hashText } from '../../shared/identity/keyed-hash';
import { SeededChance } from '../../shared/memory/simulated-clock';
import { CLEO, RECOMMENDED, says } from '../support/worlds/enforcement-world';

/**
 * Thirty-six accounts of three keys each, of which the one of their build pipeline was in public code; from the fifth day a thief works
 * with it from fourteen addresses and a client of his own, beside its owner. Among two thousand people: a thief's addresses are told from
 * anybody's by how few of many have them.
 */
const START = Date.UTC(2026, 3, 1);
const DAYS = 9;
const THEFT = START + 4 * DAY;
const VICTIMS = Array.from({ length: 36 }, (_, n) => `shop-${n}`);
const PEOPLE = Array.from({ length: 2_000 }, (_, n) => `person-${n}`);
const keysOf = (account: string) => ({ stolen: `${account}/ci`, others: [`${account}/console`, `${account}/site`] });

function traffic(): { at: number; line: string }[] {
  const chance = new SeededChance(11);
  const below = (n: number): number => Math.floor(chance.next() * n);
  const lines: { at: number; line: string }[] = [];
  const event = (type: string, subject: string, at: number, data: object): void => {
    const id = `e-${lines.length}`;
    lines.push({
      at,
      line: JSON.stringify({ specversion: '1.0', source: 'gateway', id, type: `lockstep.${type}.v1`, subject, time: iso(at), data }),
    });
  };
  const asked = (subject: string, at: number, apiKey: string, ip: string, userAgent: string, text: string): void =>
    event('usage', subject, at, {
      ...{ model: 'atlas-5', inputTokens: 400, outputTokens: 600, apiKey },
      ...{ network: { ip }, client: { userAgent }, prompt: { text } },
    });
  const words = () => Array.from({ length: 8 }, () => 'abcdefghijklmnopqrst'[below(20)]!.repeat(1 + below(5))).join(' ');
  const born = () => iso(START - (60 + below(300)) * DAY);
  PEOPLE.forEach((account, n) => {
    event('account', account, START, { createdAt: born(), plan: 'paid', paymentInstrument: `card of ${account}` });
    for (let day = below(3); day < DAYS; day += 2)
      asked(
        account,
        START + day * DAY + (8 + below(11)) * HOUR + below(HOUR),
        `${account}/key`,
        `10.${n >> 8}.${n & 255}.9`,
        `popular/${n % 4}`,
        words(),
      );
  });
  VICTIMS.forEach((account, n) => {
    event('account', account, START, { createdAt: born(), plan: 'paid', paymentInstrument: `card of ${account}` });
    const { stolen, others } = keysOf(account);
    for (const key of [stolen, ...others]) event('key', account, START, { key, change: 'created', by: 'owner' });
    for (let hour = 0; hour < DAYS * 24; hour += 3) {
      const at = START + hour * HOUR + below(HOUR);
      asked(account, at, [stolen, ...others][(hour / 3) % 3]!, `172.16.${n}.7`, `popular/${n % 4}`, words());
      if (START + hour * HOUR < THEFT) continue;
      for (let times = 0; times < 3; times++)
        asked(account, START + hour * HOUR + times * HOUR + below(HOUR), stolen, `198.51.${below(14)}.7`, 'loot/1', words());
    }
  });
  return lines.sort((one, other) => one.at - other.at);
}

/** A reviewer who reads: of what waits, what is about keys is approved. */
async function approveKeys({ enforcement }: Pipeline): Promise<void> {
  for (const { id, head } of (await enforcement.cases.page(undefined, 200)).cases) {
    const { progress, action } = head.state;
    if (progress.kind === 'awaiting-approval' && action === 'disable-key')
      await approve({ ...says(CLEO), case: id, protectedToo: false }, enforcement);
  }
}

test('from traffic to the provider: the stolen one of three keys is named and asked for, accounts and their other keys go on', async () => {
  const pipeline = new Pipeline({ policy: RECOMMENDED, secret: 'k'.repeat(64), start: START, detectEvery: 12 * HOUR });
  const { gateway, hasher, enforcement } = pipeline;
  await pipeline.arm('the test');
  const lines = traffic();
  for (let day = 0, from = 0; day <= DAYS; day++) {
    for (let part = 0; part < 2; part++) {
      const until = START + day * DAY + (part * DAY) / 2;
      let to = from;
      while (to < lines.length && lines[to]!.at < until) to++;
      await pipeline.advanceTo(until);
      if (to > from)
        expect(
          (
            await pipeline.take([
              {
                id: 'm',
                body: lines
                  .slice(from, to)
                  .map(({ line }) => line)
                  .join('\n'),
              },
            ])
          ).rejected,
        ).toEqual([]);
      from = to;
      await approveKeys(pipeline);
    }
  }
  await pipeline.advanceTo(pipeline.clock.now() + 2 * DAY);
  const victims = new Map(VICTIMS.map((name) => [hasher.account(name).key, keysOf(name)]));
  const asked = gateway.received.map(({ account, kind, keys }) => ({
    account,
    kind,
    keys: keys?.map(({ sealed }) => hasher.open(sealed)),
  }));
  expect(asked.filter(({ account }) => !victims.has(account))).toEqual([]);
  expect(new Set(asked.map(({ kind }) => kind))).toEqual(new Set(['rotate-key', 'notify-owner']));
  expect(asked.filter(({ account, keys }) => keys?.join() !== victims.get(account)!.stolen)).toEqual([]);
  expect(new Set(asked.map(({ account }) => account)).size).toBe(VICTIMS.length);
  expect(gateway.suspended()).toEqual([]);
  for (const [account, { stolen }] of victims) {
    const name = nameOfKey(account, hashText(hasher.object('api-key', stolen)));
    const [first] = await enforcement.ledger.history(ACCOUNT_CHAIN, account);
    expect(first).toMatchObject({ what: 'disable-key asked', because: expect.arrayContaining([`It is about ${name} alone.`]) });
    // What the owner asks with any key is served.
    expect(gateway.effect(account)?.(pipeline.clock.now())).toBeUndefined();
  }
}, 300_000);
