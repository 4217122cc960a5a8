import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { again, blinded, MOST_POINTS, POINT_BYTES, placesIn, pointsIn, secretOf, shared } from '../functions/exchange/intersect';
import { type Item, itemsOf } from '../functions/exchange/normalise';
import { numberOf, readOptions, refuse } from './command-line';

const HELP = `npm run intersect -- serve --file FILE --token TOKEN [--port 0] [--most 20000] [--out FILE]
npm run intersect -- ask URL --file FILE --token TOKEN [--out FILE] [--within 900]

Two labs find which indicators both hold, and learn nothing of the others but how many there are. FILE: lines of
{"type":"network-prefix","value":"203.0.113.0/24"}; cards, accounts and addresses of persons are refused.
  serve  answers one exchange and ends; --most: indicators that it compares with
  ask    begins it with a lab that serves
Put TLS in front of it beyond one machine. --token: 16 characters or more that both agreed on. --out: lines of what both hold.
What comes of it acts on nobody.`;

/** Bodies are points and a little more. */
const LARGEST = MOST_POINTS * POINT_BYTES * 2 + 64;
/** How long the one who serves waits for the rest of an exchange, ms. */
const PATIENCE = 15 * 60_000;

const joined = (points: readonly Uint8Array[]): Buffer => Buffer.concat(points);
const pointsTexts = (bytes: Buffer): string[] =>
  Array.from({ length: Math.floor(bytes.length / POINT_BYTES) }, (_, at) =>
    bytes.toString('base64', at * POINT_BYTES, (at + 1) * POINT_BYTES),
  );
const seconds = (since: number): string => ((Date.now() - since) / 1_000).toFixed(1);

function shuffled<T>(list: readonly T[]): T[] {
  const all = [...list];
  for (let at = all.length - 1; at > 0; at--) {
    const other = randomInt(at + 1);
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all;
}

function mine(file: string | undefined): Item[] {
  if (file === undefined) return refuse(`--file is missing\n${HELP}`);
  const { items, refused } = itemsOf(readFileSync(file, 'utf8').split('\n'));
  for (const { line, because } of refused.slice(0, 10)) console.error(`line ${line} is left out: ${because}`);
  if (refused.length > 10) console.error(`… and ${refused.length - 10} more`);
  if (items.length === 0) return refuse(`${file} holds nothing that may be compared`);
  if (items.length > MOST_POINTS) return refuse(`${file} holds ${items.length} indicators: at most ${MOST_POINTS} at once`);
  return shuffled(items);
}

function keep(found: readonly Item[], all: number, out: string | undefined, how: string): void {
  console.log(`${found.length} of ${all} indicators are held by both ${how}`);
  if (out !== undefined) writeFileSync(out, found.map((one) => `${JSON.stringify(one)}\n`).join(''));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST) throw new Error('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isToken(given: string | undefined, token: string): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(`Bearer ${token}`)];
  return one.length === other.length && timingSafeEqual(one, other);
}

type Options = { file?: string | undefined; token: string; out?: string | undefined };

function serve({ file, token, out }: Options, port: number, most: number): void {
  const items = mine(file);
  const secret = secretOf(randomBytes(64));
  const own = blinded(items, secret);
  let state: 'new' | 'answered' = 'new';
  let sent = 0;
  let received = 0;
  const server = createServer(async (request, response) => {
    const end = (status: number, body: Buffer | string) => {
      sent += body.length;
      response
        .writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/octet-stream', connection: 'close' })
        .end(body);
    };
    try {
      if (!isToken(request.headers.authorization, token)) return end(401, 'send the token that was agreed on');
      const body = await bodyOf(request);
      received += body.length;
      if (request.url === '/points' && state === 'new') {
        const since = Date.now();
        const theirs = pointsIn(body);
        if (theirs.kind === 'refused') return end(400, theirs.because);
        if (theirs.points.length > most) return end(400, `${theirs.points.length} points are more than the ${most} that are compared here`);
        state = 'answered';
        const back = again(theirs.points, secret);
        console.log(`${theirs.points.length} indicators of the other side, ${seconds(since)} s`);
        return end(200, joined([...back, ...own]));
      }
      if (request.url === '/shared' && state === 'answered') {
        const told = placesIn(JSON.parse(body.toString()), items.length);
        if (told.kind === 'refused') return end(400, told.because);
        end(200, 'kept');
        keep(
          told.places.map((at) => items[at]!),
          items.length,
          out,
          `(${received} bytes received, ${sent} sent)`,
        );
        return server.close();
      }
      return end(409, 'this exchange is over or has not begun');
    } catch (error) {
      return end(400, error instanceof Error ? error.message : 'it cannot be read');
    }
  });
  server.requestTimeout = PATIENCE;
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    console.log(`${items.length} indicators; serving at http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`);
  });
  setTimeout(() => refuse('nobody ended the exchange in time'), PATIENCE).unref();
}

