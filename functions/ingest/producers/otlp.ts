import type { JsonObject, Producer, Reading } from './producer';
import {
  addressOf,
  contentOf,
  countOf,
  digestOf,
  given,
  instantOf,
  isObject,
  listAt,
  noAccount,
  noField,
  type Prompt,
  parsedText,
  promptFrom,
  promptOf,
  tenancyIn,
  textOf,
  usageEvent,
} from './reading';

/** Operations of the GenAI conventions that are one request to a model; embeddings, tools and agents are others. */
const REQUESTS = new Set(['chat', 'text_completion', 'generate_content', 'completion', 'response', 'responses']);
const PARENTS = 8;

type Attributes = ReadonlyMap<string, unknown>;
type Signal = { record: JsonObject; attributes: Attributes };

/**
 * OpenTelemetry's GenAI spans or log records, in OTLP/JSON: one record is an export request of many. No attribute of the conventions
 * names an account, so the operator says which does; address and client may stand on the HTTP span around the call.
 */
export const otlp: Producer<'otlp'> = {
  name: 'otlp',
  title: 'OpenTelemetry (OTLP/JSON)',
  recognises: (record) => ['resourceSpans', 'resourceLogs', 'resourceMetrics'].some((name) => Array.isArray(record[name])),

  *read(record, settings): Iterable<Reading> {
    const spans = [...signalsIn(record, 'resourceSpans', 'scopeSpans', 'spans')];
    const logs = [...signalsIn(record, 'resourceLogs', 'scopeLogs', 'logRecords')];
    const byId = new Map(spans.map((span) => [`${String(span.record.traceId)}/${String(span.record.spanId)}`, span]));
    const read = settings.signal === 'spans' ? spans : logs;
    const left = spans.length + logs.length - read.length;
    if (left > 0) yield { kind: 'ignored', because: `the signal that is read is ${settings.signal}` };
    for (const signal of read) {
      const { attributes } = signal;
      if (!isRequest(attributes)) {
        yield { kind: 'ignored', because: 'no request to a model' };
        continue;
      }
      const inherited = (name: string): unknown => {
        let here: Signal | undefined = signal;
        for (let level = 0; here && level < PARENTS; level++) {
          const value = here.attributes.get(name);
          if (value !== undefined) return value;
          const parent: unknown = settings.signal === 'logs' && level === 0 ? here.record.spanId : here.record.parentSpanId;
          here = byId.get(`${String(here.record.traceId)}/${String(parent)}`);
        }
        return undefined;
      };
      const account = textOf(inherited(settings.account));
      const time = timeOf(signal.record);
      if (account === undefined)
        yield {
          kind: 'refused',
          rejection: noAccount(settings.account, 'ingest.producers.otlp.account'),
          record: alone(signal.record, settings.signal),
        };
      else if (time === undefined)
        yield { kind: 'refused', rejection: noField('startTimeUnixNano', 'no time'), record: alone(signal.record, settings.signal) };
      else {
        yield {
          kind: 'event',
          record: alone(signal.record, settings.signal),
          event: usageEvent({
            source: settings.source ?? 'otlp',
            id: idOf(signal),
            at: time,
            account,
            model: textOf(attributes.get('gen_ai.request.model')) ?? textOf(attributes.get('gen_ai.response.model')),
            inputTokens: countOf(attributes.get('gen_ai.usage.input_tokens') ?? attributes.get('gen_ai.usage.prompt_tokens')),
            outputTokens: countOf(attributes.get('gen_ai.usage.output_tokens') ?? attributes.get('gen_ai.usage.completion_tokens')),
            status: statusOf(signal),
            durationMs: durationOf(signal.record),
            network: given({
              ip: addressOf(inherited('client.address') ?? inherited('http.client_ip') ?? inherited('net.sock.peer.addr')),
            }),
            client: given({ userAgent: textOf(inherited('user_agent.original') ?? inherited('http.user_agent')) }),
            prompt: settings.prompt === 'drop' ? undefined : promptIn(signal),
            tools: toolsOf(attributes),
            maxTokens: countOf(attributes.get('gen_ai.request.max_tokens')),
            stopReason: textOf([attributes.get('gen_ai.response.finish_reasons')].flat()[0]),
            session: textOf(attributes.get('gen_ai.conversation.id')) ?? textOf(inherited('session.id')),
            ...tenancyIn(settings, inherited),
          }),
        };
      }
    }
  },
};

/** An export request of one signal: what is kept of it can be sent again. */
const alone = (record: JsonObject, signal: 'spans' | 'logs'): JsonObject =>
  signal === 'spans'
    ? { resourceSpans: [{ scopeSpans: [{ spans: [record] }] }] }
    : { resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] };

