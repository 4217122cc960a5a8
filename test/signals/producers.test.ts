import { readMessages } from '../../functions/ingest/read-messages';
import { shownEvent } from '../../shared/formats/shown-event';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { AT, bedrock, litellm } from '../support/producer-records';
import { SETTINGS } from '../support/producer-settings';

const hasher = new KeyedHasher('k'.repeat(64));
const signals = (record: object) => {
  const taken = readMessages([{ id: 'm', body: JSON.stringify(record) }], { now: AT + 60_000, hasher, segments: 1, producers: SETTINGS });
  expect(taken.rejected).toEqual([]);
  const segment = taken.events[0]!.columns;
  return shownEvent({ segment, row: 0 }).signals;
};
const span = (attributes: Record<string, string | number | string[]>) => ({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: 'a'.repeat(32),
              spanId: 'b'.repeat(16),
              startTimeUnixNano: `${AT}000000`,
              attributes: Object.entries({
                'gen_ai.operation.name': 'chat',
                'gen_ai.request.model': 'atlas-5',
                'user.id': 'acct-1',
                ...attributes,
              }).map(([key, value]) => ({
                key,
                value: Array.isArray(value)
                  ? { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } }
                  : typeof value === 'number'
                    ? { intValue: String(value) }
                    : { stringValue: value },
              })),
            },
          ],
        },
      ],
    },
  ],
});

test.each<[string, object, object | undefined]>([
  [
    'LiteLLM',
    litellm(1, { model_parameters: { max_tokens: 512 }, trace_id: 't-1', response: { choices: [{ finish_reason: 'length' }] } }),
    { maxTokens: 512, stopReason: 'length', session: expect.any(String) },
  ],
  [
    'Bedrock, Converse',
    bedrock(1, { output: { outputBodyJson: { stopReason: 'max_tokens' } } }, { inputBodyJson: { inferenceConfig: { maxTokens: 64 } } }),
    { maxTokens: 64, stopReason: 'max_tokens', session: null },
  ],
  [
    'Bedrock, a stream',
    bedrock(1, { output: { outputBodyJson: [{ messageStart: {} }, { messageStop: { stopReason: 'end_turn' } }] } }),
    { maxTokens: null, stopReason: 'end_turn' },
  ],
  [
    'OpenTelemetry',
    span({ 'gen_ai.request.max_tokens': 99, 'gen_ai.response.finish_reasons': ['stop'], 'gen_ai.conversation.id': 'c-1' }),
    { maxTokens: 99, stopReason: 'stop', session: expect.any(String) },
  ],
  ['OpenTelemetry that says nothing of it', span({}), undefined],
  ['a limit that is no number', litellm(1, { model_parameters: { max_tokens: 'many' }, response: {} }), undefined],
])('%s', (_, record, expected) => {
  if (expected) expect(signals(record)).toMatchObject(expected);
  else expect(signals(record)).toBeUndefined();
});
