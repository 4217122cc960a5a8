import type { JsonObject, Producer, Reading } from './producer';
import {
  addressOf,
  at,
  contentOf,
  countOf,
  digestOf,
  given,
  instantOf,
  isObject,
  listAt,
  millisecondsOf,
  noAccount,
  noField,
  objectAt,
  parsedText,
  promptFrom,
  promptOf,
  tenancyIn,
  textOf,
  usageEvent,
} from './reading';

/**
 * The log of Kong's AI Gateway, as `file-log`, `http-log` and others write it. A request without `ai` asked no model. What the
 * sanitizer found is personal data, and is not looked at.
 */
export const kong: Producer<'kong'> = {
  name: 'kong',
  title: 'Kong AI Gateway',
  recognises: (record) => 'started_at' in record && isObject(record.request) && (isObject(record.response) || isObject(record.latencies)),

  *read(record, settings): Iterable<Reading> {
    const { ai } = record;
    if (!isObject(ai)) return yield { kind: 'ignored', because: 'a request that asked no model' };
    const call = callIn(ai);
    const isGuarded = isBlocked(ai);
    if (!call && !isGuarded) return yield { kind: 'ignored', because: 'a request that asked no model' };
    const account = textOf(at(record, settings.account));
    if (account === undefined) return yield { kind: 'refused', rejection: noAccount(settings.account, 'ingest.producers.kong.account') };
    const time = instantOf(record.started_at);
    if (time === undefined) return yield { kind: 'refused', rejection: noField('started_at', 'no time') };
    const usage = objectAt(call, 'usage');
    const code = countOf(at(record, 'response.status')) ?? 200;
    const request = parsedText(at(call, 'payload.request') ?? at(ai, 'payload.request'));
    const tools = listAt(request, 'tools').length;
    yield {
      kind: 'event',
      event: usageEvent({
        source: settings.source ?? 'kong',
        id: textOf(at(record, 'request.id')) ?? digestOf(record),
        at: time,
        account,
        model: textOf(at(call, 'meta.request_model')) ?? textOf(at(request, 'model')) ?? textOf(at(call, 'meta.response_model')),
        inputTokens: countOf(usage.prompt_tokens ?? usage.prompt_token),
        outputTokens: countOf(usage.completion_tokens ?? usage.completion_token),
        status: isGuarded ? 'refused' : code >= 400 ? 'error' : 'ok',
        durationMs: millisecondsOf(at(record, 'latencies.request')),
        network: given({ ip: addressOf(record.client_ip) }),
        client: given({ userAgent: textOf(at(record, 'request.headers.user-agent')) ?? textOf(at(record, 'request.headers.User-Agent')) }),
        prompt:
          settings.prompt === 'drop' || !isObject(request)
            ? undefined
            : (promptOf(
                request.messages ?? request.contents ?? request.input,
                request.system ?? request.instructions ?? request.system_instruction,
              ) ?? promptFrom(undefined, contentOf(request.prompt))),
        tools: tools === 0 ? undefined : tools,
        maxTokens: countOf(at(request, 'max_tokens') ?? at(request, 'max_completion_tokens') ?? at(request, 'max_output_tokens')),
        ...tenancyIn(settings, (path) => at(record, path)),
      }),
    };
  },
};

/** `ai.proxy`, or in older versions an object with the name of the plugin. */
function callIn(ai: JsonObject): JsonObject | undefined {
  const isCall = (value: unknown): value is JsonObject => isObject(value) && (isObject(value.usage) || isObject(value.meta));
  if (isCall(ai.proxy)) return ai.proxy;
  return Object.values(ai).find(isCall);
}

/** A guardrail stopped it: lakera-guard, ai-prompt-guard, aws-guardrails and the like say why. */
function isBlocked(ai: JsonObject, depth = 0): boolean {
  return Object.entries(ai).some(
    ([name, value]) =>
      (/block(ed)?_reason$/.test(name) && textOf(value) !== undefined) || (depth < 2 && isObject(value) && isBlocked(value, depth + 1)),
  );
}
