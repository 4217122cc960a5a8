import { createHash } from 'node:crypto';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { OCSF_CLASSES, type OcsfClass, type OcsfEvent } from '../../../shared/formats/siem/ocsf';

/** A field of a Parquet file: text, a whole number (`int`), one of 64 bits (`long`), JSON as text, a record, or a list of records. */
type Shape = 'text' | 'int' | 'long' | 'json' | { readonly [field: string]: Shape } | readonly [{ readonly [field: string]: Shape }];
type Fields = { readonly [field: string]: Shape };

const BASE = {
  class_uid: 'int',
  class_name: 'text',
  category_uid: 'int',
  activity_id: 'int',
  activity_name: 'text',
  type_uid: 'long',
  severity_id: 'int',
  status_id: 'int',
  time: 'long',
  message: 'text',
  metadata: { version: 'text', uid: 'text', product: { name: 'text', vendor_name: 'text' } },
  unmapped: 'json',
} as const satisfies Fields;

/** What each class's files hold, whatever the events of one day have: a table over them keeps its columns. */
const SHAPES: { readonly [name in OcsfClass]: Fields } = {
  detection_finding: {
    ...BASE,
    confidence_score: 'int',
    count: 'int',
    finding_info: {
      uid: 'text',
      title: 'text',
      desc: 'text',
      modified_time: 'long',
      first_seen_time: 'long',
      last_seen_time: 'long',
      analytic: { type_id: 'int', type: 'text', uid: 'text', name: 'text' },
    },
    evidences: [{ data: 'json' }],
  },
  account_change: {
    ...BASE,
    user: { uid: 'text', type_id: 'int' },
    actor: { app_name: 'text', user: { uid: 'text' } },
    policy: { uid: 'text', name: 'text' },
  },
  entity_management: { ...BASE, comment: 'text', entity: { uid: 'text', type: 'text', name: 'text' } },
  api_activity: {
    ...BASE,
    status_code: 'text',
    duration: 'int',
    actor: { app_name: 'text', user: { uid: 'text', type: 'text', type_id: 'int' } },
    api: { operation: 'text', service: { name: 'text' }, request: { uid: 'text' }, response: { code: 'int' } },
    src_endpoint: { name: 'text' },
    resources: [{ type: 'text', uid: 'text' }],
  },
};

const isList = (shape: Shape): shape is readonly [Fields] => Array.isArray(shape);

function elementsOf(name: string, shape: Shape): SchemaElement[] {
  const optional = { name, repetition_type: 'OPTIONAL' as const };
  if (shape === 'text' || shape === 'json') return [{ ...optional, type: 'BYTE_ARRAY', converted_type: 'UTF8' }];
  if (shape === 'int') return [{ ...optional, type: 'INT32' }];
  if (shape === 'long') return [{ ...optional, type: 'INT64' }];
  if (isList(shape)) {
    const element = elementsOf('element', shape[0]);
    return [
      { ...optional, converted_type: 'LIST', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...element,
    ];
  }
  const fields = Object.entries(shape);
  return [{ ...optional, num_children: fields.length }, ...fields.flatMap(([field, of]) => elementsOf(field, of))];
}

/** As the writer takes it: 64-bit numbers as BigInt, what has no column of its own as JSON. */
function written(value: unknown, shape: Shape): unknown {
  if (value === undefined || value === null) return null;
  if (shape === 'json') return JSON.stringify(value);
  if (shape === 'long') return BigInt(Math.round(Number(value)));
  if (shape === 'text' || shape === 'int') return value;
  if (isList(shape)) return Array.isArray(value) ? value.map((one) => written(one, shape[0])) : null;
  const fields = value as { readonly [field: string]: unknown };
  return Object.fromEntries(Object.entries(shape).map(([field, of]) => [field, written(fields[field], of)]));
}

export type LakeObject = { key: string; bytes: Uint8Array; events: number };
export type LakePlace = { prefix: string; region: string; account: string };

/**
 * One day's events as Parquet, an object a class, where Security Lake looks for a custom source:
 * `<prefix>lockstep_<class>/region=<region>/accountId=<account>/eventDay=<YYYYMMDD>/`. The key's end is the digest of the bytes, so
 * the same day twice is the same object. Pure.
 */
export function lakeObjects(events: readonly OcsfEvent[], day: string, { prefix, region, account }: LakePlace): LakeObject[] {
  return Object.entries(OCSF_CLASSES).flatMap(([name, { uid }]) => {
    const of = events.filter(({ class_uid }) => class_uid === uid);
    if (of.length === 0) return [];
    const shape = SHAPES[name as OcsfClass];
    const fields = Object.entries(shape);
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        columnData: fields.map(([field, is]) => ({ name: field, data: of.map((event) => written(event[field], is)) })),
        schema: [{ name: 'root', num_children: fields.length }, ...fields.flatMap(([field, is]) => elementsOf(field, is))],
      }),
    );
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const folder = `${prefix}lockstep_${name}/region=${region}/accountId=${account}/eventDay=${day.replaceAll('-', '')}`;
    return [{ key: `${folder}/${digest}.parquet`, bytes, events: of.length }];
  });
}
