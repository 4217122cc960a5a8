import { candidatesOf } from '../../../functions/ingest/candidates';
import { parseEvent } from '../../../functions/ingest/parse-event';
import { recognises } from '../../../functions/ingest/producers/index';
import { addressOf, at, countOf, instantOf, isPlaceholder, promptOf, textOf } from '../../../functions/ingest/producers/reading';
import { PRODUCERS, type ProducerSettings } from '../../../shared/contract/producer-settings';
import {
  AT,
  accessLine,
  attributes,
  bedrock,
  chat,
  kong,
  litellm,
  logs,
  metered,
  PROMPT,
  span,
  traces,
  usage,
} from '../../support/producer-records';
import { SETTINGS } from '../../support/producer-settings';
import { fc } from '../../support/property';

/** What a record says: events as the schema takes them, or the code of the refusal. */
const read = (record: object, settings: ProducerSettings = SETTINGS) =>
  candidatesOf({ kind: 'value', line: 1, value: record }, settings, AT).map((candidate) => {
    if (candidate.kind === 'refused') return candidate.rejection.code;
    const parsed = parseEvent(candidate.event, AT);
    return parsed.kind === 'event' ? parsed.event : parsed.rejection;
  });
const data = (record: object, settings?: ProducerSettings) => {
  const [first] = read(record, settings);
  return typeof first === 'object' && 'data' in first ? first.data : first;
};

test('LiteLLM: the call’s own id, seconds since 1970, the model that was asked for; nothing of the answer', () => {
  expect(read(litellm(1))).toEqual([
    {
      specversion: '1.0',
      type: 'lockstep.usage.v1',
      source: 'litellm',
      id: 'call-1',
      time: new Date(AT + 1_070).toISOString(),
      subject: 'acct-1',
      data: {
        model: 'atlas-5',
        inputTokens: 10,
        outputTokens: 20,
        status: 'ok',
        durationMs: 273,
        apiKey: '099295a3784e1bd368dc348843a7398c',
        network: { ip: '203.0.113.9' },
        client: { userAgent: 'sdk-py/1.2' },
        prompt: { system: 'You answer briefly.', text: PROMPT },
        tools: 2,
      },
    },
  ]);
});

test('whose tenant the account is, where the settings say so: of Bedrock without naming the cloud', () => {
  const { litellm: a, bedrock: b, otlp: c, openmeter: d, kong: e, 'access-log': f } = SETTINGS;
  const paths = { cloud: 'metadata.cloud', tenant: 'metadata.project', billingAccount: 'metadata.payer' };
  const metadata = { cloud: 'Vertex AI', project: 'lab-7', payer: 99 };
  const settings: ProducerSettings = {
    litellm: { ...a!, ...paths },
    bedrock: { ...b!, tenant: 'accountId' },
    otlp: { ...c!, cloud: 'tenant.cloud', tenant: 'tenant.id' },
    openmeter: { ...d!, tenant: 'data.project' },
    kong: { ...e!, ...paths },
    'access-log': { ...f!, ...paths },
  };
  const told = { cloud: 'vertex-ai', tenant: 'lab-7', billingAccount: '99' };
  expect(data(litellm(1, {}, metadata), settings)).toMatchObject(told);
  expect(data(kong(1, { metadata }), settings)).toMatchObject(told);
  expect(data(accessLine(1, { metadata }), settings)).toMatchObject(told);
  expect(data(bedrock(1, { accountId: '123456789012' }), settings)).toMatchObject({ cloud: 'bedrock', tenant: '123456789012' });
  expect(data(bedrock(1), settings)).not.toHaveProperty('cloud');
  expect(data(traces(span(1, chat(1, { 'tenant.cloud': 'foundry', 'tenant.id': 's-1' }))), settings)).toMatchObject({
    cloud: 'foundry',
    tenant: 's-1',
  });
  expect(data(metered(1, { data: { ...metered(1).data, project: 'p' } }), settings)).toMatchObject({ tenant: 'p' });
  // Nowhere by itself.
  expect(data(litellm(1, {}, metadata))).not.toHaveProperty('tenant');
});

