import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import Ajv2020 from 'ajv/dist/2020';
import { parquetReadObjects } from 'hyparquet';
import { undoAccount } from '../../functions/enforcement/commands/undo';
import { lakeObjects } from '../../functions/query/siem/security-lake';
import { siemDay } from '../../functions/query/siem/siem-events';
import { dayLabel, HOUR, iso } from '../../shared/domain/time';
import { cefOf } from '../../shared/formats/siem/cef';
import { OCSF_CLASSES, type OcsfEvent, ocsfOfCall } from '../../shared/formats/siem/ocsf';
import type { AnyValue } from '../../shared/formats/siem/otlp';
import { METRIC_NAMESPACE, METRICS } from '../../shared/wiring';
import { fc } from '../support/property';
import { MEMORY, onBothSides } from '../support/sides';
import { wholeApi } from '../support/whole-api';
import { account, buildCampaign } from '../support/worlds/build-campaign';
import { BEN, enforcementWorld, says } from '../support/worlds/enforcement-world';

/** An OTLP value as the JSON that it was made of. */
function plain(value: AnyValue): unknown {
  if ('stringValue' in value) return value.stringValue;
  if ('boolValue' in value) return value.boolValue;
  if ('intValue' in value) return Number(value.intValue);
  if ('doubleValue' in value) return value.doubleValue;
  if ('arrayValue' in value) return value.arrayValue.values.map(plain);
  return Object.fromEntries(value.kvlistValue.values.map((one) => [one.key, plain(one.value)]));
}

/**
 * The framework's own schemas, version 1.3.0 (Apache-2.0), as PyPI's ocsf-json-schema 1.2.0 writes them, descriptions left out:
 * unknown fields are refused by them.
 */
const FIXTURES = join(__dirname, '../fixtures/ocsf');
const ajv = new Ajv2020({ strict: false });
const validators = new Map(
  readdirSync(FIXTURES).map((file) => {
    const schema = JSON.parse(readFileSync(join(FIXTURES, file), 'utf8'));
    return [schema.properties.class_uid.const as number, ajv.compile(schema)] as const;
  }),
);
const faultsOf = (event: OcsfEvent): unknown => {
  const validate = validators.get(event.class_uid);
  return validate?.(event) ? null : (validate?.errors ?? `no schema of class ${event.class_uid}`);
};

/** A day on which much happened: a campaign contained, one account given back, and somebody looking. */
async function aDay() {
  const world = await enforcementWorld(MEMORY);
  await world.detect(buildCampaign({ size: 24 }));
  await world.pass(6 * HOUR);
  await undoAccount({ ...says(BEN, 'their press office = called | twice'), account: account(3) }, world.enforcement);
  const day = dayLabel(world.clock.now());
  const access = await MEMORY.table(world.clock);
  const ports = { enforcement: world.stores.enforcement, access, campaigns: world.enforcement.campaigns, clock: world.clock };
  return { ...world, day, ports, events: await siemDay(day, 'ledger', ports) };
}

test('every schema is one of a class that leaves, and refuses what it does not know', () => {
  expect([...validators.keys()].sort()).toEqual(
    Object.values(OCSF_CLASSES)
      .map(({ uid }) => uid)
      .sort(),
  );
  const call = ocsfOfCall({ at: 1, requestId: 'r', method: 'GET', route: '/v1/cases', subjects: {}, status: 200, milliseconds: 1.5 });
  expect(faultsOf(call)).toBeNull();
  expect(faultsOf({ ...call, colour: 'red' })).not.toBeNull();
  expect(faultsOf({ ...call, severity_id: 'high' as never })).not.toBeNull();
});

