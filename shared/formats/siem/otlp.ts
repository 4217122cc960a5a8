import type { OcsfEvent } from './ocsf';

/** OCSF's severities (0 to 6) as OpenTelemetry's severity numbers: unspecified, INFO, INFO2, WARN, ERROR, FATAL, FATAL4. */
const SEVERITY = [0, 9, 10, 13, 17, 21, 24] as const;

/** `AnyValue` of OTLP's JSON encoding: 64-bit integers are decimal text. */
export type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number }
  | { arrayValue: { values: AnyValue[] } }
  | { kvlistValue: { values: KeyValue[] } };
export type KeyValue = { key: string; value: AnyValue };

/** The body of one `POST /v1/logs` (OTLP 1.x over HTTP, JSON encoding): the same events as log records, each whole in its body. */
export function otlpOf(events: readonly OcsfEvent[]): object {
  return {
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'lockstep' } }] },
        scopeLogs: [{ scope: { name: 'lockstep.siem' }, logRecords: events.map(recordOf) }],
      },
    ],
  };
}

function recordOf(event: OcsfEvent): object {
  const { time, severity_id, class_name, activity_name, type_uid, metadata, message } = event;
  const at = `${time}000000`;
  return {
    timeUnixNano: at,
    observedTimeUnixNano: at,
    severityNumber: SEVERITY[severity_id] ?? 0,
    eventName: `ocsf.${class_name}.${activity_name}`.toLowerCase().replaceAll(/[^a-z.]+/g, '_'),
    body: anyValue(event),
    attributes: [
      { key: 'event.id', value: { stringValue: metadata.uid } },
      { key: 'ocsf.type_uid', value: { intValue: String(type_uid) } },
      { key: 'message', value: { stringValue: message } },
    ],
  };
}

/** What JSON can say; what is null or not given is left out. */
function anyValue(value: unknown): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  const fields = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return {
    kvlistValue: { values: fields.flatMap(([key, one]) => (one === undefined || one === null ? [] : [{ key, value: anyValue(one) }])) },
  };
}