test('Bedrock: cached tokens count, the model out of its profile, latency', () => {
  expect(
    read(
      bedrock(
        1,
        { modelId: 'arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.anthropic.claude-sonnet-4' },
        { inputTokenCount: 3, cacheReadInputTokenCount: 10, cacheWriteInputTokenCount: 31_804 },
      ),
    ),
  ).toMatchObject([
    {
      source: 'bedrock',
      id: 'request-1',
      subject: 'acct-1',
      time: new Date(AT + 1_000).toISOString(),
      data: {
        model: 'eu.anthropic.claude-sonnet-4',
        inputTokens: 31_817,
        outputTokens: 12,
        status: 'ok',
        durationMs: 640,
        channel: 'bedrock',
        prompt: { system: 'You answer briefly.', text: PROMPT },
      },
    },
  ]);
});

test('OTLP: nanoseconds as text, integers as text, trace and span together', () => {
  expect(read(traces(span(1)))).toMatchObject([
    {
      source: 'otlp',
      id: 'trace-1/span-1',
      subject: 'acct-1',
      time: new Date(AT + 1_000).toISOString(),
      data: {
        model: 'atlas-5',
        inputTokens: 35,
        outputTokens: 12,
        durationMs: 1_250,
        network: { ip: '203.0.113.9' },
        client: { userAgent: 'sdk-py/1.2' },
        prompt: { system: 'You answer briefly.', text: PROMPT },
      },
    },
  ]);
});

test('OpenMeter, Kong, an access log', () => {
  expect(read(metered(1))).toMatchObject([
    {
      source: 'litellm-proxy',
      id: 'chatcmpl-1',
      subject: 'acct-1',
      time: new Date(AT + 1_000).toISOString(),
      data: { model: 'atlas-5', inputTokens: 35, outputTokens: 12 },
    },
  ]);
  expect(read(kong(1))).toMatchObject([
    {
      source: 'kong',
      id: 'kong-1',
      subject: 'acct-1',
      data: {
        model: 'atlas-5',
        inputTokens: 35,
        outputTokens: 12,
        durationMs: 1_530,
        network: { ip: '203.0.113.9' },
        client: { userAgent: 'sdk-py/1.2' },
        prompt: { text: PROMPT },
      },
    },
  ]);
  expect(read(accessLine(1))).toMatchObject([
    {
      source: 'access-log',
      id: 'access-1',
      subject: 'acct-1',
      data: {
        model: 'atlas-5',
        inputTokens: 35,
        outputTokens: 12,
        status: 'ok',
        network: { ip: '203.0.113.9' },
        client: { userAgent: 'sdk-py/1.2' },
      },
    },
  ]);
});

