import type { TenancyPaths } from '../../../shared/contract/producer-settings';
import type { JsonObject, Producer, Reading } from './producer';
import {
  at,
  contentOf,
  countOf,
  instantOf,
  isObject,
  listAt,
  millisecondsOf,
  noAccount,
  noField,
  objectAt,
  type Prompt,
  parsedText,
  promptFrom,
  promptOf,
  tenancyIn,
  textOf,
  usageEvent,
} from './reading';

/**
 * Amazon Bedrock's model invocation logs, from its bucket or from CloudWatch. The account is in requestMetadata, if the caller sends it;
 * the role in `identity` is one for everybody behind a gateway, and is never taken in its place.
 */
export const bedrock: Producer<'bedrock'> = {
  name: 'bedrock',
  title: 'Amazon Bedrock',
  recognises: (record) => record.schemaType === 'ModelInvocationLog' || isBody(record),

  *read(record, settings): Iterable<Reading> {
    if (record.schemaType !== 'ModelInvocationLog')
      return yield { kind: 'ignored', because: 'a body that Bedrock put aside: its record is elsewhere' };
    const account = textOf(at(record, settings.account));
    if (account === undefined) return yield { kind: 'refused', rejection: noAccount(settings.account, 'ingest.producers.bedrock.account') };
    const time = instantOf(record.timestamp);
    if (time === undefined) return yield { kind: 'refused', rejection: noField('timestamp', 'no time') };
    const id = textOf(record.requestId);
    if (id === undefined) return yield { kind: 'refused', rejection: noField('requestId', 'empty') };
    const input = objectAt(record, 'input');
    const output = objectAt(record, 'output');
    const body = parsedText(input.inputBodyJson);
    const answer = parsedText(output.outputBodyJson);
    const chunks = Array.isArray(answer) ? answer : [answer];
    const counted = [input.inputTokenCount, input.cacheReadInputTokenCount, input.cacheWriteInputTokenCount].map(countOf);
    const tools = listAt(body, 'toolConfig.tools').length || listAt(body, 'tools').length;
    yield {
      kind: 'event',
      event: usageEvent({
        source: settings.source ?? 'bedrock',
        id,
        at: time,
        account,
        model: modelOf(record.modelId),
        inputTokens: counted.reduce<number>((sum, count) => sum + (count ?? 0), 0),
        outputTokens: countOf(output.outputTokenCount),
        status: textOf(record.errorCode) !== undefined ? 'error' : chunks.some(isBlocked) ? 'refused' : 'ok',
        durationMs: chunks.map(latencyOf).find((ms) => ms !== undefined),
        prompt: settings.prompt === 'drop' ? undefined : promptIn(body),
        tools: tools === 0 ? undefined : tools,
        channel: 'bedrock',
        maxTokens: countOf(
          at(body, 'inferenceConfig.maxTokens') ??
            at(body, 'max_tokens') ??
            at(body, 'max_gen_len') ??
            at(body, 'textGenerationConfig.maxTokenCount'),
        ),
        stopReason: chunks.map(stopOf).find((reason) => reason !== undefined),
        ...bedrockTenancy(record, settings),
      }),
    };
  },
};

/** Whose account it is there; of which cloud goes without saying. */
function bedrockTenancy(record: JsonObject, settings: TenancyPaths) {
  const told = tenancyIn(settings, (path) => at(record, path));
  return { ...told, cloud: told.cloud ?? (told.tenant === undefined && told.billingAccount === undefined ? undefined : 'bedrock') };
}

/** `arn:…:inference-profile/eu.anthropic.claude-…` is that model in a profile. */
const modelOf = (id: unknown): string | undefined => textOf(id)?.replace(/^arn:.*\//, '');

function promptIn(body: unknown): Prompt | undefined {
  if (!isObject(body)) return undefined;
  if (Array.isArray(body.messages)) return promptOf(body.messages, body.system);
  // Titan, then what Llama, Mistral, Cohere and Anthropic's older API have.
  return promptFrom(
    contentOf(body.system),
    contentOf(body.inputText) ?? contentOf(body.prompt) ?? contentOf(body.message) ?? contentOf(body.texts) ?? contentOf(body.text_prompts),
  );
}

const isBlocked = (chunk: unknown): boolean =>
  at(chunk, 'stopReason') === 'guardrail_intervened' ||
  at(chunk, 'messageStop.stopReason') === 'guardrail_intervened' ||
  at(chunk, 'amazon-bedrock-guardrailAction') === 'INTERVENED';

const stopOf = (chunk: unknown): string | undefined =>
  textOf(at(chunk, 'stopReason') ?? at(chunk, 'messageStop.stopReason') ?? at(chunk, 'stop_reason') ?? at(chunk, 'delta.stop_reason'));

const latencyOf = (chunk: unknown): number | undefined =>
  millisecondsOf(
    at(chunk, 'metrics.latencyMs') ??
      at(chunk, 'metadata.metrics.latencyMs') ??
      at(chunk, 'amazon-bedrock-invocationMetrics.invocationLatency'),
  );

/** Names that a record of its own has, and the body of a request or an answer has not. */
const NO_BODY = [
  'specversion',
  'litellm_call_id',
  'resourceSpans',
  'resourceLogs',
  'started_at',
  'timestamp',
  'time',
  'requestId',
  'subject',
  'user',
  'model',
];
const CHUNKS = ['messageStart', 'contentBlockStart', 'contentBlockDelta', 'contentBlockStop', 'messageStop'];

/** A large body that Bedrock wrote to an object of its own, `data/<request>_input.json.gz` or `_output`. */
function isBody(record: JsonObject): boolean {
  if (NO_BODY.some((name) => Object.hasOwn(record, name))) return false;
  const { messages } = record;
  if (Array.isArray(messages))
    return messages.length > 0 && messages.every((one) => isObject(one) && typeof one.role === 'string' && 'content' in one);
  if (typeof record.inputText === 'string') return true;
  if (typeof record.prompt === 'string' && ('max_tokens' in record || 'max_gen_len' in record || 'max_tokens_to_sample' in record))
    return true;
  if (isObject(at(record, 'output.message')) && 'stopReason' in record) return true;
  if (Array.isArray(record.embedding) && 'inputTextTokenCount' in record) return true;
  if (isObject(record.metadata) && isObject(record.metadata.usage) && Object.keys(record).length === 1) return true;
  if (record.type === 'message' && record.role === 'assistant' && Array.isArray(record.content)) return true;
  return CHUNKS.some((name) => isObject(record[name]) && Object.keys(record).length === 1);
}
