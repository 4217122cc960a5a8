import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { EMULATED, type Engine } from '../../local/engines/engine';
import { startSqsAndS3 } from '../../local/engines/sqs-and-s3';
import { S3ObjectStore } from '../../shared/aws/s3-object-store';
import { AppendedObjectStore } from '../../shared/memory/appended-object-store';
import { MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { SpillingObjectStore } from '../../shared/memory/spilling-object-store';
import { creationRace, objectStoreContract } from './object-store.contract';

const folders: string[] = [];
const file = async () => {
  const made = await mkdtemp(join(tmpdir(), 'lockstep-objects-'));
  folders.push(made);
  return new AppendedObjectStore(join(made, 'archive'));
};
let engine: Engine | undefined;
let client: S3Client | undefined;
afterAll(async () => {
  client?.destroy();
  await engine?.stop();
  await Promise.all(folders.map((made) => rm(made, { recursive: true })));
});

objectStoreContract('memory', async () => new MemoryObjectStore());
creationRace('memory', async () => new MemoryObjectStore());
objectStoreContract('a file', file);
creationRace('a file', file);

// So little room that every test meets objects on both sides.
const spilling = async () => new SpillingObjectStore(await file(), 4);
objectStoreContract('memory over a file', spilling);
creationRace('memory over a file', spilling);

test('memory over a file spills the oldest objects, all of which can still be read', async () => {
  const below = new MemoryObjectStore();
  const store = new SpillingObjectStore(below, 250);
  await Promise.all([1, 2, 3, 4, 5].map((n) => store.put(`chunks/${n}`, new Uint8Array(100).fill(n))));
  expect(below.counted.puts).toBe(3);
  for (const n of [1, 2, 3, 4, 5]) expect((await store.get(`chunks/${n}`))?.[99]).toBe(n);
  await store.delete('chunks/1');
  expect(await store.get('chunks/1')).toBeUndefined();
});

test('what is deleted while it is spilled stays deleted', async () => {
  const store = new SpillingObjectStore(await file(), 50);
  await Promise.all([store.put('chunks/1', new Uint8Array(100)), store.delete('chunks/1')]);
  expect(await store.get('chunks/1')).toBeUndefined();
});

objectStoreContract('fauxqs', async () => {
  engine = await startSqsAndS3();
  client = new S3Client({ ...EMULATED, endpoint: engine.endpoint, forcePathStyle: true, maxAttempts: 1 });
  await client.send(new CreateBucketCommand({ Bucket: 'contract' }));
  return new S3ObjectStore(client, 'contract');
});

test('a file that something else cut is no object', async () => {
  const store = await file();
  await store.put('chunks/1', new Uint8Array(100));
  await truncate(join(folders.at(-1)!, 'archive'), 50);
  await expect(store.get('chunks/1')).rejects.toThrow('ends before chunks/1 does');
});

test('a file that is removed leaves nothing', async () => {
  const store = await file();
  await store.put('chunks/1', new Uint8Array(100));
  store.remove();
  expect(await readdir(folders.at(-1)!)).toEqual([]);
});