describe('what a request came to', () => {
  test.each<[string, object, string]>([
    [
      'LiteLLM: a provider’s 429 is no action of ours',
      litellm(1, {
        status: 'failure',
        error_information: { error_class: 'RateLimitError', error_code: '429' },
        prompt_tokens: 0,
        completion_tokens: 0,
      }),
      'error',
    ],
    [
      'LiteLLM: a content filter',
      litellm(1, { status: 'failure', error_information: { error_class: 'ContentPolicyViolationError' } }),
      'refused',
    ],
    ['Bedrock: throttled', bedrock(1, { errorCode: 'ThrottlingException', output: {} }), 'error'],
    [
      'Bedrock: a guardrail',
      bedrock(1, { output: { outputBodyJson: { stopReason: 'guardrail_intervened' }, outputTokenCount: 0 } }),
      'refused',
    ],
    [
      'Bedrock: a guardrail, in the chunks of a stream',
      bedrock(1, { output: { outputBodyJson: [{ messageStart: {} }, { messageStop: { stopReason: 'guardrail_intervened' } }] } }),
      'refused',
    ],
    ['OTLP: a status', traces(span(1, chat(1), { status: { code: 2 } })), 'error'],
    ['OTLP: a status by name', traces(span(1, chat(1), { status: { code: 'STATUS_CODE_ERROR' } })), 'error'],
    ['OTLP: an error type', traces(span(1, chat(1, { 'error.type': '429' }))), 'error'],
    ['OTLP: a content filter', traces(span(1, chat(1, { 'gen_ai.response.finish_reasons': ['content_filter'] }))), 'refused'],
    ['Kong: 429', kong(1, { response: { status: 429 } }), 'error'],
    ['Kong: a guardrail', kong(1, { ai: { 'lakera-guard': { input_block_reason: 'prompt attack' } } }), 'refused'],
    ['an access log: no tokens', accessLine(1, { input_tokens: null, output_tokens: null }), 'error'],
  ])('%s', (_, record, status) => expect(data(record)).toMatchObject({ status }));

  test('a status of its own in an access log', () => {
    const settings = { ...SETTINGS, 'access-log': { ...SETTINGS['access-log']!, status: 'response_code' } };
    for (const [code, status] of [
      [200, 'ok'],
      ['200', 'ok'],
      [429, 'error'],
      ['503', 'error'],
      [0, 'error'],
    ] as const)
      expect(data(accessLine(1, { response_code: code }), settings)).toMatchObject({ status });
  });
  test('one that failed and names no model is counted as unknown', () => {
    expect(data(litellm(1, { status: 'failure', model_group: '', model: '' }))).toMatchObject({ model: 'unknown', status: 'error' });
    expect(data(litellm(1, { model_group: '', model: '' }))).toMatchObject({ code: 'invalid-field', field: 'data.model' });
  });
});

describe('prompts', () => {
  const Q = [{ role: 'user', content: PROMPT }];
  test.each<[string, object, object | undefined]>([
    [
      'parts, the last of several turns',
      litellm(1, {
        messages: [
          { role: 'user', content: 'first' },
          { role: 'assistant', content: 'x' },
          { role: 'user', content: [{ type: 'image_url' }, { type: 'text', text: PROMPT }] },
        ],
      }),
      { text: PROMPT },
    ],
    ['a text alone (completions)', litellm(1, { messages: PROMPT }), { text: PROMPT }],
    ['redacted by LiteLLM', litellm(1, { messages: [{ role: 'user', content: 'redacted-by-litellm' }] }), undefined],
    ['redacted, as text', litellm(1, { messages: 'redacted-by-litellm' }), undefined],
    ['a placeholder of LiteLLM', litellm(1, { messages: [{ role: 'user', content: 'default-message-value' }] }), undefined],
    [
      'only the system prompt is redacted',
      litellm(1, { messages: [{ role: 'system', content: 'redacted-by-litellm' }, ...Q] }),
      { text: PROMPT },
    ],
    ['an image that was cut', litellm(1, { messages: [{ role: 'user', content: '[base64_data truncated: 12345 chars]' }] }), undefined],
    ['encrypted by the application', litellm(1, { messages: { __encrypted__: true, data: 'x' } }), undefined],
    [
      'a result of a tool is not what the user asks',
      litellm(1, { messages: [...Q, { role: 'user', content: [{ type: 'tool_result', content: 'x' }] }] }),
      { text: PROMPT },
    ],
    [
      'a developer’s message is a system prompt',
      litellm(1, { messages: [{ role: 'developer', content: 'Be brief.' }, ...Q] }),
      { system: 'Be brief.', text: PROMPT },
    ],
    [
      'Anthropic on Bedrock: text',
      bedrock(1, {}, { inputBodyJson: { anthropic_version: 'b', system: 'Be brief.', messages: Q } }),
      { system: 'Be brief.', text: PROMPT },
    ],
    [
      'Anthropic on Bedrock: parts',
      bedrock(
        1,
        {},
        {
          inputBodyJson: {
            system: [{ type: 'text', text: 'Be brief.' }],
            messages: [{ role: 'user', content: [{ type: 'text', text: PROMPT }] }],
          },
        },
      ),
      { system: 'Be brief.', text: PROMPT },
    ],
    ['Titan', bedrock(1, {}, { inputBodyJson: { inputText: PROMPT } }), { text: PROMPT }],
    ['Llama, Mistral', bedrock(1, {}, { inputBodyJson: { prompt: PROMPT, max_gen_len: 9 } }), { text: PROMPT }],
    [
      'put aside in another object',
      bedrock(1, {}, { inputBodyJson: undefined, inputBodyS3Path: 's3://logs/data/x_input.json.gz' }),
      undefined,
    ],
    [
      'OpenLLMetry',
      traces(
        span(1, {
          ...chat(1),
          'gen_ai.input.messages': '',
          'gen_ai.system_instructions': '',
          'gen_ai.prompt.0.role': 'system',
          'gen_ai.prompt.0.content': 'Be brief.',
          'gen_ai.prompt.1.role': 'user',
          'gen_ai.prompt.1.content': PROMPT,
        }),
      ),
      undefined,
    ],
    [
      'Kong, without payloads',
      kong(1, { ai: { proxy: { usage: { prompt_tokens: 1, completion_tokens: 1 }, meta: { request_model: 'm' } } } }),
      undefined,
    ],
  ])('%s', (_, record, prompt) => {
    const said = data(record);
    expect(typeof said === 'object' && 'prompt' in said ? said.prompt : undefined).toEqual(prompt);
  });
  test('OpenLLMetry’s indexed attributes', () => {
    const { 'gen_ai.input.messages': _, 'gen_ai.system_instructions': __, ...fields } = chat(1);
    expect(
      data(
        traces(
          span(1, {
            ...fields,
            'gen_ai.prompt.0.role': 'system',
            'gen_ai.prompt.0.content': 'Be brief.',
            'gen_ai.prompt.1.role': 'user',
            'gen_ai.prompt.1.content': PROMPT,
          }),
        ),
      ),
    ).toMatchObject({ prompt: { system: 'Be brief.', text: PROMPT } });
  });
  test('dropped when the operator says so', () => {
    const drop = { ...SETTINGS, litellm: { ...SETTINGS.litellm!, prompt: 'drop' as const } };
    expect(data(litellm(1), drop)).not.toHaveProperty('prompt');
  });
});

