import { Hono } from 'hono';
import { environment } from '../../shared/lambda/environment';
import { viewerAddress } from '../../shared/lambda/http-handler';
import { IngestEnv } from '../../shared/wiring';

const before = process.env;
afterEach(() => {
  process.env = before;
});

const fit = {
  ARCHIVE_BUCKET: 'a',
  FEATURES_TABLE: 'f',
  IDENTIFIER_KEY_SECRET: 's',
  SEGMENTS: '4',
  REFUSED_BUCKET: 'r',
  PRODUCERS: '{}',
  VERIFICATION_QUEUE_URL: 'https://queue',
};

test('the environment is parsed: what is text outside is a number inside', () => {
  process.env = { ...fit };
  expect(environment(IngestEnv)).toEqual({ ...fit, SEGMENTS: 4, PRODUCERS: {} });
});

test('what is missing or unfit is named, and nothing that is set is shown', () => {
  process.env = { ...fit, SEGMENTS: 'several', ARCHIVE_BUCKET: undefined, IDENTIFIER_KEY_SECRET: 'do not print' };
  const parsing = () => environment(IngestEnv);
  expect(parsing).toThrow('environment: ARCHIVE_BUCKET, SEGMENTS missing or unfit');
  expect(parsing).not.toThrow('several');
  expect(parsing).not.toThrow('do not print');
});

describe('the address whose rate is limited', () => {
  const app = new Hono();
  app.get('/', (c) => c.text(viewerAddress(c, 'token')));
  const seen = { requestContext: { http: { sourceIp: '198.51.100.1' } } };
  const ask = async (headers: Record<string, string>, env: object = seen) => (await app.request('/', { headers }, env)).text();

  test.each([
    ['came straight to the gateway', {}, '198.51.100.1'],
    ['claims to be somebody else', { 'x-viewer-address': '203.0.113.9' }, '198.51.100.1'],
    ['guesses the token', { 'x-viewer-address': '203.0.113.9', 'x-lockstep-edge': 'guess' }, '198.51.100.1'],
    ['came through the distribution', { 'x-viewer-address': '203.0.113.9', 'x-lockstep-edge': 'token' }, '203.0.113.9'],
  ])('of one who %s', async (_, headers, address) => {
    expect(await ask(headers)).toBe(address);
  });
  test('that nobody saw is unknown', async () => {
    expect(await ask({}, {})).toBe('unknown');
  });
});

test('producers are parsed with the rest: an account is required, and nothing is guessed', () => {
  const producers = (value: unknown) => {
    process.env = { ...fit, PRODUCERS: typeof value === 'string' ? value : JSON.stringify(value) };
    return () => environment(IngestEnv).PRODUCERS;
  };
  expect(producers({ litellm: { account: 'metadata.user_api_key_user_id' } })()).toMatchObject({ litellm: { prompt: 'keep' } });
  for (const unfit of [{ litellm: {} }, { litellm: { account: '' } }, { unheard: { account: 'a' } }, 'not JSON'])
    expect(producers(unfit)).toThrow('PRODUCERS');
});