test('everything in the ledger of a day is an event of the framework, each once, and nothing of it names a person’s account', async () => {
  const { events, enforcement, day } = await aDay();
  expect(events.map(faultsOf).filter((fault) => fault !== null)).toEqual([]);
  const pointers = await enforcement.ledger.pointers(Date.parse(day));
  expect(events.map(({ metadata }) => metadata.uid).sort()).toEqual(pointers.map(({ hash }) => hash).sort());
  const of = (uid: number, activity: number) => events.filter((one) => one.class_uid === uid && one.activity_id === activity).length;
  expect(of(OCSF_CLASSES.detection_finding.uid, 1)).toBe(1);
  expect([of(OCSF_CLASSES.account_change.uid, 5), of(OCSF_CLASSES.account_change.uid, 2)]).toEqual([24, 1]);
  const finding = events.find(({ class_uid }) => class_uid === OCSF_CLASSES.detection_finding.uid);
  expect(finding).toMatchObject({
    severity_id: 4,
    confidence_score: 100,
    count: 24,
    finding_info: { uid: 'C-hydra', types: ['distillation'], analytic: { uid: 'distillation-suspend' } },
  });
  expect(finding?.evidences).toHaveLength(2);
  expect(JSON.stringify(events)).not.toContain('sealed');
});

test('as Parquet in the lake’s layout, read by two others; the same day twice is the same objects', async () => {
  const { events, day } = await aDay();
  const call = { at: Date.parse(day), requestId: 'r', principal: 'ada', role: 'admin', method: 'DELETE', route: '/v1/x' };
  const all = [...events, ocsfOfCall({ ...call, subjects: { account: 'a', case: 'c' }, status: 403, milliseconds: 2 })];
  const place = { prefix: 'ext/', region: 'eu-west-1', account: '123456789012' };
  const objects = lakeObjects(all, day, place);
  expect(lakeObjects(all, day, place).map(({ key }) => key)).toEqual(objects.map(({ key }) => key));
  expect(objects.map(({ key }) => key.replace(/[0-9a-f]{16}\.parquet$/, ''))).toEqual(
    ['detection_finding', 'account_change', 'entity_management', 'api_activity'].map(
      (name) => `ext/lockstep_${name}/region=eu-west-1/accountId=123456789012/eventDay=${day.replaceAll('-', '')}/`,
    ),
  );
  expect(objects.reduce((sum, { events: count }) => sum + count, 0)).toBe(all.length);
  const folder = mkdtempSync(join(tmpdir(), 'lake-'));
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    for (const [index, { bytes, key }] of objects.entries()) {
      const file = join(folder, `${index}.parquet`);
      writeFileSync(file, bytes);
      const of = all.filter(({ class_uid }) => key.includes(Object.entries(OCSF_CLASSES).find(([, { uid }]) => uid === class_uid)![0]));
      const reader = await connection.runAndReadAll(`SELECT metadata.uid, metadata.product.name, time, message FROM '${file}'`);
      expect(reader.getRows().map(([uid, name, time, message]) => [uid, name, Number(time), message])).toEqual(
        of.map(({ metadata, time, message }) => [metadata.uid, 'Lockstep', time, message]),
      );
    }
    const finding = await connection.runAndReadAll(
      `SELECT finding_info.analytic.uid, len(evidences), json_extract_string(evidences[1].data, '$.family') FROM '${join(folder, '0.parquet')}'`,
    );
    expect(finding.getRows().map((row) => row.map(String))).toEqual([['distillation-suspend', '2', 'payment']]);
    const calls = await parquetReadObjects({ file: objects[3]!.bytes.slice().buffer });
    expect(calls).toMatchObject([
      {
        status_code: '403',
        resources: [
          { type: 'account', uid: 'a' },
          { type: 'case', uid: 'c' },
        ],
      },
    ]);
  } finally {
    connection.closeSync();
    rmSync(folder, { recursive: true });
  }
});

