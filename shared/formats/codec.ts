import * as zlib from 'node:zlib';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * Compression of archive frames. zstd where the runtime has it (Node 22.15 and later, Lambda's Node 24), raw deflate
 * elsewhere; the first byte says which, so either reads what the other wrote if it can.
 * One frame at a time: Node's zstd functions stop silently after the first of several concatenated frames.
 */
const ZSTD = 1;
const DEFLATE = 2;

type ZstdModule = {
  zstdCompressSync?: (bytes: Uint8Array, options?: object) => Buffer;
  zstdDecompressSync?: (bytes: Uint8Array) => Buffer;
};
const zstd: ZstdModule = zlib;
const fast = { params: { [zlib.constants.ZSTD_c_compressionLevel ?? 100]: 1 } };

export function pack(bytes: Uint8Array): Uint8Array {
  const body = zstd.zstdCompressSync ? zstd.zstdCompressSync(bytes, fast) : deflateRawSync(bytes, { level: 1 });
  const out = new Uint8Array(body.length + 1);
  out[0] = zstd.zstdCompressSync ? ZSTD : DEFLATE;
  out.set(body, 1);
  return out;
}

/** Throws on a frame that is damaged or was written by a newer codec. */
export function unpack(frame: Uint8Array): Uint8Array {
  const body = frame.subarray(1);
  if (frame[0] === DEFLATE) return inflateRawSync(body);
  if (frame[0] !== ZSTD) throw new Error(`archive frame has unknown codec ${frame[0]}`);
  if (!zstd.zstdDecompressSync) throw new Error('this archive was written with zstd, which needs Node 22.15 or later');
  return zstd.zstdDecompressSync(body);
}