async function ask(url: string, { file, token, out }: Options, withinMs: number): Promise<void> {
  const items = mine(file);
  const since = Date.now();
  const secret = secretOf(randomBytes(64));
  const sent = joined(blinded(items, secret));
  console.log(`${items.length} indicators made ready in ${seconds(since)} s`);
  const post = async (path: string, body: Uint8Array | string): Promise<Buffer> => {
    const answer = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: body as BodyInit,
      redirect: 'error',
      signal: AbortSignal.timeout(withinMs),
    });
    const text = await answer.arrayBuffer();
    if (text.byteLength > LARGEST) return refuse('the other side sends more than an exchange holds');
    if (!answer.ok) return refuse(`the other side refused (${answer.status}): ${Buffer.from(text).toString().slice(0, 200)}`);
    return Buffer.from(text);
  };
  const answer = await post('/points', sent);
  const own = items.length * POINT_BYTES;
  const mineBack = pointsIn(answer.subarray(0, own), items.length);
  const theirs = pointsIn(answer.subarray(own));
  if (mineBack.kind === 'refused') return refuse(`the other side sent back something else: ${mineBack.because}`);
  const given = new Set(pointsTexts(sent));
  if (pointsTexts(answer).some((point) => given.has(point))) return refuse('the other side sent back what it was given');
  if (theirs.kind === 'refused') return refuse(`the other side’s indicators cannot be read: ${theirs.because}`);
  const both = shared(mineBack.points, again(theirs.points, secret));
  const places = JSON.stringify(both.theirs.sort((a, b) => a - b));
  await post('/shared', places);
  const bytes = `${sent.length + places.length} bytes sent, ${answer.length} received, ${seconds(since)} s`;
  keep(
    both.mine.map((at) => items[at]!),
    items.length,
    out,
    `(the other side has ${theirs.points.length}; ${bytes})`,
  );
}

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  const url = command === 'ask' ? rest.shift() : undefined;
  const { file, token, out, port, most, within } = readOptions(
    HELP,
    {
      file: { type: 'string' },
      token: { type: 'string' },
      out: { type: 'string' },
      port: { type: 'string', default: '0' },
      most: { type: 'string', default: '20000' },
      within: { type: 'string', default: '900' },
    },
    command === '--help' ? ['--help'] : rest,
  );
  if (token === undefined || token.length < 16) return refuse(`--token is missing or shorter than 16 characters\n${HELP}`);
  if (command === 'serve')
    return serve({ file, token, out }, numberOf('port', port, { whole: true }), numberOf('most', most, { from: 1, whole: true }));
  if (command !== 'ask' || url === undefined || !URL.canParse(url)) return refuse(`give serve, or ask and an address\n${HELP}`);
  await ask(url, { file, token, out }, 1_000 * numberOf('within', within, { from: 1 }));
}

main().catch((error: unknown) => {
  const name = error instanceof Error ? error.name : '';
  refuse(
    name === 'TimeoutError'
      ? 'the other side did not answer in time'
      : `it failed: ${error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : error}`,
  );
});
