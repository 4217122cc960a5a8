import { ProducerSettings } from '../../shared/contract/producer-settings';

type Event = {
  id: string;
  time: string;
  subject: string;
  data: {
    model: string;
    inputTokens: number;
    outputTokens: number;
    network?: { ip?: string };
    client?: { userAgent?: string };
    prompt?: { system?: string; text?: string };
  };
};

export const SETTINGS = ProducerSettings.parse({
  litellm: { account: 'metadata.user_api_key_user_id' },
  bedrock: { account: 'requestMetadata.tenant' },
  otlp: { account: 'user.id' },
  kong: { account: 'consumer.username' },
  'access-log': {
    account: 'account',
    id: 'id',
    time: 'at',
    model: 'model',
    inputTokens: 'input',
    outputTokens: 'output',
    ip: 'ip',
    userAgent: 'agent',
  },
});

const messagesOf = ({ system, text }: NonNullable<Event['data']['prompt']>) => [
  ...(system === undefined ? [] : [{ role: 'system', content: system }]),
  { role: 'user', content: text ?? '' },
];
const attribute = (key: string, value: string | number) => ({
  key,
  value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
});

/** The same requests as other software would have written them: the fields that are read, without what is passed over. */
export const AS: Readonly<Record<string, (event: Event) => object>> = {
  litellm: ({ id, time, subject, data }) => ({
    litellm_call_id: id,
    call_type: 'acompletion',
    status: 'success',
    startTime: Date.parse(time) / 1000,
    endTime: Date.parse(time) / 1000 + 1,
    model_group: data.model,
    prompt_tokens: data.inputTokens,
    completion_tokens: data.outputTokens,
    requester_ip_address: data.network?.ip,
    user_agent: data.client?.userAgent,
    metadata: { user_api_key_user_id: subject },
    messages: messagesOf(data.prompt ?? {}),
    response: { choices: [{ message: { role: 'assistant', content: data.prompt?.text } }] },
  }),
  bedrock: ({ id, time, subject, data }) => ({
    schemaType: 'ModelInvocationLog',
    timestamp: time,
    requestId: id,
    modelId: data.model,
    input: {
      inputBodyJson: {
        system: [{ text: data.prompt?.system ?? '' }],
        messages: [{ role: 'user', content: [{ text: data.prompt?.text ?? '' }] }],
      },
      inputTokenCount: data.inputTokens,
    },
    output: { outputBodyJson: { stopReason: 'end_turn', metrics: { latencyMs: 640 } }, outputTokenCount: data.outputTokens },
    requestMetadata: { tenant: subject },
  }),
  otlp: ({ id, time, subject, data }) => ({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: id,
                spanId: 's',
                startTimeUnixNano: `${Date.parse(time)}000000`,
                attributes: [
                  attribute('gen_ai.operation.name', 'chat'),
                  attribute('gen_ai.request.model', data.model),
                  attribute('gen_ai.usage.input_tokens', data.inputTokens),
                  attribute('gen_ai.usage.output_tokens', data.outputTokens),
                  attribute('user.id', subject),
                  attribute('client.address', data.network?.ip ?? ''),
                  attribute('user_agent.original', data.client?.userAgent ?? ''),
                  attribute('gen_ai.input.messages', JSON.stringify(messagesOf(data.prompt ?? {}))),
                ],
              },
            ],
          },
        ],
      },
    ],
  }),
  kong: ({ id, time, subject, data }) => ({
    started_at: Date.parse(time),
    client_ip: data.network?.ip,
    request: { id, headers: { 'user-agent': data.client?.userAgent } },
    response: { status: 200 },
    latencies: { request: 900 },
    consumer: { username: subject },
    ai: {
      proxy: {
        usage: { prompt_tokens: data.inputTokens, completion_tokens: data.outputTokens },
        meta: { request_model: data.model },
        payload: { request: JSON.stringify({ messages: messagesOf(data.prompt ?? {}) }) },
      },
    },
  }),
  'access-log': ({ id, time, subject, data }) => ({
    id,
    at: time,
    account: subject,
    model: data.model,
    input: data.inputTokens,
    output: data.outputTokens,
    ip: data.network?.ip,
    agent: data.client?.userAgent,
  }),
};
