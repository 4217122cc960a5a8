import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { EMULATED, type Engine } from '../../local/engines/engine';
import { startSqsAndS3 } from '../../local/engines/sqs-and-s3';
import { S3ObjectStore } from '../../shared/aws/s3-object-store';
import { FolderObjectStore, MemoryObjectStore } from '../../shared/memory/memory-object-store';
import { creationRace, objectStoreContract } from './object-store.contract';

const folders: string[] = [];
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'lockstep-objects-'));
  folders.push(made);
  return new FolderObjectStore(made);
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
objectStoreContract('a folder', folder);
creationRace('a folder', folder);

objectStoreContract('fauxqs', async () => {
  engine = await startSqsAndS3();
  client = new S3Client({ ...EMULATED, endpoint: engine.endpoint, forcePathStyle: true, maxAttempts: 1 });
  await client.send(new CreateBucketCommand({ Bucket: 'contract' }));
  return new S3ObjectStore(client, 'contract');
});

test.each(['../outside', 'a//b', 'half~'])('a folder refuses the key %s', async (key) => {
  await expect((await folder()).put(key, new Uint8Array())).rejects.toThrow('not an object key');
});
