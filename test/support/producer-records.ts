/** Records as producers write them, built small: the fields that are read, those that must not be, and the pitfalls. */
export const AT = Date.UTC(2026, 10, 28, 21, 25, 20);
export const PROMPT = 'Compare three ways to sort a list.';

type Change = { [name: string]: unknown };

export const usage = (number: number, change: Change = {}, data: Change = {}) => ({
  specversion: '1.0',
  type: 'lockstep.usage.v1',
  source: 'gateway/eu-1',
  id: `ev-${number}`,
  time: new Date(AT + number * 1_000).toISOString(),
  subject: `acct-${number}`,
  data: { model: 'atlas-5', inputTokens: 10, outputTokens: 20, prompt: { text: PROMPT }, ...data },
  ...change,
});

export const litellm = (number: number, change: Change = {}, metadata: Change = {}) => ({
  id: 'chatcmpl-213',
  litellm_call_id: `call-${number}`,
  call_type: 'acompletion',
  status: 'success',
  startTime: AT / 1000 + number + 0.070105,
  endTime: AT / 1000 + number + 0.343712,
  response_time: 0.1,
  model: 'openai/gpt-4o-mini',
  model_group: 'atlas-5',
  metadata: {
    user_api_key_hash: '099295a3784e1bd368dc348843a7398c',
    user_api_key_user_id: `acct-${number}`,
    user_api_key_user_email: 'somebody@example.com',
    requester_ip_address: '203.0.113.9',
    user_agent: 'sdk-py/1.2',
    ...metadata,
  },
  prompt_tokens: 10,
  completion_tokens: 20,
  end_user: null,
  requester_ip_address: '203.0.113.9',
  user_agent: 'sdk-py/1.2',
  messages: [
    { role: 'system', content: 'You answer briefly.' },
    { role: 'user', content: PROMPT },
  ],
  response: { choices: [{ message: { content: 'An answer nobody may keep.' } }] },
  model_parameters: { stream: false, tools: [{ type: 'function' }, { type: 'function' }] },
  error_information: { error_class: '', traceback: 'a traceback nobody may keep' },
  ...change,
});

export const bedrock = (number: number, change: Change = {}, input: Change = {}) => ({
  schemaType: 'ModelInvocationLog',
  schemaVersion: '1.0',
  timestamp: new Date(AT + number * 1_000).toISOString().replace('.000', ''),
  identity: { arn: 'arn:aws:sts::111122223333:assumed-role/GatewayTask/user-1' },
  requestId: `request-${number}`,
  operation: 'Converse',
  modelId: 'anthropic.claude-3-haiku-20240307-v1:0',
  input: {
    inputBodyJson: { system: [{ text: 'You answer briefly.' }], messages: [{ role: 'user', content: [{ text: PROMPT }] }] },
    inputTokenCount: 35,
    cacheReadInputTokenCount: 0,
    cacheWriteInputTokenCount: 0,
    ...input,
  },
  output: { outputBodyJson: { stopReason: 'end_turn', metrics: { latencyMs: 640 } }, outputTokenCount: 12 },
  requestMetadata: { tenant: `acct-${number}` },
  ...change,
});

const any = (value: unknown): unknown =>
  typeof value === 'number'
    ? { intValue: String(value) }
    : Array.isArray(value)
      ? { arrayValue: { values: value.map(any) } }
      : typeof value === 'object' && value !== null
        ? { kvlistValue: { values: Object.entries(value).map(([key, one]) => ({ key, value: any(one) })) } }
        : { stringValue: String(value) };
export const attributes = (fields: Change) => Object.entries(fields).map(([key, value]) => ({ key, value: any(value) }));

export const chat = (number: number, fields: Change = {}): Change => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'atlas-5',
  'gen_ai.usage.input_tokens': 35,
  'gen_ai.usage.output_tokens': 12,
  'user.id': `acct-${number}`,
  'client.address': '203.0.113.9',
  'user_agent.original': 'sdk-py/1.2',
  'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: PROMPT }] }]),
  'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: 'You answer briefly.' }]),
  ...fields,
});
export const span = (number: number, fields: Change = chat(number), change: Change = {}) => ({
  traceId: `trace-${number}`,
  spanId: `span-${number}`,
  parentSpanId: '',
  name: 'chat atlas-5',
  startTimeUnixNano: `${AT + number * 1_000}386560`,
  endTimeUnixNano: `${AT + number * 1_000 + 1_250}386688`,
  attributes: attributes(fields),
  status: {},
  ...change,
});
export const traces = (...spans: object[]) => ({ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: {}, spans }] }] });
export const logs = (...logRecords: object[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });

export const metered = (number: number, change: Change = {}) => ({
  specversion: '1.0',
  type: 'litellm_tokens',
  source: 'litellm-proxy',
  id: `chatcmpl-${number}`,
  time: new Date(AT + number * 1_000).toISOString().replace('Z', '387+00:00'),
  subject: `acct-${number}`,
  data: { model: 'atlas-5', cost: 0.0021, prompt_tokens: 35, completion_tokens: 12 },
  ...change,
});

export const kong = (number: number, change: Change = {}) => ({
  client_ip: '203.0.113.9',
  started_at: AT + number * 1_000,
  latencies: { request: 1_530, proxy: 1_490 },
  request: { id: `kong-${number}`, method: 'POST', headers: { 'user-agent': 'sdk-py/1.2', authorization: 'REDACTED' } },
  response: { status: 200 },
  consumer: { id: 'c0', username: `acct-${number}` },
  ai: {
    proxy: {
      usage: { prompt_tokens: 35, completion_tokens: 12 },
      meta: { request_model: 'atlas-5', response_model: 'atlas-5-2026' },
      payload: { request: JSON.stringify({ model: 'atlas-5', messages: [{ role: 'user', content: PROMPT }] }) },
    },
    sanitizer: { sanitized_items: ['personal data nobody may keep'] },
  },
  ...change,
});

export const accessLine = (number: number, change: Change = {}) => ({
  start_time: new Date(AT + number * 1_000).toISOString(),
  request_id: `access-${number}`,
  account_id: `acct-${number}`,
  model: 'atlas-5',
  input_tokens: 35,
  output_tokens: 12,
  client_ip: '203.0.113.9:64484',
  user_agent: 'sdk-py/1.2',
  ...change,
});
