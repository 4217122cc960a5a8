import type { JsonObject, Producer, Reading } from './producer';
import {
  addressOf,
  at,
  countOf,
  given,
  instantOf,
  isObject,
  listAt,
  noAccount,
  noField,
  promptOf,
  tenancyIn,
  textOf,
  usageEvent,
} from './reading';

/** LiteLLM's name for whoever uses the master key: everybody who has no user of their own. */
const EVERYBODY = 'default_user_id';

/** What the proxy knows of a key that was shown to it. A call through the SDK shows none, and its caller may write anything there. */
const KEY_OWNER = 'metadata.user_api_key_';
const WRITTEN_BY_THE_PROXY = [
  'metadata.user_api_key_hash',
  'metadata.user_api_key_request_route',
  'metadata.requester_ip_address',
  'requester_ip_address',
  'metadata.user_agent',
  'user_agent',
];
const wasAuthenticated = (record: JsonObject): boolean => WRITTEN_BY_THE_PROXY.some((path) => textOf(at(record, path)) !== undefined);

/**
 * StandardLoggingPayload of LiteLLM's proxy, as its loggers `aws_sqs`, `s3_v2` and `generic_api` write it (seen from 1.108.7).
 * `litellm_call_id` is the request; `id` is the provider's and repeats or is empty. The response, e-mail addresses and tracebacks are
 * not looked at.
 */
export const litellm: Producer<'litellm'> = {
  name: 'litellm',
  title: 'LiteLLM',
  recognises: (record) => (Object.hasOwn(record, 'litellm_call_id') && Object.hasOwn(record, 'call_type')) || record.__encrypted__ === true,

  *read(record, settings): Iterable<Reading> {
    if (record.__encrypted__ === true) {
      const fix = 'switch the encryption of the logger off for this destination: the queue and the bucket are encrypted';
      return yield { kind: 'refused', rejection: { code: 'encrypted', because: 'the record is encrypted by the application', fix } };
    }
    const account = textOf(at(record, settings.account));
    if (account === undefined || account === EVERYBODY || (settings.account.startsWith(KEY_OWNER) && !wasAuthenticated(record)))
      return yield { kind: 'refused', rejection: noAccount(settings.account, 'ingest.producers.litellm.account') };
    const began = instantOf(record.startTime);
    if (began === undefined) return yield { kind: 'refused', rejection: noField('startTime', 'no time') };
    const id = textOf(record.litellm_call_id);
    if (id === undefined) return yield { kind: 'refused', rejection: noField('litellm_call_id', 'empty') };
    const ended = instantOf(record.endTime);
    const tools = listAt(record, 'model_parameters.tools').length;
    yield {
      kind: 'event',
      event: usageEvent({
        source: settings.source ?? 'litellm',
        id,
        at: began,
        account,
        model: textOf(record.model_group) ?? textOf(record.model),
        inputTokens: countOf(record.prompt_tokens),
        outputTokens: countOf(record.completion_tokens),
        status: statusOf(record),
        durationMs: ended === undefined || ended < began ? undefined : ended - began,
        apiKey: textOf(at(record, 'metadata.user_api_key_hash')),
        network: given({ ip: addressOf(record.requester_ip_address) ?? addressOf(at(record, 'metadata.requester_ip_address')) }),
        client: given({ userAgent: textOf(record.user_agent) ?? textOf(at(record, 'metadata.user_agent')) }),
        prompt: settings.prompt === 'drop' ? undefined : promptOf(record.messages),
        tools: tools === 0 ? undefined : tools,
        maxTokens: countOf(at(record, 'model_parameters.max_tokens') ?? at(record, 'model_parameters.max_completion_tokens')),
        stopReason: textOf(at(record, 'response.choices.0.finish_reason')),
        session: textOf(record.trace_id) ?? textOf(at(record, 'metadata.session_id')),
        ...tenancyIn(settings, (path) => at(record, path)),
      }),
    };
  },
};

/** A provider's or the gateway's 429 is an error: `limited` would say that we did it. */
function statusOf(record: { readonly [name: string]: unknown }): 'ok' | 'error' | 'refused' {
  const guardrail = at(record, 'status_fields.guardrail_status');
  const { error_information: error } = record;
  const kind = isObject(error) ? textOf(error.error_class) : undefined;
  if (kind === 'ContentPolicyViolationError' || guardrail === 'guardrail_intervened' || guardrail === 'blocked') return 'refused';
  return record.status === 'failure' ? 'error' : 'ok';
}
