import type { ObjectStore } from '../../shared/ports';

const bytes = (...values: number[]) => new Uint8Array(values);
const plain = (found: Uint8Array | undefined) => found && [...found];

/** What every ObjectStore must do. `make` gives an empty store. */
export function objectStoreContract(engine: string, make: () => Promise<ObjectStore>): void {
  describe(`ObjectStore on ${engine}`, () => {
    let store: ObjectStore;
    let number = 0;
    let folder: string;
    beforeAll(async () => {
      store = await make();
    });
    beforeEach(() => {
      folder = `chunks/${number++}`;
    });
    const listed = async (prefix: string) => {
      const keys: string[] = [];
      for await (const key of store.list(prefix)) keys.push(key);
      return keys;
    };

    test('gives back what was put, byte for byte', async () => {
      const all = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256);
      expect(await store.put(`${folder}/all.bin`, all)).toEqual({ kind: 'written' });
      expect(Buffer.compare((await store.get(`${folder}/all.bin`)) ?? bytes(), all)).toBe(0);
      await store.put(`${folder}/empty`, bytes());
      expect(plain(await store.get(`${folder}/empty`))).toEqual([]);
    });

    test('what is not there is undefined, in part and in whole', async () => {
      expect(await store.get(`${folder}/nothing`)).toBeUndefined();
      expect(await store.get(`${folder}/nothing`, { start: 0, end: 4 })).toBeUndefined();
      expect(await store.get(`${folder}/nothing`, { start: 2, end: 2 })).toBeUndefined();
    });

    test.each([
      [0, 3, [1, 2, 3]],
      [2, 4, [3, 4]],
      [3, 100, [4, 5]],
      [2, 2, []],
      [5, 9, []],
    ])('the bytes [%i, %i)', async (start, end, expected) => {
      await store.put(`${folder}/five`, bytes(1, 2, 3, 4, 5));
      expect(plain(await store.get(`${folder}/five`, { start, end }))).toEqual(expected);
    });

    test('a put replaces, unless it may only create', async () => {
      await store.put(`${folder}/a`, bytes(1));
      expect(await store.put(`${folder}/a`, bytes(2))).toEqual({ kind: 'written' });
      expect(await store.put(`${folder}/a`, bytes(3), { ifAbsent: true })).toEqual({ kind: 'exists' });
      expect(plain(await store.get(`${folder}/a`))).toEqual([2]);
      expect(await store.put(`${folder}/b`, bytes(4), { ifAbsent: true })).toEqual({ kind: 'written' });
      expect(plain(await store.get(`${folder}/b`))).toEqual([4]);
    });

    test('lists what begins with the prefix, in key order, and nothing else', async () => {
      for (const name of ['b/2', 'b/10', 'a', 'b-1', 'c']) await store.put(`${folder}/${name}`, bytes(1));
      expect(await listed(`${folder}/b`)).toEqual([`${folder}/b-1`, `${folder}/b/10`, `${folder}/b/2`]);
      expect(await listed(`${folder}/b/`)).toEqual([`${folder}/b/10`, `${folder}/b/2`]);
      expect(await listed(`${folder}/b/1`)).toEqual([`${folder}/b/10`]);
      expect(await listed(`${folder}/x/`)).toEqual([]);
    });

    test('lists beyond one page of a thousand', async () => {
      const names = Array.from({ length: 1005 }, (_, index) => `${folder}/${String(index).padStart(4, '0')}`);
      await Promise.all(names.map((name) => store.put(name, bytes(1))));
      expect(await listed(`${folder}/`)).toEqual(names);
    });

    test('keys hold what our keys hold', async () => {
      const key = `${folder}/2026-04-22T07/s=03/01J_a-b.c+d%20.seg`;
      await store.put(key, bytes(9));
      expect(plain(await store.get(key))).toEqual([9]);
      expect(await listed(folder)).toEqual([key]);
    });

    test('deletes, and deletes what is not there', async () => {
      await store.put(`${folder}/a`, bytes(1));
      await store.delete(`${folder}/a`);
      await store.delete(`${folder}/a`);
      expect(await store.get(`${folder}/a`)).toBeUndefined();
      expect(await listed(folder)).toEqual([]);
    });
  });
}

/** Stores that refuse a second creator however close the race. fauxqs answers through two requests, so it is not asked. */
export function creationRace(engine: string, make: () => Promise<ObjectStore>): void {
  test(`of many creators of one object on ${engine}, one succeeds`, async () => {
    const store = await make();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, writer) => store.put('race/x', bytes(writer), { ifAbsent: true })));
    expect(answers.filter(({ kind }) => kind === 'written')).toHaveLength(1);
  });
}
