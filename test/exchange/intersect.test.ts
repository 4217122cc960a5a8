import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { again, blinded, POINT_BYTES, placesIn, pointsIn, secretOf, shared } from '../../functions/exchange/intersect';
import { type Item, itemsOf, normalised } from '../../functions/exchange/normalise';
import { fc } from '../support/property';

const secret = () => secretOf(randomBytes(64));
const client = (n: number | string): Item => ({ type: 'client-build', value: `harvest/${n}` });
const text = (points: readonly Uint8Array[]) => points.map((one) => Buffer.from(one).toString('hex'));

describe('the same thing is the same text, whoever writes it; what is a person stays at home', () => {
  test.each([
    ['network-prefix', '203.0.113.9', '203.0.113.0/24'],
    ['network-prefix', ' 203.0.113.9:443 ', '203.0.113.0/24'],
    ['network-prefix', '203.0.113.0/24', '203.0.113.0/24'],
    ['network-prefix', '::ffff:203.0.113.9', '203.0.113.0/24'],
    ['network-prefix', '2001:DB8:1:2::5', '2001:db8:1::/48'],
    ['email-domain', 'Fastmail-77.EXAMPLE.', 'fastmail-77.example'],
    ['email-domain', 'bücher.example', 'xn--bcher-kva.example'],
    ['client-build', ' harvest/1 ', 'harvest/1'],
  ])('%s %s', (type, value, is) => {
    expect(normalised(type, value)).toEqual({ kind: 'item', item: { type, value: is } });
  });
  test.each([
    ['payment-instrument', '4111 1111 1111 1111', /stay at home/],
    ['network-address', '203.0.113.9', /stay at home/],
    ['account', 'acct-1', /stay at home/],
    [undefined, 'x', /no type/],
    ['network-prefix', 'somewhere', /no address/],
    ['network-prefix', '999.1.1.1/24', /no address/],
    ['email-domain', 'ada@example.org', /no domain/],
    ['email-domain', 'https://example.org/x', /no domain/],
    ['client-build', 7, /no text/],
    ['client-build', '   ', /no text/],
    ['client-build', 'x'.repeat(1_025), /longer/],
    ['prompt-template', 'f1.nonsense', /fingerprint/],
  ])('refused: %s %s', (type, value, because) => {
    expect(normalised(type, value)).toEqual({ kind: 'refused', because: expect.stringMatching(because) });
  });
  test('lines: each once, and each that is left out by its number', () => {
    const lines = [
      '{"type":"client-build","value":"a"}',
      '',
      '{"type":"client-build","value":" a "}',
      'buy milk',
      '7',
      '{"type":"card","value":"1"}',
    ];
    const found = itemsOf(lines);
    expect(found.items).toEqual([{ type: 'client-build', value: 'a' }]);
    expect(found.refused.map(({ line }) => line)).toEqual([4, 5, 6]);
  });
});

test('both find what both hold, whatever else there is, and nothing more', () => {
  let reached = 0;
  const set = fc.uniqueArray(fc.nat(30), { maxLength: 12 });
  fc.assert(
    fc.property(set, set, (one, other) => {
      const [a, b] = [secret(), secret()];
      const [mine, theirs] = [one.map(client), other.map(client)];
      const sent = pointsIn(Buffer.concat(blinded(mine, a)));
      if (sent.kind !== 'points') throw new Error(sent.because);
      const both = shared(again(sent.points, b), again(blinded(theirs, b), a));
      const expected = one.filter((n) => other.includes(n)).sort();
      expect(both.mine.map((at) => one[at]).sort()).toEqual(expected);
      expect(both.theirs.map((at) => other[at]).sort()).toEqual(expected);
      if (expected.length > 0 && expected.length < one.length) reached++;
    }),
    { numRuns: 25 },
  );
  expect(reached).toBeGreaterThan(5);
});

test('what travels says nothing without the secret: of the same set twice no point is the same, and none is the plain hash', () => {
  const items = Array.from({ length: 20 }, (_, n) => client(n));
  const [once, twice] = [text(blinded(items, secret())), text(blinded(items, secret()))];
  const plain = text(blinded(items, 1n));
  expect(new Set([...once, ...twice, ...plain]).size).toBe(60);
});

describe('a peer that sends something else is answered, with what is wrong', () => {
  const good = blinded([client(1), client(2)], 5n);
  test.each<[string, Uint8Array, RegExp]>([
    ['half a point', Buffer.concat(good).subarray(1), /no points of 32/],
    ['duplicates', Buffer.concat([good[0]!, good[1]!, good[0]!]), /point 2 came before/],
    ['bytes that are no point', Buffer.alloc(POINT_BYTES, 255), /point 0 is none of the group/],
    ['the neutral element, under which every secret is the same', Buffer.alloc(POINT_BYTES), /point 0 is none of the group/],
    ['another encoding of a point', Buffer.concat([good[0]!, good[1]!.map((byte, at) => (at === 0 ? byte ^ 1 : byte))]), /point 1 is none/],
    ['a hundred thousand and one', new Uint8Array(100_001 * POINT_BYTES), /more than 100000/],
  ])('%s', (_, bytes, because) => {
    expect(pointsIn(bytes)).toEqual({ kind: 'refused', because: expect.stringMatching(because) });
  });
  test('too few or too many of what was sent', () => {
    expect(pointsIn(Buffer.concat(good), 3)).toMatchObject({ kind: 'refused', because: '2 points where 3 belong' });
  });
  test.each([[[0, 0]], [[2]], [[-1]], [[0.5]], [['0']], ['all'], [null]])('places %j', (value) => {
    expect(placesIn(value, 2).kind).toBe('refused');
  });
  test('secrets: of too few bytes, or of none', () => {
    expect(() => secretOf(new Uint8Array(63))).toThrow('64');
    expect(() => secretOf(new Uint8Array(64))).toThrow('none');
  });
});

