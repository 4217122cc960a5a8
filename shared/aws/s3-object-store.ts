import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from '../ports';

/** The ObjectStore port on one S3 bucket. Objects are written whole, in one PUT (at most 5 GiB). */
export class S3ObjectStore implements ObjectStore {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  async put(key: string, bytes: Uint8Array, options: { ifAbsent?: boolean } = {}): Promise<{ kind: 'written' } | { kind: 'exists' }> {
    const written = await unless(
      'PreconditionFailed',
      this.client.send(
        new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: bytes, ...(options.ifAbsent ? { IfNoneMatch: '*' } : {}) }),
      ),
    );
    return written ? { kind: 'written' } : { kind: 'exists' };
  }

  async get(key: string, range?: { start: number; end: number }): Promise<Uint8Array | undefined> {
    if (range && range.end <= range.start) return this.nothingOf(key);
    try {
      const { Body } = await this.client.send(
        new GetObjectCommand({ Bucket: this.bucket, Key: key, ...(range ? { Range: `bytes=${range.start}-${range.end - 1}` } : {}) }),
      );
      return Body ? await Body.transformToByteArray() : undefined;
    } catch (error) {
      if (named(error, 'NoSuchKey')) return undefined;
      // A range that begins behind the last byte holds nothing.
      if (named(error, 'InvalidRange')) return new Uint8Array();
      throw error;
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    let token: string | undefined;
    do {
      const page = await this.client.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken: token }));
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async delete(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }));
  }

  /** HTTP has no empty range: ask only whether the object is there. */
  private async nothingOf(key: string): Promise<Uint8Array | undefined> {
    const found = await unless('NotFound', this.client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key })));
    return found && new Uint8Array();
  }
}

const named = (error: unknown, name: string): boolean => error instanceof S3ServiceException && error.name === name;

async function unless<T>(name: string, sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (named(error, name)) return undefined;
    throw error;
  }
}
