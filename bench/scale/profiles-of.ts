import { Profile, type ProfileSample } from '../../functions/detection/profiles/profile';
import { writeProfile } from '../../functions/detection/profiles/profile-codec';
import { accountAt, placeOf, type ScreenColumns } from '../../functions/detection/screen/columns/screen-columns';
import type { Segments } from '../../functions/detection/screen/holders/census';
import { SAMPLED, TRAIT_NAMES, type TraitType } from '../../functions/detection/traits/traits';
import { HOUR } from '../../shared/domain/time';
import { ByteWriter } from '../../shared/formats/bytes';
import { segmentOf } from '../../shared/formats/segment-of';
import { type AccountKey, sealedId } from '../../shared/identity/ids';
import { hashText } from '../../shared/identity/keyed-hash';
import { NOW } from './population';

const SAMPLE: (ProfileSample | undefined)[] = TRAIT_NAMES.map((_, type) => SAMPLED.find((one) => one.type === type)?.sample);
const FACTS: Partial<Record<TraitType, string>> = {
  'payment-instrument': 'paymentInstrument',
  'payment-issuer': 'paymentIssuer',
  'signup-origin': 'signupIp',
  'signup-prefix': 'signupPrefix',
  'signup-client': 'signupFingerprint',
  'email-domain': 'emailDomain',
  referrer: 'referrer',
};

/** Profiles of accounts that are known as columns only, made when they are asked for; what is read off behaviour (rhythm, task mix) is left out. */
export async function profilesOf(
  segments: Segments,
): Promise<{ peek(account: AccountKey): Profile | undefined; packed(account: AccountKey): Uint8Array | undefined }> {
  const columns: ScreenColumns[] = [];
  for (let s = 0; s < segments.count; s++) columns.push(await segments.columns(s));
  const out = new ByteWriter();
  const peek = (account: AccountKey): Profile | undefined => {
    const from = columns[segmentOf(account, segments.count)]!;
    const at = placeOf(from, account);
    return at === undefined ? undefined : profileAt(from, at);
  };
  return {
    peek,
    packed: (account) => {
      const profile = peek(account);
      if (!profile) return undefined;
      out.clear();
      writeProfile(out, profile);
      return out.take();
    },
  };
}

export function profileAt(columns: ScreenColumns, at: number): Profile {
  const account = accountAt(columns, at);
  const profile = new Profile(account, sealedId(''), columns.firstSeen[at]! * HOUR);
  const facts: Record<string, unknown> = { createdAt: columns.bornAt[at]! };
  for (let i = columns.starts[at]!; i < columns.starts[at + 1]!; i++) {
    const type = columns.types[i]!;
    const sample = SAMPLE[type];
    if (sample) profile.samples[sample].add(columns.hashes[i]!, 1, columns.came[at]!);
    const fact = FACTS[TRAIT_NAMES[type]!];
    if (fact) facts[fact] = hashText(columns.hashes[i]!);
  }
  const at0 = columns.bornAt[at]!;
  profile.learn([{ at: at0, id: hashText(at), facts }]);
  for (let i = columns.minuteStarts[at]!; i < columns.minuteStarts[at + 1]!; i++)
    profile.minutes.add(columns.minutes[i]!, 1, columns.came[at]!);
  profile.exchanges = 300;
  profile.window.exchanges = 300;
  profile.today = profile.window;
  profile.firstUse = columns.came[at]! * HOUR;
  profile.lastUse = NOW - HOUR;
  profile.revision = 1;
  return profile;
}
