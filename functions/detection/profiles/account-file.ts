import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { ACCOUNT_COLUMNS, type AccountColumn } from '../../../shared/formats/account-columns';
import { ByteReader, ByteWriter } from '../../../shared/formats/bytes';
import { SAMPLES, type SampleName, SUM } from '../../../shared/formats/features';
import type { AccountKey } from '../../../shared/identity/ids';
import type { Profile } from './profile';
import { accountOf, readProfile, writeProfile } from './profile-codec';
import type { TimedSample } from './timed-sample';

/**
 * Accounts of one segment as they stood after an hour: a Parquet file that other tools read (docs/query.md lists its columns), with the
 * whole profile beside, in our own bytes, from which detection goes on. Identifiers are keyed hashes throughout.
 */
const moment = (at: number | undefined): Date | undefined => (at === undefined || !Number.isFinite(at) ? undefined : new Date(at));
const counts = (words: Iterable<[string, number]>): string => JSON.stringify(Object.fromEntries(words));
const HASH_SPACE = 2 ** 52;

/** Distinct values seen, estimated beyond the size of the sample. */
export const distinctIn = ({ keys }: TimedSample, name: SampleName): number =>
  keys.length < SAMPLES[name] ? keys.length : Math.round(((SAMPLES[name] - 1) * HASH_SPACE) / keys[SAMPLES[name] - 1]!);

const PARQUET = { string: 'STRING', timestamp: 'TIMESTAMP', double: 'DOUBLE', int: 'INT32' } as const;
const READ: Record<AccountColumn, (profile: Profile) => unknown> = {
  account: ({ account }) => account,
  plan: ({ facts }) => facts.plan,
  created_at: ({ facts }) => moment(facts.createdAt),
  first_heard: ({ firstSeen }) => moment(firstSeen),
  first_use: ({ firstUse }) => moment(firstUse),
  last_use: ({ lastUse }) => moment(lastUse),
  payment_instrument: ({ facts }) => facts.paymentInstrument,
  organization: ({ facts }) => facts.organization,
  email_domain: ({ facts }) => facts.emailDomain,
  provider_standing: ({ facts }) => facts.standing,
  lifetime_exchanges: ({ exchanges }) => exchanges,
  lifetime_prevented: ({ prevented }) => prevented,
  exchanges: (profile) => profile.windowExchanges,
  ok: (profile) => profile.sum(SUM.ok),
  errors: (profile) => profile.sum(SUM.error),
  refused: (profile) => profile.sum(SUM.refused),
  limited: (profile) => profile.sum(SUM.limited),
  blocked: (profile) => profile.sum(SUM.blocked),
  input_tokens: (profile) => profile.sum(SUM.input),
  output_tokens: (profile) => profile.sum(SUM.output),
  distinct_ips: ({ samples }) => distinctIn(samples.ips, 'ips'),
  distinct_prefixes: ({ samples }) => distinctIn(samples.prefixes, 'prefixes'),
  distinct_clients: ({ samples }) => distinctIn(samples.clients, 'clients'),
  distinct_keys: ({ samples }) => distinctIn(samples.keys, 'keys'),
  distinct_systems: ({ samples }) => distinctIn(samples.systems, 'systems'),
  distinct_templates: ({ samples }) => distinctIn(samples.templates, 'templates'),
  models: (profile) => counts(profile.window.models),
  tasks: (profile) => counts(profile.window.tasks),
  channels: (profile) => counts(profile.window.shown[0] ?? []),
  languages: (profile) => counts(profile.window.shown[1] ?? []),
  countries: (profile) => counts(profile.window.shown[2] ?? []),
  clock: ({ clock }) => JSON.stringify([...clock]),
};
const COLUMNS = Object.entries(ACCOUNT_COLUMNS).map(([name, type]) => ({ name, type: PARQUET[type], of: READ[name as AccountColumn] }));
const PROFILE = 'profile';

/** Accounts in order of their keys: equal populations give equal bytes. */
export const writeAccountFile = (profiles: Iterable<Profile>): Uint8Array =>
  writeAccountsInOrder([...profiles].sort((one, other) => (one.account < other.account ? -1 : 1)));

/** Of accounts that come in order of their keys, one in memory at a time. */
export function writeAccountsInOrder(profiles: Iterable<Profile>): Uint8Array {
  const out = new ByteWriter();
  const bytes: Uint8Array[] = [];
  const columnData = COLUMNS.map(({ name, type }) => ({ name, type, data: [] as unknown[], nullable: true }));
  for (const profile of profiles) {
    out.clear();
    writeProfile(out, profile);
    bytes.push(out.take());
    COLUMNS.forEach(({ of }, column) => {
      columnData[column]!.data.push(of(profile));
    });
  }
  const all = [...columnData, { name: PROFILE, type: 'BYTE_ARRAY' as const, data: bytes, nullable: false }];
  return new Uint8Array(parquetWriteBuffer({ columnData: all, codec: 'SNAPPY' }));
}

/** Throws on damage. */
export async function readAccountFile(bytes: Uint8Array): Promise<Profile[]> {
  const rows = await readPackedAccounts(bytes);
  return rows.map(({ packed }) => readProfile(new ByteReader(packed)));
}

/** Profiles as they rest, with their accounts. Throws on damage. */
export async function readPackedAccounts(bytes: Uint8Array): Promise<{ account: AccountKey; packed: Uint8Array }[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const rows = await parquetReadObjects({ file, columns: [PROFILE], utf8: false });
  return rows.map((row) => {
    const packed: unknown = row[PROFILE];
    if (!(packed instanceof Uint8Array)) throw new Error('an account file has a row without a profile');
    // A copy: what was read is a view of all of them.
    return { account: accountOf(packed), packed: packed.slice() };
  });
}