test('CEF: one line an event, and no text breaks out of its field', () => {
  let reached = 0;
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '|', '\\', '=', '\n', '\r', ' ', 'ß') }), (text) => {
      const call = ocsfOfCall({ at: 7, requestId: text, method: 'GET', route: text, subjects: {}, status: 200, milliseconds: 1 });
      const line = cefOf(call);
      expect(line).not.toMatch(/[\r\n]/);
      const unescapedPipes = line.replace(/\\./g, '').split('CEF:0|')[1]!;
      const [, , , signature, , severity] = unescapedPipes.split('|');
      expect([signature, severity]).toEqual(['6003:2', '1']);
      // In the extension a bar is text, and an equals sign is not.
      const rest = line.replace(/\\./g, '').split('|').slice(7).join('|');
      expect(rest.match(/(^| )(rt|externalId|cat|act|outcome|msg)=/g)).toHaveLength(6);
      expect(rest.match(/=/g)).toHaveLength(6);
      if (/[|=\\\n]/.test(text)) reached++;
    }),
  );
  expect(reached).toBeGreaterThan(30);
});

onBothSides((side) => {
  test('by API: for admins, a page at a time, in both forms; the access log too', async () => {
    const { api, token, world } = await wholeApi(side, 24);
    const day = dayLabel(world.clock.now());
    const get = async (query: string, role: 'admin' | 'reviewer' = 'admin') =>
      api.request(`/v1/siem/events?${query}`, { headers: { authorization: `Bearer ${await token(role)}` } });
    expect((await get(`day=${day}`, 'reviewer')).status).toBe(403);
    for (const bad of ['', 'day=yesterday', `day=${day}&format=leef`, `day=${day}&of=dreams`, `day=${day}&cursor=AAAA`])
      expect([bad, (await get(bad)).status]).toEqual([bad, 400]);
    const found: OcsfEvent[] = [];
    let next: string | undefined;
    do {
      const page = await (await get(`day=${day}&limit=3${next === undefined ? '' : `&cursor=${encodeURIComponent(next)}`}`)).json();
      found.push(...page.items);
      next = page.next;
    } while (next !== undefined);
    const pointers = await world.enforcement.ledger.pointers(Date.parse(day));
    expect(found.map(({ metadata }) => metadata.uid)).toEqual(pointers.map(({ hash }) => hash));
    expect(found.map(faultsOf).filter((fault) => fault !== null)).toEqual([]);
    const otlp = await (await get(`day=${day}&format=otlp`)).json();
    expect(otlp.items).toHaveLength(1);
    const records = otlp.items[0].resourceLogs[0].scopeLogs[0].logRecords;
    expect(records.map(({ attributes }: { attributes: { value: object }[] }) => attributes[0]!.value)).toEqual(
      found.map(({ metadata }: { metadata: { uid: string } }) => ({ stringValue: metadata.uid })),
    );
    expect(records[0]).toMatchObject({ timeUnixNano: `${found[0]?.time}000000`, severityNumber: expect.any(Number) });
    // All of an event is in its record.
    expect(records.map(({ body }: { body: AnyValue }) => plain(body))).toEqual(found);
    expect((await (await get('day=2020-01-01&format=otlp')).json()).items).toEqual([]);
    const cef = await (await get(`day=${day}&format=cef`)).json();
    expect(cef.items).toHaveLength(found.length);
    expect(cef.items.every((line: string) => line.startsWith('CEF:0|Lockstep|Lockstep|'))).toBe(true);
    const calls = await (await get(`day=${iso(world.clock.now()).slice(0, 10)}&of=access`)).json();
    expect(calls.items.map(faultsOf).filter((fault: unknown) => fault !== null)).toEqual([]);
  });
});

test('the dashboard shows metrics that are written, all of them', () => {
  const dashboard = JSON.parse(readFileSync(join(__dirname, '../../docs/grafana/lockstep.json'), 'utf8'));
  const shown = dashboard.panels.flatMap(({ targets }: { targets: { metricName: string; namespace: string; expression: string }[] }) =>
    targets.map(({ metricName, namespace, expression }) => {
      expect(expression).toContain(`Namespace="${namespace}" MetricName="${metricName}"`);
      expect(namespace).toBe(METRIC_NAMESPACE);
      return metricName;
    }),
  );
  expect(shown.sort()).toEqual(Object.values(METRICS).sort());
});
