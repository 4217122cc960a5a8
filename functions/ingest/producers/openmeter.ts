import type { JsonObject, Producer, Reading } from './producer';
import { at, countOf, instantOf, isObject, noAccount, noField, parsedText, tenancyIn, textOf, usageEvent } from './reading';

/** Names of token counts by which an event that nobody configured is known for one of a meter. */
const METERED = /(^|_)tokens$/;

/**
 * CloudEvents as OpenMeter takes them; LiteLLM sends `litellm_tokens`. In OpenMeter's own topic `time` is Unix seconds and `data` is JSON
 * as text. They say who, when and how much: no address, no client, no prompt.
 */
export const openmeter: Producer<'openmeter'> = {
  name: 'openmeter',
  title: 'OpenMeter (CloudEvents)',
  recognises(record, settings) {
    if (typeof record.type !== 'string' || record.type.startsWith('lockstep.') || !('specversion' in record)) return false;
    if (settings) return typesOf(settings.type).includes(record.type);
    const data = parsedText(record.data);
    return isObject(data) && Object.keys(data).some((name) => METERED.test(name));
  },

  *read(event, settings, received): Iterable<Reading> {
    const record: JsonObject = { ...event, data: parsedText(event.data) };
    const account = textOf(at(record, settings.account));
    if (account === undefined)
      return yield { kind: 'refused', rejection: noAccount(settings.account, 'ingest.producers.openmeter.account') };
    const id = textOf(record.id);
    if (id === undefined) return yield { kind: 'refused', rejection: noField('id', 'empty') };
    const time = record.time === undefined || record.time === null ? received : instantOf(record.time);
    if (time === undefined) return yield { kind: 'refused', rejection: noField('time', 'no time') };
    const inputTokens = countOf(at(record, settings.inputTokens));
    const outputTokens = countOf(at(record, settings.outputTokens));
    if (inputTokens === undefined && outputTokens === undefined)
      return yield { kind: 'refused', rejection: noField(settings.inputTokens, 'no count of tokens') };
    const model = textOf(at(record, settings.model));
    if (model === undefined) return yield { kind: 'refused', rejection: noField(settings.model, 'no model') };
    const source = settings.source ?? textOf(record.source) ?? 'openmeter';
    const tenancy = tenancyIn(settings, (path) => at(record, path));
    yield {
      kind: 'event',
      event: usageEvent({ source, id, at: time, account, model, inputTokens, outputTokens, status: 'ok', ...tenancy }),
    };
  },
};

const typesOf = (type: string | readonly string[]): readonly string[] => (typeof type === 'string' ? [type] : type);
