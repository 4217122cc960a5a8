import { SimulatedClock } from '../../shared/memory/simulated-clock';
import type { Clock, Table } from '../../shared/ports';

/** What every Table must do. `make` gives an empty table that reads the given clock. */
export function tableContract(engine: string, make: (clock: Clock) => Promise<Table>): void {
  describe(`Table on ${engine}`, () => {
    const start = Date.UTC(2026, 5, 1);
    const seconds = start / 1000;
    let clock: SimulatedClock;
    let table: Table;
    let partition = 0;
    let pk: string;
    beforeAll(async () => {
      clock = new SimulatedClock(start);
      table = await make(clock);
    });
    beforeEach(() => {
      pk = `P#${partition++}`;
    });

    const put = (sk: string, rest: { [name: string]: string | number } = {}) => table.put({ pk, sk, ...rest });
    const keys = async (query: Omit<Parameters<Table['query']>[0], 'pk'>) =>
      (await table.query({ pk, ...query })).items.map(({ sk }) => sk);

    test('gives back what was put, whatever the type', async () => {
      const item = {
        pk,
        sk: 'a',
        text: 'ü€',
        empty: '',
        number: -1.5,
        large: Number.MAX_SAFE_INTEGER,
        tiny: 1.25e-7,
        yes: true,
        bytes: new Uint8Array([0, 255, 7]),
        list: ['x', 1, [true]],
        map: { inner: { n: 1 }, none: [] },
      };
      await table.put({ ...item, absent: undefined });
      expect(await table.get(pk, 'a')).toEqual(item);
    });

    test('a row that is not there is undefined', async () => {
      expect(await table.get(pk, 'nothing')).toBeUndefined();
    });

    describe('many rows by their keys', () => {
      const at = (...sks: string[]) => sks.map((sk) => ({ pk, sk }));

      test('of several partitions, those that are there, in the order asked, each once', async () => {
        await put('a', { v: 1 });
        await put('b', { v: 2 });
        await table.put({ pk: `${pk}-other`, sk: 'a', v: 3 });
        const asked = [...at('b', 'nothing'), { pk: `${pk}-other`, sk: 'a' }, ...at('a', 'b')];
        expect(await table.getAll(asked)).toEqual([
          { pk, sk: 'b', v: 2 },
          { pk: `${pk}-other`, sk: 'a', v: 3 },
          { pk, sk: 'a', v: 1 },
        ]);
        expect(await table.getAll([])).toEqual([]);
      });

      test('not those whose time has passed', async () => {
        const now = clock.now() / 1000;
        await put('a', { expires: now - 1 });
        await put('b', { expires: now + 60 });
        expect((await table.getAll(at('a', 'b'))).map(({ sk }) => sk)).toEqual(['b']);
      });

      test('more than a request may ask for, and more than it may answer: all come', async () => {
        const sks = Array.from({ length: 230 }, (_, row) => `R#${String(row).padStart(3, '0')}`);
        // Of the first 60 each is 300 KB: 18 MB, where a request answers 16.
        for (const [row, sk] of sks.entries()) await table.put({ pk, sk, row, ...(row < 60 ? { bytes: new Uint8Array(300_000) } : {}) });
        const found = await table.getAll(at(...sks));
        expect(found.map(({ sk }) => sk)).toEqual(sks);
        expect(found.map(({ row }) => row)).toEqual(sks.map((_, row) => row));
      });

      test('a row that was changed just before comes as it is now', async () => {
        await put('a', { v: 1 });
        await put('a', { v: 2 });
        expect(await table.getAll(at('a'))).toEqual([{ pk, sk: 'a', v: 2 }]);
      });
    });

    test('a put replaces the whole row', async () => {
      await put('a', { x: 1, y: 2 });
      await put('a', { x: 3 });
      expect(await table.get(pk, 'a')).toEqual({ pk, sk: 'a', x: 3 });
    });

    test.each([
      ['absent: nothing there', undefined, { kind: 'absent' }, 'written'],
      ['absent: something there', { v: 1 }, { kind: 'absent' }, 'refused'],
      ['at most: nothing there', undefined, { kind: 'at-most', attribute: 'v', value: 1 }, 'written'],
      ['at most: attribute missing', { w: 1 }, { kind: 'at-most', attribute: 'v', value: 1 }, 'written'],
      ['at most: smaller', { v: 1 }, { kind: 'at-most', attribute: 'v', value: 2 }, 'written'],
      ['at most: the same', { v: 2 }, { kind: 'at-most', attribute: 'v', value: 2 }, 'written'],
      ['at most: larger', { v: 3 }, { kind: 'at-most', attribute: 'v', value: 2 }, 'refused'],
      ['at most: not a number', { v: 'one' }, { kind: 'at-most', attribute: 'v', value: 2 }, 'refused'],
      ['equals: nothing there', undefined, { kind: 'equals', attribute: 'v', value: 1 }, 'refused'],
      ['equals: the same', { v: 1 }, { kind: 'equals', attribute: 'v', value: 1 }, 'written'],
      ['equals: the same text', { v: 'x' }, { kind: 'equals', attribute: 'v', value: 'x' }, 'written'],
      ['equals: another', { v: 2 }, { kind: 'equals', attribute: 'v', value: 1 }, 'refused'],
      ['equals: another type', { v: '1' }, { kind: 'equals', attribute: 'v', value: 1 }, 'refused'],
    ] as const)('a condition, %s', async (_, before, condition, kind) => {
      if (before) await put('a', before);
      expect(await table.put({ pk, sk: 'a', v: 'after' }, condition)).toEqual({ kind });
      expect(await table.get(pk, 'a')).toEqual(kind === 'written' ? { pk, sk: 'a', v: 'after' } : before && { pk, sk: 'a', ...before });
    });

    test('of many writers that want an absent row, one gets it', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, writer) => table.put({ pk, sk: 'a', writer }, { kind: 'absent' })));
      expect(answers.filter(({ kind }) => kind === 'written')).toHaveLength(1);
    });

    test('adds up, also at once', async () => {
      await Promise.all(Array.from({ length: 20 }, () => table.add(pk, 'a', 'n', 3)));
      expect(await table.get(pk, 'a')).toEqual({ pk, sk: 'a', n: 60 });
      expect(await table.add(pk, 'a', 'n', -10)).toEqual({ kind: 'added', value: 50 });
    });

    test('adds to a row and leaves the rest of it', async () => {
      await put('a', { other: 'stays', expires: seconds + 100 });
      expect(await table.add(pk, 'a', 'n', 1)).toEqual({ kind: 'added', value: 1 });
      expect(await table.get(pk, 'a')).toEqual({ pk, sk: 'a', other: 'stays', expires: seconds + 100, n: 1 });
    });

    test('never adds beyond the bound, whoever else adds', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => table.add(pk, 'a', 'n', 3, { atMost: 10 })));
      expect(answers.filter(({ kind }) => kind === 'added')).toHaveLength(3);
      expect(await table.get(pk, 'a')).toMatchObject({ n: 9 });
      expect(await table.add(pk, 'a', 'n', 1, { atMost: 10 })).toEqual({ kind: 'added', value: 10 });
    });

    test('refuses a first addition that is itself beyond the bound', async () => {
      expect(await table.add(pk, 'a', 'n', 11, { atMost: 10 })).toEqual({ kind: 'refused' });
      expect(await table.get(pk, 'a')).toBeUndefined();
      await put('b', { n: -5 });
      expect(await table.add(pk, 'b', 'n', 11, { atMost: 10 })).toEqual({ kind: 'added', value: 6 });
    });

    describe('a row whose time has passed, swept or not', () => {
      beforeEach(() => put('a', { v: 1, n: 7, expires: seconds - 1 }));

      test('is not read', async () => {
        await put('b', { expires: seconds + 60 });
        expect(await table.get(pk, 'a')).toBeUndefined();
        expect(await keys({})).toEqual(['b']);
      });
      test.each([
        [{ kind: 'absent' }, 'written'],
        [{ kind: 'at-most', attribute: 'v', value: 0 }, 'written'],
        [{ kind: 'equals', attribute: 'v', value: 1 }, 'refused'],
      ] as const)('counts as absent for %j', async (condition, kind) => {
        expect(await table.put({ pk, sk: 'a', w: 1 }, condition)).toEqual({ kind });
      });
      test('is added to from nothing', async () => {
        expect(await table.add(pk, 'a', 'n', 2, { expires: seconds + 60 })).toEqual({ kind: 'added', value: 2 });
        expect(await table.get(pk, 'a')).toEqual({ pk, sk: 'a', n: 2, expires: seconds + 60 });
      });
      test('does not raise the bound', async () => {
        expect(await table.add(pk, 'a', 'n', 9, { atMost: 8 })).toEqual({ kind: 'refused' });
        expect(await table.add(pk, 'a', 'n', 8, { atMost: 8 })).toEqual({ kind: 'added', value: 8 });
      });
    });

    test('a row expires when its second comes', async () => {
      const now = clock.now() / 1000;
      await put('a', { expires: now + 30 });
      expect(await table.get(pk, 'a')).toBeDefined();
      clock.advanceTo(clock.now() + 30_000);
      expect(await table.get(pk, 'a')).toBeUndefined();
    });

    describe('a query', () => {
      const rows = ['D#1', 'E#1', 'E#2', 'E#3', 'E#9', 'F#1'];
      beforeEach(async () => {
        for (const sk of [...rows].reverse()) await put(sk);
      });

      test.each([
        ['everything', {}, rows],
        ['a prefix', { prefix: 'E#' }, ['E#1', 'E#2', 'E#3', 'E#9']],
        ['a prefix of nothing', { prefix: 'X' }, []],
        ['an empty prefix', { prefix: '' }, rows],
        ['from, inclusive', { from: 'E#3' }, ['E#3', 'E#9', 'F#1']],
        ['to, inclusive', { to: 'E#1' }, ['D#1', 'E#1']],
        ['between', { from: 'E#2', to: 'E#3' }, ['E#2', 'E#3']],
        ['nothing between', { from: 'E#3', to: 'E#2' }, []],
        ['a prefix, from and to', { prefix: 'E#', from: 'D', to: 'E#3' }, ['E#1', 'E#2', 'E#3']],
        ['a prefix and from inside it', { prefix: 'E#', from: 'E#3' }, ['E#3', 'E#9']],
        ['after a row', { after: 'E#3' }, ['E#9', 'F#1']],
        ['after a row that is not there', { after: 'E#4' }, ['E#9', 'F#1']],
        ['after, before the range', { prefix: 'E#', after: 'A' }, ['E#1', 'E#2', 'E#3', 'E#9']],
        ['after, behind the range', { prefix: 'E#', after: 'F' }, []],
        ['backwards', { prefix: 'E#', reverse: true }, ['E#9', 'E#3', 'E#2', 'E#1']],
        ['backwards after a row', { reverse: true, after: 'E#2' }, ['E#1', 'D#1']],
        ['backwards, after behind the range', { prefix: 'E#', reverse: true, after: 'F' }, ['E#9', 'E#3', 'E#2', 'E#1']],
        ['backwards, after before the range', { prefix: 'E#', reverse: true, after: 'A' }, []],
        ['backwards to', { reverse: true, to: 'E#2', limit: 2 }, ['E#2', 'E#1']],
      ] as const)('of %s', async (_, query, expected) => {
        expect(await keys(query)).toEqual(expected);
      });

      test('of another partition sees nothing', async () => {
        expect(await table.query({ pk: `${pk}-other` })).toEqual({ items: [] });
      });

      test.each([[false], [true]])('in pages, reverse %s: everything once, and `next` only while something follows', async (reverse) => {
        const seen: string[] = [];
        let after: string | undefined;
        let pages = 0;
        do {
          const page = await table.query({ pk, limit: 2, reverse, after });
          seen.push(...page.items.map(({ sk }) => sk));
          after = page.next;
          pages++;
        } while (after !== undefined);
        expect(seen).toEqual(reverse ? [...rows].reverse() : rows);
        expect(pages).toBe(3);
      });

      test('fills its page although expired rows lie between', async () => {
        await put('E#1', { expires: seconds - 5 });
        await put('E#2', { expires: seconds - 5 });
        const page = await table.query({ pk, limit: 2 });
        expect(page.items.map(({ sk }) => sk)).toEqual(['D#1', 'E#3']);
        expect(page.next).toBe('E#3');
      });
    });

    test('a query reads on beyond a megabyte', async () => {
      for (let row = 0; row < 8; row++) await table.put({ pk, sk: `R#${row}`, bytes: new Uint8Array(300_000) });
      const { items, next } = await table.query({ pk });
      expect(items).toHaveLength(8);
      expect(next).toBeUndefined();
    });

    test('a row larger than 400 KB throws, and so does a number that is none', async () => {
      await expect(table.put({ pk, sk: 'a', bytes: new Uint8Array(409_600) })).rejects.toThrow(/exceed/i);
      await expect(table.put({ pk, sk: 'a', n: Number.NaN })).rejects.toThrow(/number|numeric/i);
      expect(await table.get(pk, 'a')).toBeUndefined();
    });

    test('deletes a row, and one that is not there', async () => {
      await put('a');
      await table.delete(pk, 'a');
      await table.delete(pk, 'a');
      expect(await table.get(pk, 'a')).toBeUndefined();
      expect(await keys({})).toEqual([]);
    });
  });
}
