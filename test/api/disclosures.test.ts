import { approve } from '../../functions/enforcement/commands/approve';
import { DAY, HOUR, iso } from '../../shared/domain/time';
import { onBothSides } from '../support/sides';
import { wholeApi } from '../support/whole-api';
import { BEN, CLEO, says } from '../support/worlds/enforcement-world';
import { FIXTURE_NOW, fixtureCampaign, saveFixture } from '../support/worlds/fixture-world';

onBothSides((side) => {
  async function open() {
    const { api, token, world, stores } = await wholeApi(side);
    for (const [id, classification] of [
      ['second', 'distillation'],
      ['office', 'shared-origin'],
    ] as const)
      await saveFixture(fixtureCampaign({ id, classification, accounts: 30, firstSeen: FIXTURE_NOW - 5 * DAY }), stores);
    let keys = 0;
    const call = async (role: 'viewer' | 'reviewer' | 'admin', path: string, body?: unknown, key = `command-${++keys}`) => {
      const headers = { authorization: `Bearer ${await token(role)}`, 'content-type': 'application/json', 'idempotency-key': key };
      const answer = await api.request(path, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) });
      const text = await answer.text();
      return { status: answer.status, text, body: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined };
    };
    return { call, world, stores };
  }
  const NEW = {
    title: 'Operator one, spring 2026',
    campaigns: ['june', 'second'],
    prices: { inputPerMillion: 3, outputPerMillion: 15 },
    attribution: {
      statement: 'Accounts linked with a competitor.',
      confidence: 'moderate',
      basis: 'Two payers are employees, by public record.',
    },
    because: 'the letter of June',
  };

  test('as STIX: the campaigns as they were when it was written, a report that names them, whatever was found since; not for viewers', async () => {
    const { call, world } = await open();
    await call('reviewer', '/v1/disclosures', NEW);
    const before = await call('reviewer', '/v1/disclosures/1/stix?tlp=green');
    expect(before.status).toBe(200);
    const june = await world.enforcement.campaigns.get('june' as never);
    if (!june) throw new Error('the campaign is gone');
    await world.enforcement.campaigns.save({ ...june, version: june.version + 1, members: june.members.slice(0, 3) });
    const { body } = await call('reviewer', '/v1/disclosures/1/stix?tlp=green');
    expect(body).toEqual(before.body);
    const of = (type: string) => body.objects.filter((one: { type: string }) => one.type === type);
    expect(of('campaign').map(({ name }: { name: string }) => name)).toEqual(['june', 'second']);
    const [report, ...more] = of('report');
    expect(more).toEqual([]);
    expect(report).toMatchObject({ name: NEW.title, published: iso(world.clock.now()) });
    const ids = body.objects.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const ref of report.object_refs) expect(ids).toContain(ref);
    expect((await call('viewer', '/v1/disclosures/1/stix')).status).toBe(403);
    expect((await call('reviewer', '/v1/disclosures/9/stix')).status).toBe(404);
  });

  test('several campaigns of one operator in one numbered document: figures add up, attribution apart, nobody named', async () => {
    const { call, world } = await open();
    const written = await call('reviewer', '/v1/disclosures', NEW);
    expect(written.body).toMatchObject({ kind: 'done', because: 'it is disclosure 1' });
    const { body } = await call('reviewer', '/v1/disclosures/1');
    const [june, second] = await Promise.all(['june', 'second'].map((id) => world.enforcement.campaigns.get(id as never)));
    if (!june || !second) throw new Error('the campaigns are gone');
    expect(body).toMatchObject({
      number: 1,
      accounts: 90,
      exchanges: june.exchanges + second.exchanges,
      inputTokens: june.inputTokens + second.inputTokens,
      attribution: { confidence: 'moderate', author: expect.any(String) },
    });
    const dollars = ((june.inputTokens + second.inputTokens) * 3 + (june.outputTokens + second.outputTokens) * 15) / 1e6;
    expect(body.value.dollars).toBeCloseTo(dollars, 1);
    for (const part of ['capabilities', 'models', 'channels'] as const) {
      const exchanges = body[part].reduce((sum: number, one: { exchanges: number }) => sum + one.exchanges, 0);
      expect({ part, off: Math.abs(exchanges - body.exchanges) < 10 }).toEqual({ part, off: true });
    }
    expect(body.models.map(({ name }: { name: string }) => name)).toEqual(['atlas-5', 'atlas-4']);
    expect(body.about[0].done.length).toBeGreaterThan(0);
    const entry = (await world.enforcement.ledger.readable({ prefix: 'DS#', state: (await import('zod')).z.unknown() }, 'disclosures'))
      .entries[0];
    expect(body.hash).toBe(entry?.hash);
    expect(await world.enforcement.ledger.faults('DS#disclosures')).toEqual([]);
    const seen = (await call('viewer', '/v1/disclosures/1')).body;
    expect([seen.by, seen.attribution.author]).toEqual([null, null]);
    for (const { account } of june.members) expect(JSON.stringify(body)).not.toContain(account);
    const markdown = await call('viewer', '/v1/disclosures/1/markdown');
    expect(markdown.text).toMatch(/^# Disclosure 1: Operator one, spring 2026\n\n\*\*90 accounts\*\* in 2 campaigns/);
    expect(markdown.text).toContain(`hash ${body.hash}`);
    expect(markdown.text).toContain('Confidence: **moderate**');
  });

  test('who approved, confirmed and undid is named in no part of it: it goes to others, and stays', async () => {
    const { call, world } = await open();
    const { items } = (await call('viewer', '/v1/cases?campaign=june')).body;
    for (const who of [BEN, CLEO]) await approve({ ...says(who, `${who.id} looked`), case: items[0].id }, world.enforcement);
    await world.pass(DAY);
    await call('reviewer', '/v1/disclosures', NEW);
    const { body, text } = await call('viewer', '/v1/disclosures/1');
    const done = body.about[0].done.map(({ what, because }: Record<string, string>) => `${what}: ${because}`);
    expect(done).toEqual(expect.arrayContaining([expect.stringMatching(/^containing: approved by a reviewer/)]));
    expect(done[0]).toMatch(/^opened: distillation with probability/);
    const markdown = (await call('viewer', '/v1/disclosures/1/markdown')).text;
    for (const shown of [text, markdown]) for (const name of ['ben', 'cleo']) expect(shown).not.toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('it stays as it was written, whatever is found later; the next has the next number; the same command is one', async () => {
    const { call, world } = await open();
    await call('reviewer', '/v1/disclosures', NEW, 'the-same-command');
    const before = (await call('reviewer', '/v1/disclosures/1')).body;
    const grown = fixtureCampaign({ id: 'june', classification: 'distillation', accounts: 90, firstSeen: FIXTURE_NOW - 2 * DAY });
    await world.detect(grown.campaign);
    expect((await call('reviewer', '/v1/disclosures/1')).body).toEqual(before);
    await call('reviewer', '/v1/disclosures', NEW, 'the-same-command');
    await call('reviewer', '/v1/disclosures', { ...NEW, title: 'A correction' });
    const { items } = (await call('viewer', '/v1/disclosures')).body;
    expect(items.map(({ number, title, accounts }: Record<string, unknown>) => [number, title, accounts])).toEqual([
      [2, 'A correction', 120],
      [1, NEW.title, 90],
    ]);
  });

  test('a range counts its hours only', async () => {
    const { call, world } = await open();
    const june = await world.enforcement.campaigns.get('june' as never);
    const from = FIXTURE_NOW - 20 * HOUR;
    const to = FIXTURE_NOW - 10 * HOUR;
    await call('reviewer', '/v1/disclosures', { ...NEW, campaigns: ['june'], from: iso(from), to: iso(to) });
    const { body } = await call('reviewer', '/v1/disclosures/1');
    const counted = (june?.timeline ?? []).filter(([at]) => at >= from && at < to).reduce((sum, [, count]) => sum + count, 0);
    expect(counted).toBeGreaterThan(0);
    expect(body).toMatchObject({ exchanges: counted, from: iso(from), to: iso(to) });
  });

  test.each([
    ['viewer', NEW, 403],
    ['reviewer', { ...NEW, campaigns: [] }, 400],
    ['reviewer', { ...NEW, campaigns: ['nothing-here'] }, 404],
    ['reviewer', { ...NEW, campaigns: ['office'] }, 422],
    ['reviewer', { ...NEW, from: '2026-06-02T00:00:00Z', to: '2026-06-01T00:00:00Z' }, 422],
    ['reviewer', { ...NEW, attribution: { statement: 'It was them, surely.', confidence: 'certain', basis: 'I know them well.' } }, 400],
  ] as const)('%s writing %j is answered %d', async (role, body, status) => {
    const { call } = await open();
    expect((await call(role, '/v1/disclosures', body)).status).toBe(status);
    expect((await call('admin', '/v1/disclosures/1')).status).toBe(404);
  });
});