function* signalsIn(record: JsonObject, resources: string, scopes: string, signals: string): Iterable<Signal> {
  for (const resource of listAt(record, resources))
    for (const scope of listAt(resource, scopes))
      for (const one of listAt(scope, signals)) if (isObject(one)) yield { record: one, attributes: attributesOf(one.attributes) };
}

function attributesOf(list: unknown): Attributes {
  const attributes = new Map<string, unknown>();
  if (!Array.isArray(list)) return attributes;
  for (const one of list) if (isObject(one) && typeof one.key === 'string') attributes.set(one.key, plainOf(one.value));
  return attributes;
}

/** An AnyValue as plain JSON. 64-bit integers are decimal text by the protobuf mapping; some exporters write numbers. */
function plainOf(any: unknown): unknown {
  if (!isObject(any)) return any;
  if ('arrayValue' in any) return listAt(any, 'arrayValue.values').map(plainOf);
  if ('kvlistValue' in any) {
    const pairs = listAt(any, 'kvlistValue.values').filter(isObject);
    return Object.fromEntries(pairs.map(({ key, value }) => [String(key), plainOf(value)]));
  }
  return any.stringValue ?? any.intValue ?? any.doubleValue ?? any.boolValue;
}

function isRequest(attributes: Attributes): boolean {
  const operation = attributes.get('gen_ai.operation.name');
  if (typeof operation === 'string') return REQUESTS.has(operation.toLowerCase());
  return (
    attributes.has('gen_ai.request.model') || attributes.has('gen_ai.usage.input_tokens') || attributes.has('gen_ai.usage.prompt_tokens')
  );
}

const timeOf = (record: JsonObject): number | undefined =>
  instantOf(record.startTimeUnixNano) ?? positive(record.timeUnixNano) ?? instantOf(record.observedTimeUnixNano);
const positive = (value: unknown): number | undefined => (value === '0' || value === 0 ? undefined : instantOf(value));

function durationOf({ startTimeUnixNano, endTimeUnixNano }: JsonObject): number | undefined {
  const [began, ended] = [instantOf(startTimeUnixNano), instantOf(endTimeUnixNano)];
  return began === undefined || ended === undefined || ended < began ? undefined : ended - began;
}

function idOf({ record, attributes }: Signal): string {
  const [trace, span] = [textOf(record.traceId), textOf(record.spanId)];
  return trace !== undefined && span !== undefined
    ? `${trace}/${span}`
    : (textOf(attributes.get('gen_ai.response.id')) ?? digestOf(record));
}

function statusOf({ record, attributes }: Signal): 'ok' | 'error' | 'refused' {
  const reasons = attributes.get('gen_ai.response.finish_reasons');
  const error = textOf(attributes.get('error.type'));
  if ([...(Array.isArray(reasons) ? reasons : [reasons]), error].some((one) => /content_?filter|guardrail|safety/i.test(String(one ?? ''))))
    return 'refused';
  const code = isObject(record.status) ? record.status.code : undefined;
  return code === 2 || code === 'STATUS_CODE_ERROR' || error !== undefined ? 'error' : 'ok';
}

/** On spans the messages are JSON as text, on log records they are nested values. */
function promptIn({ record, attributes }: Signal): Prompt | undefined {
  const body = isObject(record.body) ? plainOf(record.body) : undefined;
  const inBody = (name: string): unknown => (isObject(body) ? body[name] : undefined);
  const messages = parsedText(attributes.get('gen_ai.input.messages') ?? inBody('gen_ai.input.messages'));
  const system = parsedText(attributes.get('gen_ai.system_instructions') ?? inBody('gen_ai.system_instructions'));
  if (messages !== undefined || system !== undefined) return promptOf(messages, system);
  // As OpenLLMetry writes it: gen_ai.prompt.0.role, gen_ai.prompt.0.content, …
  const indexed: unknown[] = [];
  for (let place = 0; attributes.has(`gen_ai.prompt.${place}.content`); place++)
    indexed.push({
      role: attributes.get(`gen_ai.prompt.${place}.role`) ?? 'user',
      content: parsedText(attributes.get(`gen_ai.prompt.${place}.content`)),
    });
  if (indexed.length > 0) return promptOf(indexed);
  return promptFrom(undefined, contentOf(attributes.get('gen_ai.prompt')));
}

function toolsOf(attributes: Attributes): number | undefined {
  const tools = parsedText(attributes.get('gen_ai.tool.definitions'));
  return Array.isArray(tools) && tools.length > 0 ? tools.length : undefined;
}
