import { readMessages } from '../../functions/ingest/read-messages';
import { LARGEST_COUNT, LONGEST } from '../../shared/contract/event';
import { frameOf, MOST_WORDS, OTHER, readSegment, SegmentBuilder } from '../../shared/formats/segment';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { AT, usage } from '../support/producer-records';
import { fc } from '../support/property';

const hasher = new KeyedHasher('k'.repeat(64));
const read = (...events: object[]) =>
  readMessages([{ id: 'f', values: events.map((value, line) => ({ kind: 'value', line, value })) }], { now: AT, hasher, segments: 1 });
const columnsOf = (event: object) => {
  const { events, rejected } = read(event);
  return {
    columns: events[0]?.columns.columns,
    dictionaries: events[0]?.columns.dictionaries,
    rejected: rejected.map(({ code, field }) => `${code} ${field}`),
  };
};

describe('words that a column can tell apart', () => {
  const names = ['channels', 'tasks', 'languages', 'countries', 'models'] as const;
  describe.each(names)('%s', (name) => {
    const most = MOST_WORDS[name];
    // Every dictionary but that of models begins with the empty word.
    const room = most - (name === 'models' ? 0 : 1);
    test.each([
      [room - 2, false],
      [room - 1, false],
      [room, true],
      [room + 1, true],
      [room + 500, true],
    ])('%d different ones (shared place: %p): each is read as it was written, or as other', (count, shares) => {
      const builder = new SegmentBuilder(0);
      const places = Array.from({ length: count }, (_, place) => builder.word(name, `w${place}`));
      const { dictionaries } = readSegment(frameOf(builder.segment()));
      const words = dictionaries[name];
      expect(words.length).toBeLessThanOrEqual(most);
      for (const [place, index] of places.entries()) expect(words[index]).toBe(place < room - 1 ? `w${place}` : OTHER);
      expect(words.includes(OTHER)).toBe(shares);
      // Asked again, the same place; a word of that very name too.
      expect(builder.word(name, 'w0')).toBe(places[0]);
      if (shares) expect(builder.word(name, OTHER)).toBe(most - 1);
    });
  });

  test('a word that is called other takes the place of all others only when there is none left', () => {
    const builder = new SegmentBuilder(0);
    expect(builder.word('tasks', OTHER)).toBe(1);
    for (let place = 0; place < 400; place++) builder.word('tasks', `w${place}`);
    expect(builder.dictionaries.tasks).toHaveLength(MOST_WORDS.tasks);
    expect(builder.word('tasks', 'never seen')).toBe(MOST_WORDS.tasks - 1);
    expect(builder.dictionaries.tasks[builder.word('tasks', OTHER)]).toBe(OTHER);
  });
});

describe('numbers at the ends of their columns', () => {
  test.each([
    ['inputTokens', 'input', LARGEST_COUNT],
    ['outputTokens', 'output', LARGEST_COUNT],
    ['durationMs', 'duration', LARGEST_COUNT],
  ] as const)('%s', (field, column, most) => {
    for (const [value, kept] of [
      [0, 0],
      [most - 1, most - 1],
      [most, most],
    ] as const)
      expect(columnsOf(usage(0, {}, { [field]: value })).columns?.[column][0]).toBe(kept);
    for (const value of [-1, most + 1, 0.5])
      expect(columnsOf(usage(0, {}, { [field]: value })).rejected).toEqual([`invalid-field data.${field}`]);
  });
  test.each([
    [65_534, 65_534],
    [65_535, 65_535],
    [65_536, 65_535],
    [LARGEST_COUNT, 65_535],
  ])('%d tools are kept as %d', (tools, kept) => expect(columnsOf(usage(0, {}, { tools })).columns?.tools[0]).toBe(kept));
  test('an AS number', () => {
    for (const asn of [LARGEST_COUNT - 1, LARGEST_COUNT]) expect(columnsOf(usage(0, {}, { network: { asn } })).columns?.asn[0]).toBe(asn);
    expect(columnsOf(usage(0, {}, { network: { asn: LARGEST_COUNT + 1 } })).rejected).toHaveLength(1);
  });
  test.each([0, 1, 0.5])('a label of %d', (value) =>
    expect(columnsOf(usage(0, {}, { labels: { grading: value } })).columns?.grading[0]).toBe(Math.round(value * 254)),
  );
});

