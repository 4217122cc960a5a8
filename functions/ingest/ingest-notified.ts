import type { ObjectStore } from '../../shared/ports';
import type { IngestPorts } from './ingest';
import { type FileResult, ingestFile } from './ingest-file';
import type { Message } from './read-messages';
import { opened, type S3Place, valuesOfText } from './records/envelopes';

export type FilePlaces = {
  /** Bucket of dropped files: they are removed once they are read. */
  inbox: string;
  /** Where else files may be read, and are left. */
  sources: readonly { bucket: string; prefix: string }[];
  bucket: (name: string) => ObjectStore;
};
export type NotifiedResult = FileResult | { kind: 'ignored'; because: string } | { kind: 'unknown'; because: string };

/** Reads the files that notifications name: S3's own (also inside SNS), or EventBridge's. Tests of the connection are about nothing. */
export async function* ingestNotified(
  messages: readonly Message[],
  { inbox, sources, bucket }: FilePlaces,
  ports: IngestPorts,
): AsyncGenerator<{ file?: S3Place; result: NotifiedResult }> {
  for (const { body } of messages) {
    for (const found of valuesOfText(body)) {
      for (const one of opened(found)) {
        if (one.kind === 'ignored') yield { result: { kind: 'ignored', because: one.because } };
        else if (one.kind !== 'notification') yield { result: { kind: 'unknown', because: 'no notification of a file' } };
        else {
          for (const file of one.places) {
            const isInbox = file.bucket === inbox;
            const isSource = sources.some((source) => source.bucket === file.bucket && file.key.startsWith(source.prefix));
            const because = 'the bucket and prefix are in no entry of ingest.sources';
            const result: NotifiedResult =
              isInbox || isSource
                ? await ingestFile({ bucket: bucket(file.bucket), key: file.key, remove: isInbox }, ports)
                : { kind: 'unknown', because };
            yield { file, result };
          }
        }
      }
    }
  }
}