/** Two processes that know nothing of each other but an address and a token. */
describe('over loopback', () => {
  const ROOT = join(__dirname, '../..');
  const TOKEN = 'agreed on by telephone';
  let folder: string;
  const running: ChildProcess[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'labs-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => {
    for (const one of running.splice(0)) one.kill();
  });

  const run = (...args: string[]) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), join(ROOT, 'cli/intersect.ts'), ...args], {
      cwd: ROOT,
    });
    running.push(child);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
      child.once('exit', (code) => resolve({ code, out, err })),
    );
    const address = async (): Promise<string> => {
      for (;;) {
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0];
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    return { ended, address };
  };
  const file = (name: string, lines: readonly string[]): string => {
    const path = join(folder, name);
    writeFileSync(path, lines.join('\n'));
    return path;
  };
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => JSON.stringify({ type: 'client-build', value: `harvest/${from + n}` }));

  test('two labs find the 37 that both hold, and each writes its own', async () => {
    const serving = run('serve', '--file', file('b', lines(63, 160)), '--token', TOKEN, '--out', join(folder, 'b.out'));
    const url = await serving.address();
    const wrong = await fetch(`${url}/points`, { method: 'POST', headers: { authorization: 'Bearer another' }, body: '' });
    expect(wrong.status).toBe(401);
    const early = await fetch(`${url}/shared`, { method: 'POST', headers: { authorization: `Bearer ${TOKEN}` }, body: '[]' });
    expect(early.status).toBe(409);
    const asking = run(
      'ask',
      url,
      '--file',
      file('a', [...lines(0, 100), '{"type":"card","value":"4111"}']),
      '--token',
      TOKEN,
      '--out',
      join(folder, 'a.out'),
    );
    const [asked, served] = await Promise.all([asking.ended, serving.ended]);
    expect(asked).toMatchObject({ code: 0, err: expect.stringContaining('line 101 is left out: indicators of type card stay at home') });
    expect(asked.out).toMatch(/37 of 100 indicators are held by both \(the other side has 97; \d+ bytes sent, \d+ received, [\d.]+ s\)/);
    expect(served.out).toContain('37 of 97 indicators are held by both');
    const kept = (name: string) => readFileSync(join(folder, name), 'utf8').trim().split('\n').sort();
    expect(kept('a.out')).toEqual(lines(63, 100).sort());
    expect(kept('b.out')).toEqual(kept('a.out'));
  });

  test.each<[string, (body: Buffer) => { status?: number; body: Buffer | string }, RegExp]>([
    ['sends back what it was given', (body) => ({ body: Buffer.concat([body, body]) }), /sent back what it was given/],
    ['sends duplicates', (body) => ({ body: Buffer.concat([body.subarray(32), body.subarray(32)]) }), /came before/],
    ['sends no points', () => ({ body: 'hello' }), /no points|where 3 belong/],
    ['sends nothing', () => ({ body: '' }), /0 points where 3 belong/],
    ['refuses', () => ({ status: 400, body: 'not you' }), /refused \(400\): not you/],
    ['sends the neutral element', (body) => ({ body: Buffer.concat([Buffer.alloc(32), body.subarray(32)]) }), /none of the group/],
  ])('a lab that %s: said, and nothing is written', async (_, answer, because) => {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { status = 200, body } = answer(Buffer.concat(chunks));
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as { port: number }).port;
    const out = join(folder, `never-${port}`);
    const asked = await run('ask', `http://127.0.0.1:${port}`, '--file', file('c', lines(0, 3)), '--token', TOKEN, '--out', out).ended;
    server.close();
    expect([asked.code, asked.err]).toEqual([2, expect.stringMatching(because)]);
    expect(() => readFileSync(out)).toThrow();
  });

  test('a lab that is slow, and one that is not there', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const slow = await run('ask', `http://127.0.0.1:${port}`, '--file', file('d', lines(0, 3)), '--token', TOKEN, '--within', '1').ended;
    expect([slow.code, slow.err]).toEqual([2, 'the other side did not answer in time\n']);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const gone = await run('ask', `http://127.0.0.1:${port}`, '--file', file('d', lines(0, 3)), '--token', TOKEN).ended;
    expect([gone.code, gone.err]).toEqual([2, expect.stringContaining('ECONNREFUSED')]);
  });
});