describe('OTLP', () => {
  test('address and client from the span around the call; the account too', () => {
    const { 'client.address': _, 'user_agent.original': __, 'user.id': ___, ...bare } = chat(1);
    const parent = span(
      9,
      { 'http.request.method': 'POST', 'client.address': '198.51.100.7', 'user_agent.original': 'curl/8', 'user.id': 'acct-9' },
      { traceId: 'trace-1' },
    );
    expect(read(traces(parent, span(1, bare, { parentSpanId: 'span-9' })))).toMatchObject([
      { subject: 'acct-9', data: { network: { ip: '198.51.100.7' }, client: { userAgent: 'curl/8' } } },
    ]);
  });
  test('spans that are one another’s parents end', () => {
    const { 'client.address': _, ...bare } = chat(1);
    const looped = [span(1, bare, { parentSpanId: 'span-2', traceId: 't' }), span(2, bare, { parentSpanId: 'span-1', traceId: 't' })];
    expect(read(traces(...looped))).toHaveLength(2);
  });
  test('one signal only: log records when logs are read, with nested messages', () => {
    const record = {
      traceId: 't',
      spanId: 's',
      timeUnixNano: `${AT}000000`,
      attributes: attributes({ ...chat(1), 'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: PROMPT }] }] }),
      eventName: 'gen_ai.client.inference.operation.details',
    };
    expect(read(logs(record))).toEqual([]);
    const settings = { ...SETTINGS, otlp: { ...SETTINGS.otlp!, signal: 'logs' as const } };
    expect(read(logs(record), settings)).toMatchObject([
      { id: 't/s', time: new Date(AT).toISOString(), data: { prompt: { text: PROMPT } } },
    ]);
    expect(read(traces(span(1)), settings)).toEqual([]);
  });
  test('what is refused is kept alone, in a request of its own', () => {
    const [, second] = candidatesOf(
      { kind: 'value', line: 1, value: traces(span(1), span(2, { ...chat(2), 'user.id': '' })) },
      SETTINGS,
      AT,
    );
    expect(second).toMatchObject({ kind: 'refused', record: { resourceSpans: [{ scopeSpans: [{ spans: [{ spanId: 'span-2' }] }] }] } });
  });
});

describe('OpenMeter', () => {
  test('as in its topic: seconds, and data as text; without a time, when it came', () => {
    expect(read(metered(1, { time: AT / 1000, data: JSON.stringify(metered(1).data) }))).toMatchObject([
      { time: new Date(AT).toISOString(), data: { inputTokens: 35 } },
    ]);
    expect(read(metered(1, { time: undefined }))).toMatchObject([{ time: new Date(AT).toISOString() }]);
  });
  test('counts as text; one of two missing; both', () => {
    expect(data(metered(1, { data: { model: 'm', prompt_tokens: '35' } }))).toMatchObject({ inputTokens: 35, outputTokens: 0 });
    expect(read(metered(1, { data: { model: 'm' } }))).toEqual(['invalid-field']);
  });
  test('another type is nobody’s', () => expect(read(metered(1, { type: 'other' }))).toMatchObject([{ code: 'unknown-type' }]));
});

describe('Kong', () => {
  test('older names: a plugin’s own object, counts in the singular', () => {
    expect(
      data(
        kong(1, {
          ai: {
            'ai-proxy': { usage: { prompt_token: 3, completion_token: 4 }, meta: { request_model: 'm' } },
            payload: { request: JSON.stringify({ messages: [{ role: 'user', content: PROMPT }] }) },
          },
        }),
      ),
    ).toMatchObject({ model: 'm', inputTokens: 3, outputTokens: 4, prompt: { text: PROMPT } });
  });
  test('without an id of its own, the same record is the same event', () => {
    const [one] = read(kong(1, { request: { headers: {} } }));
    const [again] = read(kong(1, { request: { headers: {} } }));
    const [other] = read(kong(2, { request: { headers: {} } }));
    expect(one).toEqual(again);
    expect(JSON.stringify(one)).not.toBe(JSON.stringify(other));
  });
});

test('never an account of everybody: nothing, a dash, the master key, the role of Bedrock', () => {
  for (const nobody of [null, undefined, '', ' ', '-', 'anonymous', 'default_user_id', {}, []])
    expect(read(litellm(1, {}, { user_api_key_user_id: nobody }))).toEqual(['no-account']);
  expect(read(bedrock(1, { requestMetadata: {} }))).toEqual(['no-account']);
  // A number is an account like any other.
  expect(read(litellm(1, {}, { user_api_key_user_id: 17 }))).toMatchObject([{ subject: '17' }]);
});

test('recognised, but not enabled: what to set', () => {
  for (const [name, record] of Object.entries({
    litellm: litellm(1),
    bedrock: bedrock(1),
    otlp: traces(span(1)),
    openmeter: metered(1),
    kong: kong(1),
  })) {
    const [candidate] = candidatesOf({ kind: 'value', line: 1, value: record }, {}, AT);
    expect(candidate).toMatchObject({
      producer: name,
      kind: 'refused',
      rejection: { code: 'producer-not-enabled', fix: expect.stringContaining(`ingest.producers.${name}.account`) },
    });
  }
});

describe('shapes are disjoint, and none is an event of the contract', () => {
  const records = {
    litellm: fc.nat().map((number) => litellm(number)),
    bedrock: fc.oneof(
      fc.nat().map((number) => bedrock(number)),
      fc.constant({ messages: [{ role: 'user', content: [{ text: 'long' }] }] }),
    ),
    otlp: fc.oneof(
      fc.nat().map((number) => traces(span(number))),
      fc.constant(logs()),
    ),
    openmeter: fc.nat().map((number) => metered(number)),
    kong: fc.nat().map((number) => kong(number)),
    'access-log': fc.nat().map((number) => accessLine(number)),
  };
  test.each(Object.entries(records))('%s, with fields of its own and of anybody', (name, record) => {
    const extra = fc.dictionary(fc.constantFrom('tags', 'region', 'cost', 'level', 'message', 'host', 'stream'), fc.jsonValue(), {
      maxKeys: 3,
    });
    fc.assert(
      fc.property(record, extra, (one, more) => {
        for (const settings of [SETTINGS, name === 'access-log' ? SETTINGS : {}])
          expect(PRODUCERS.filter((producer) => recognises(producer, { ...more, ...one }, settings))).toEqual([name]);
      }),
    );
  });
  test('events of the contract, whatever their data says', () => {
    const inner = fc.oneof(
      fc.nat().map((number) => litellm(number)),
      fc.nat().map((number) => kong(number)),
      fc.object(),
    );
    fc.assert(
      fc.property(
        fc.nat(1_000),
        fc.constantFrom('lockstep.usage.v1', 'lockstep.account.v1', 'lockstep.release.v1'),
        inner,
        (number, type, more) => {
          const event = usage(number, { type }, more as { [name: string]: unknown });
          expect(PRODUCERS.filter((producer) => recognises(producer, event, SETTINGS))).toEqual([]);
        },
      ),
    );
  });
});

describe('reading', () => {
  test.each<[unknown, number | undefined]>([
    [1_795_901_120, 1_795_901_120_000],
    [1_795_901_120.5, 1_795_901_120_500],
    [1_795_901_120_400, 1_795_901_120_400],
    [1_795_901_120_400_123, 1_795_901_120_400],
    ['1795901120400386560', 1_795_901_120_400],
    ['1795901120', 1_795_901_120_000],
    ['2026-11-28T21:25:20Z', Date.UTC(2026, 10, 28, 21, 25, 20)],
    ['2026-11-28T21:25:20.400387+00:00', Date.UTC(2026, 10, 28, 21, 25, 20, 400)],
    ['2026-11-28 21:25:20.4', Date.UTC(2026, 10, 28, 21, 25, 20, 400)],
    ['2026-11-28T23:25:20+0200', Date.UTC(2026, 10, 28, 21, 25, 20)],
    ['2026-11-28T21:25Z', Date.UTC(2026, 10, 28, 21, 25)],
    ['28/Nov/2026:21:25:20 +0000', Date.UTC(2026, 10, 28, 21, 25, 20)],
    ['[28/Nov/2026:23:25:20 +0200]', Date.UTC(2026, 10, 28, 21, 25, 20)],
    ['2026-11-28T23:25:20+02', Date.UTC(2026, 10, 28, 21, 25, 20)],
    ['Sat, 28 Nov 2026 21:25:20 GMT', Date.UTC(2026, 10, 28, 21, 25, 20)],
    ['28 Nov 2026 23:25:20 +0200', Date.UTC(2026, 10, 28, 21, 25, 20)],
    ['20261128T212520Z', Date.UTC(2026, 10, 28, 21, 25, 20)],
    ['1.79590112E9', 1_795_901_120_000],
    ['20261399T212520Z', undefined],
    ['1e99', undefined],
    [0, undefined],
    [-5, undefined],
    [1e30, undefined],
    [Number.NaN, undefined],
    ['yesterday', undefined],
    ['', undefined],
    [null, undefined],
    [{}, undefined],
  ])('an instant: %p', (value, expected) => expect(instantOf(value)).toBe(expected));
  test.each<[unknown, number | undefined]>([
    [0, 0],
    ['35', 35],
    [' 35 ', 35],
    ['35.0', 35],
    [4_294_967_296, 4_294_967_295],
    [-1, undefined],
    ['-1', undefined],
    ['1e3', undefined],
    [null, undefined],
    [true, undefined],
  ])('a count: %p', (value, expected) => expect(countOf(value)).toBe(expected));
  test.each<[unknown, string | undefined]>([
    ['203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:64484', '203.0.113.9'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['203.0.113.9, 10.0.0.4', '203.0.113.9'],
    ['unknown, 203.0.113.9', '203.0.113.9'],
    ['for=203.0.113.9', '203.0.113.9'],
    ['for=203.0.113.9;proto=https;by=10.0.0.4', '203.0.113.9'],
    ['by=10.0.0.4; For="[2001:db8::1]:4711";host=x, for=10.0.0.5', '2001:db8::1'],
    ['by=10.0.0.4', undefined],
    ['ipv4:203.0.113.9:64484', '203.0.113.9'],
    ['ipv6:[2001:db8::1]:443', '2001:db8::1'],
    ['/203.0.113.9:64484', '203.0.113.9'],
    ['203.0.113.9 10.0.0.4', '203.0.113.9'],
    ['[fe80::1%eth0]:443', 'fe80::1%eth0'],
    [['203.0.113.9', '10.0.0.4'], '203.0.113.9'],
    ['-', undefined],
    ['', undefined],
    ['nonsense', undefined],
    [`${'x,'.repeat(100_000)}203.0.113.9`, undefined],
  ])('an address: %p', (value, expected) => expect(addressOf(value)).toBe(expected));
  test.each(['redacted-by-litellm', 'REDACTED', '[REDACTED]', '<redacted>', 'default-message-value', '[content removed]', '*****'])(
    'a placeholder: %s',
    (text) => expect(isPlaceholder(text)).toBe(true),
  );
  test.each(['redact this letter', 'Write about [redacted] documents.', 'What was removed?', PROMPT])('no placeholder: %s', (text) =>
    expect(isPlaceholder(text)).toBe(false),
  );
  test.each<[string, unknown, { system?: string; text?: string } | undefined]>([
    ['a message alone', { role: 'user', content: PROMPT }, { text: PROMPT }],
    [
      'roles in capitals',
      [
        { role: 'System', content: 'Brief.' },
        { role: 'USER', content: PROMPT },
      ],
      { system: 'Brief.', text: PROMPT },
    ],
    ['parts as text and as objects', [{ role: 'user', content: ['one', { type: 'text', text: 'two' }] }], { text: 'one\ntwo' }],
    ['Gemini’s parts', [{ role: 'user', parts: [{ text: PROMPT }] }], { text: PROMPT }],
    ['an array of prompts', ['one', 'two'], { text: 'two' }],
    ['tokens in place of text', [[1, 2, 3]], undefined],
    ['nothing', null, undefined],
  ])('a prompt: %s', (_, messages, expected) => expect(promptOf(messages)).toEqual(expected));
  test('a path whose names hold points, and places of lists', () => {
    const record = { a: { 'b.c': { d: 1 } }, 'x.y': 2, list: [{ z: 3 }] };
    expect([
      at(record, 'a.b.c.d'),
      at(record, 'x.y'),
      at(record, 'list.0.z'),
      at(record, 'a.q'),
      at(record, 'constructor'),
      at(null, 'a'),
    ]).toEqual([1, 2, 3, undefined, undefined, undefined]);
  });
  test('whatever stands in a record, reading it ends in an event, a refusal or nothing, and never breaks', () => {
    let events = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(litellm, bedrock, kong, metered, accessLine),
        fc.nat(100),
        fc.array(fc.tuple(fc.nat(40), fc.jsonValue()), { maxLength: 4 }),
        (make, number, changes) => {
          const record: { [name: string]: unknown } = { ...make(number) };
          const names = Object.keys(record);
          for (const [place, value] of changes) record[names[place % names.length]!] = value;
          events += read(record).filter((one) => typeof one === 'object' && 'subject' in one).length;
        },
      ),
      { numRuns: 2_000 },
    );
    expect(events).toBeGreaterThan(300);
  });
  test('prompts of anything', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (messages, system) => void promptOf(messages, system)));
    expect([textOf(7), textOf(Number.NaN), textOf(true), textOf(' a ')]).toEqual(['7', undefined, undefined, 'a']);
  });
});
