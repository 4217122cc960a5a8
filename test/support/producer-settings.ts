import { ProducerSettings } from '../../shared/contract/producer-settings';

/** The settings of the producer contract's example. */
export const SETTINGS = ProducerSettings.parse({
  litellm: { account: 'metadata.user_api_key_user_id' },
  bedrock: { account: 'requestMetadata.tenant' },
  otlp: { account: 'user.id', signal: 'spans' },
  openmeter: {
    account: 'subject',
    type: 'litellm_tokens',
    model: 'data.model',
    inputTokens: 'data.prompt_tokens',
    outputTokens: 'data.completion_tokens',
  },
  kong: { account: 'consumer.username' },
  'access-log': {
    account: 'account_id',
    id: 'request_id',
    time: 'start_time',
    model: 'model',
    inputTokens: 'input_tokens',
    outputTokens: 'output_tokens',
    ip: 'client_ip',
    userAgent: 'user_agent',
  },
});