describe('texts at their longest: cut behind it, and the event is taken', () => {
  const same = (one: object, other: object, column: 'key' | 'client') => {
    const [a, b] = [one, other].map((event) => columnsOf(event).columns?.[column][0]);
    expect(a).toBeGreaterThan(0);
    return a === b;
  };
  test.each([
    ['apiKey', LONGEST.apiKey, 'key', (text: string) => ({ apiKey: text }), false],
    ['userAgent', LONGEST.userAgent, 'client', (text: string) => ({ client: { userAgent: text } }), true],
    ['fingerprint', LONGEST.fingerprint, 'client', (text: string) => ({ client: { fingerprint: text } }), false],
  ] as const)('%s', (_, longest, column, data, beginningCounts) => {
    const text = 'x'.repeat(longest - 1);
    // Within the limit what differs at the end differs.
    expect(same(usage(0, {}, data(`${text}a`)), usage(0, {}, data(`${text}b`)), column)).toBe(false);
    // Behind it a client is what it begins with; a key never is another key.
    expect(same(usage(0, {}, data(`${text}xa`)), usage(0, {}, data(`${text}xb`)), column)).toBe(beginningCounts);
    expect(same(usage(0, {}, data(`${text}xa`)), usage(0, {}, data(`${text}xa`)), column)).toBe(true);
  });
  test.each(['model', 'channel'] as const)('%s', (field) => {
    for (const length of [LONGEST.word - 1, LONGEST.word, LONGEST.word + 1]) {
      const { dictionaries } = columnsOf(usage(0, {}, { [field]: 'm'.repeat(length) }));
      expect(dictionaries?.[field === 'model' ? 'models' : 'channels'].at(-1)).toBe('m'.repeat(Math.min(length, LONGEST.word)));
    }
  });
  test('ids: two that begin alike stay two', () => {
    const ids = [LONGEST.id - 1, LONGEST.id, LONGEST.id + 1, 5_000].flatMap((length) =>
      ['a', 'b'].map((end) => 'i'.repeat(length - 1) + end),
    );
    const { events, rejected } = read(...ids.map((id) => usage(0, { id })));
    const { columns } = events[0]!.columns;
    expect(rejected).toEqual([]);
    expect(new Set(ids.map((_, row) => `${columns.idHigh[row]}/${columns.idLow[row]}`)).size).toBe(ids.length);
  });
  test('an account id is never cut: whoever it is, it would be somebody else', () => {
    expect(columnsOf(usage(0, { subject: 's'.repeat(LONGEST.id) })).rejected).toEqual([]);
    expect(columnsOf(usage(0, { subject: 's'.repeat(LONGEST.id + 1) })).rejected).toEqual(['invalid-field subject']);
  });
});

test('whatever an attacker chooses, the event is taken', () => {
  const odd = fc.oneof(
    fc.string({ maxLength: 3_000 }),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.integer({ min: 0, max: 3_000 }).map((length) => 'x'.repeat(length)),
  );
  let long = 0;
  fc.assert(
    fc.property(odd, odd, odd, odd, odd, (ip, userAgent, fingerprint, text, task) => {
      if (userAgent.length > LONGEST.userAgent) long++;
      const event = usage(
        0,
        {},
        { network: { ip }, client: { userAgent, fingerprint }, prompt: { text, system: text }, labels: { task, language: task } },
      );
      expect(read(event)).toMatchObject({ accepted: 1, rejected: [] });
    }),
    { numRuns: 300 },
  );
  expect(long).toBeGreaterThan(20);
});
