import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { ByteReader, ByteWriter } from '../../../shared/formats/bytes';
import { SAMPLES, type SampleName, SUM } from '../../../shared/formats/features';
import type { Profile } from './profile';
import { readProfile, writeProfile } from './profile-codec';
import type { TimedSample } from './timed-sample';

/**
 * Accounts of one segment as they stood after an hour: a Parquet file that other tools read (docs/query.md lists its columns), with the
 * whole profile beside, in our own bytes, from which detection goes on. Identifiers are keyed hashes throughout.
 */
type Column = { name: string; type: 'STRING' | 'DOUBLE' | 'INT32' | 'TIMESTAMP' | 'BYTE_ARRAY'; of(profile: Profile): unknown };

const moment = (at: number | undefined): Date | undefined => (at === undefined || !Number.isFinite(at) ? undefined : new Date(at));
const counts = (words: Iterable<[string, number]>): string => JSON.stringify(Object.fromEntries(words));
const both = (profile: Profile, of: 'tasks' | 'models'): Map<string, number> => added([profile.previous[of], profile.current[of]]);
const shown = (profile: Profile, which: 0 | 1 | 2): Map<string, number> =>
  added([profile.previous.shown[which], profile.current.shown[which]]);
const HASH_SPACE = 2 ** 52;

/** Distinct values seen, estimated beyond the size of the sample. */
export const distinctIn = ({ keys }: TimedSample, name: SampleName): number =>
  keys.length < SAMPLES[name] ? keys.length : Math.round(((SAMPLES[name] - 1) * HASH_SPACE) / keys[SAMPLES[name] - 1]!);

const sums = {
  ok: SUM.ok,
  errors: SUM.error,
  refused: SUM.refused,
  limited: SUM.limited,
  blocked: SUM.blocked,
  input_tokens: SUM.input,
  output_tokens: SUM.output,
} as const;
const samples = ['ips', 'prefixes', 'clients', 'keys', 'systems', 'templates'] as const;

export const ACCOUNT_COLUMNS: readonly Column[] = [
  { name: 'account', type: 'STRING', of: ({ account }) => account },
  { name: 'plan', type: 'STRING', of: ({ facts }) => facts.plan },
  { name: 'created_at', type: 'TIMESTAMP', of: ({ facts }) => moment(facts.createdAt) },
  { name: 'first_heard', type: 'TIMESTAMP', of: ({ firstSeen }) => moment(firstSeen) },
  { name: 'first_use', type: 'TIMESTAMP', of: ({ firstUse }) => moment(firstUse) },
  { name: 'last_use', type: 'TIMESTAMP', of: ({ lastUse }) => moment(lastUse) },
  { name: 'payment_instrument', type: 'STRING', of: ({ facts }) => facts.paymentInstrument },
  { name: 'organization', type: 'STRING', of: ({ facts }) => facts.organization },
  { name: 'email_domain', type: 'STRING', of: ({ facts }) => facts.emailDomain },
  { name: 'provider_standing', type: 'STRING', of: ({ facts }) => facts.standing },
  { name: 'lifetime_exchanges', type: 'DOUBLE', of: ({ exchanges }) => exchanges },
  { name: 'lifetime_prevented', type: 'DOUBLE', of: ({ prevented }) => prevented },
  { name: 'exchanges', type: 'DOUBLE', of: (profile) => profile.windowExchanges },
  ...Object.entries(sums).map(([name, at]): Column => ({ name, type: 'DOUBLE', of: (profile) => profile.sum(at) })),
  ...samples.map((name): Column => ({ name: `distinct_${name}`, type: 'INT32', of: (profile) => distinctIn(profile.samples[name], name) })),
  { name: 'models', type: 'STRING', of: (profile) => counts(both(profile, 'models')) },
  { name: 'tasks', type: 'STRING', of: (profile) => counts(both(profile, 'tasks')) },
  { name: 'channels', type: 'STRING', of: (profile) => counts(shown(profile, 0)) },
  { name: 'languages', type: 'STRING', of: (profile) => counts(shown(profile, 1)) },
  { name: 'countries', type: 'STRING', of: (profile) => counts(shown(profile, 2)) },
  { name: 'clock', type: 'STRING', of: ({ clock }) => JSON.stringify([...clock]) },
];
const PROFILE = 'profile';

/** Accounts in order of their keys: equal populations give equal bytes. */
export function writeAccountFile(profiles: Iterable<Profile>): Uint8Array {
  const rows = [...profiles].sort((one, other) => (one.account < other.account ? -1 : 1));
  const out = new ByteWriter();
  const bytes = rows.map((profile) => {
    out.clear();
    writeProfile(out, profile);
    return out.take();
  });
  const columnData = [
    ...ACCOUNT_COLUMNS.map(({ name, type, of }) => ({ name, type, data: rows.map(of), nullable: true })),
    { name: PROFILE, type: 'BYTE_ARRAY' as const, data: bytes, nullable: false },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, codec: 'SNAPPY' }));
}

/** Throws on damage. */
export async function readAccountFile(bytes: Uint8Array): Promise<Profile[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const rows = await parquetReadObjects({ file, columns: [PROFILE], utf8: false });
  return rows.map((row) => {
    const packed: unknown = row[PROFILE];
    if (!(packed instanceof Uint8Array)) throw new Error('an account file has a row without a profile');
    return readProfile(new ByteReader(packed));
  });
}

function added(parts: readonly (ReadonlyMap<string, number> | undefined)[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const part of parts) for (const [word, count] of part ?? []) all.set(word, (all.get(word) ?? 0) + count);
  return all;
}
