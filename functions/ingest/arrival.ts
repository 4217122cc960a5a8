import type { LockstepEvent } from '../../shared/contract/event';
import { type Arrival, type ArrivalField, nothingArrived } from '../../shared/domain/arrival';

/** Notes an accepted event. */
export function noteArrival(arrival: Arrival, event: LockstepEvent, at: number): void {
  arrival.accepted++;
  arrival.latest = Math.max(arrival.latest, at);
  const has = (field: ArrivalField, value: unknown): void => {
    if (value !== undefined && value !== '') arrival.fields[field] = (arrival.fields[field] ?? 0) + 1;
  };
  if (event.type === 'lockstep.usage.v1') {
    const { network, client, prompt, apiKey, durationMs, labels } = event.data;
    arrival.usage++;
    has('address', network?.ip);
    has('client', client?.userAgent ?? client?.fingerprint);
    has('prompt', prompt?.text ?? prompt?.system ?? prompt?.fingerprint);
    has('apiKey', apiKey);
    has('durationMs', durationMs);
    has('labels', labels?.task);
  } else if (event.type === 'lockstep.account.v1') {
    const { paymentInstrument, signupIp, signupFingerprint, organization, emailDomain, createdAt } = event.data;
    arrival.accounts++;
    has('payment', paymentInstrument);
    has('signup', signupIp ?? signupFingerprint);
    has('organization', organization);
    has('emailDomain', emailDomain);
    has('createdAt', createdAt);
  }
}

export const arrivalAt = <K extends string>(arrivals: { [P in K]?: Arrival }, producer: K): Arrival => {
  const known = arrivals[producer] ?? nothingArrived();
  arrivals[producer] = known;
  return known;
};
