import type { Producer, Reading } from './producer';
import {
  addressOf,
  at,
  countOf,
  digestOf,
  given,
  instantOf,
  millisecondsOf,
  noAccount,
  noField,
  tenancyIn,
  textOf,
  usageEvent,
} from './reading';

/**
 * A flat JSON log whose names the operator chose, as Envoy and its AI Gateway write it: known by the configured names and by nothing
 * else. A line without a model is no request to one. Whatever a header says may be the client's own word, the id too.
 */
export const accessLog: Producer<'access-log'> = {
  name: 'access-log',
  title: 'access log',
  recognises: (record, settings) =>
    settings !== undefined &&
    !('specversion' in record) &&
    [settings.time, settings.model, settings.inputTokens, settings.outputTokens].filter((path) => at(record, path) !== undefined).length >=
      2 &&
    at(record, settings.time) !== undefined,

  *read(record, settings): Iterable<Reading> {
    const read = (path: string | undefined): unknown => (path === undefined ? undefined : at(record, path));
    const model = textOf(read(settings.model));
    const inputTokens = countOf(read(settings.inputTokens));
    const outputTokens = countOf(read(settings.outputTokens));
    if (model === undefined && inputTokens === undefined && outputTokens === undefined)
      return yield { kind: 'ignored', because: 'a request that asked no model' };
    const account = textOf(read(settings.account));
    if (account === undefined)
      return yield { kind: 'refused', rejection: noAccount(settings.account, 'ingest.producers.access-log.account') };
    const time = instantOf(read(settings.time));
    if (time === undefined) return yield { kind: 'refused', rejection: noField(settings.time, 'no time') };
    const failed = isFailure(read(settings.status)) || (inputTokens === undefined && outputTokens === undefined);
    const fingerprint = textOf(read(settings.promptFingerprint));
    yield {
      kind: 'event',
      event: usageEvent({
        source: settings.source ?? 'access-log',
        id: textOf(read(settings.id)) ?? digestOf(record),
        at: time,
        account,
        model,
        inputTokens,
        outputTokens,
        status: failed ? 'error' : 'ok',
        durationMs: millisecondsOf(read(settings.durationMs)),
        apiKey: textOf(read(settings.apiKey)),
        network: given({
          ip: addressOf(read(settings.ip)),
          asn: countOf(read(settings.asn)),
          country: textOf(read(settings.country)),
          asnClass: textOf(read(settings.asnClass)),
        }),
        client: given({
          userAgent: textOf(read(settings.userAgent)),
          fingerprint: textOf(read(settings.fingerprint)),
          headerOrder: textOf(read(settings.headerOrder)),
          http2: textOf(read(settings.http2)),
        }),
        prompt: fingerprint === undefined ? undefined : { fingerprint },
        maxTokens: countOf(read(settings.maxTokens)),
        stopReason: textOf(read(settings.stopReason)),
        session: textOf(read(settings.session)),
        ...tenancyIn(settings, read),
      }),
    };
  },
};

/** An HTTP status of 400 or more, or a word that says so. A 429 is an error: `limited` would say that we did it. */
const isFailure = (status: unknown): boolean => {
  const code = countOf(status);
  return code === undefined ? /^(error|fail)/i.test(textOf(status) ?? '') : code >= 400 || code === 0;
};
