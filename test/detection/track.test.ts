import { type TrackContext, track } from '../../functions/detection/campaigns/track';
import type { Assessment } from '../../functions/detection/findings/assess';
import type { Profile } from '../../functions/detection/profiles/profile';
import { Profiles } from '../../functions/detection/profiles/profiles';
import recommended from '../../policies/recommended.json';
import type { Campaign, Classification } from '../../shared/domain/campaigns/campaign';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { hashText } from '../../shared/identity/keyed-hash';
import { assessment, type Given, hash, indexOf, NOW, profile, strangers } from '../support/worlds/population';

const policy = Policy.parse(recommended).detection;
const shared: Given = {
  bornAt: NOW - 6 * DAY,
  card: 'their card',
  clients: ['their build'],
  ips: ['x1', 'x2', 'x3'],
  system: 'their system',
};
const silent: Given = { ...shared, lastUse: NOW - 5 * DAY };
const other: Given = { bornAt: NOW - 6 * DAY, card: 'other card', clients: ['other build'], ips: ['y1', 'y2'] };
const accounts = (name: string, count: number, given: Given = shared): Profile[] =>
  Array.from({ length: count }, (_, i) => profile(`${name}-${i}`, given));

/** A world of some accounts among strangers, in which runs of tracking follow one another. */
function world(all: readonly Profile[], now = NOW) {
  const index = indexOf([...all, ...strangers(200)]);
  // At rest they are packed: another object each time that one is read.
  const packed = new Profiles();
  for (const one of all) packed.set(one.account, one);
  packed.pack();
  const profiles = { get: (account: Profile['account']) => packed.peek(account) };
  const provenance: Campaign['provenance'] = { run: 'run', code: 'code', policy: 'policy', input: 'input' };
  const start = Math.floor(now / HOUR) - 100;
  const context: TrackContext = { index, profiles, releases: new Map(), policy, operators: [], now, start, provenance };
  const network = (members: readonly Profile[], classification?: Classification): Assessment =>
    assessment(
      index,
      members.map(({ account }) => account),
      classification,
    );
  return {
    network,
    run: (networks: readonly Assessment[], before: readonly Campaign[] = [], later = 0) =>
      track(networks, before, { ...context, now: now + later }),
  };
}
const only = (campaigns: readonly Campaign[]): Campaign => {
  expect(campaigns).toHaveLength(1);
  const [campaign] = campaigns;
  if (!campaign) throw new Error('no campaign');
  return campaign;
};
const names = (campaign: Campaign): string[] => campaign.members.map(({ account }) => account).sort();
const keys = (profiles: readonly Profile[]): string[] => profiles.map(({ account }) => account).sort();

describe('a network becomes a campaign', () => {
  test('named by its first members and time: the same run again gives the same name', () => {
    const all = accounts('a', 10);
    const { run, network } = world(all);
    const first = only(run([network(all)]));
    expect(only(run([network(all)])).id).toBe(first.id);
    expect(first).toMatchObject({ version: 1, detectedAt: NOW, classification: 'distillation', lineage: [] });
    expect(names(first)).toEqual(keys(all));
    expect(first.exchanges).toBe(300);
    expect(first.indicators.map(({ type }) => type)).toEqual(expect.arrayContaining(['payment-instrument', 'client-build']));
  });
  test('an unchanged network writes nothing new, until a day has gone by', () => {
    const all = accounts('a', 10);
    const { run, network } = world(all);
    const first = only(run([network(all)]));
    expect(run([network(all)], [first], HOUR)).toEqual([]);
    expect(only(run([network(all)], [first], DAY))).toMatchObject({ id: first.id, version: 2, detectedAt: NOW });
  });
});

describe('it keeps its identity', () => {
  test('when accounts join: those who were there keep the time at which they joined', () => {
    const all = accounts('a', 15);
    const { run, network } = world(all);
    const first = only(run([network(all.slice(0, 10))]));
    const next = only(run([network(all)], [first], HOUR));
    expect([next.id, next.version, next.members.length]).toEqual([first.id, 2, 15]);
    const joined = (campaign: Campaign, at: number) => campaign.members.filter(({ joinedAt }) => joinedAt === at).length;
    expect([joined(next, NOW), joined(next, NOW + HOUR)]).toEqual([10, 5]);
  });
  test('two networks that share next to nothing are two campaigns', () => {
    const [one, two] = [accounts('a', 10), accounts('b', 10, other)];
    const { run, network } = world([...one, ...two]);
    const found = run([network(one), network(two)]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
  });
  test('merged: the larger goes on and says so once, the smaller is left without accounts', () => {
    const [one, two] = [accounts('a', 12), accounts('b', 6)];
    const { run, network } = world([...one, ...two]);
    const before = [network(one), network(two, 'unclear')].map((single) => only(run([single])));
    const [large, small] = before;
    const after = run([network([...one, ...two])], before, HOUR);
    const next = after.find(({ id }) => id === large?.id);
    expect(next?.members).toHaveLength(18);
    expect(next?.lineage).toEqual([expect.objectContaining({ what: 'merged', with: small?.id })]);
    expect(after).toHaveLength(2);
    expect(after.find(({ id }) => id === small?.id)?.members).toEqual([]);
    const again = run([network([...one, ...two])], after, 2 * DAY).find(({ id }) => id === large?.id);
    expect(again?.lineage).toHaveLength(1);
  });
  test('no account is a member of two campaigns', () => {
    const [one, two] = [accounts('a', 18), accounts('b', 12, other)];
    const { run, network } = world([...one, ...two]);
    const first = only(run([network([...one, ...two])]));
    const after = run([network(one), network(two)], [first], HOUR);
    expect(after).toHaveLength(2);
    const members = after.flatMap(names);
    expect(members).toHaveLength(30);
    expect(new Set(members).size).toBe(members.length);
  });
});

describe('silence is no acquittal', () => {
  test('a member that did nothing for days stays; one that is active and no longer linked goes', () => {
    const [linked, quiet, gone] = [accounts('a', 10), accounts('q', 3, silent), accounts('g', 3)];
    const { run, network } = world([...linked, ...quiet, ...gone]);
    const first = only(run([network([...linked, ...quiet, ...gone])]));
    expect(names(only(run([network(linked)], [first], HOUR)))).toEqual(keys([...linked, ...quiet]));
  });
  test('of a campaign of which most fell silent, what was said stands', () => {
    const [active, quiet] = [accounts('a', 5), accounts('q', 20, silent)];
    const { run, network } = world([...active, ...quiet]);
    const first = only(run([network([...active, ...quiet], 'distillation')]));
    const next = only(run([network(active, 'unclear')], [first], DAY));
    expect([next.id, next.classification, next.members.length]).toEqual([first.id, 'distillation', 25]);
  });
  test('accounts that wait for their first use are not silent: the few at work are heard', () => {
    const [busy, waiting] = [accounts('a', 5), accounts('w', 20, { ...shared, lastUse: Number.NEGATIVE_INFINITY })];
    const { run, network } = world([...busy, ...waiting]);
    const first = only(run([network([...busy, ...waiting], 'unclear')]));
    expect(only(run([network([...busy, ...waiting], 'distillation')], [first], HOUR)).classification).toBe('distillation');
  });
  test('accounts that replace contained ones are heard, when they say that it is what it was', () => {
    const legs = (holds: boolean) => {
      const leg = { holds, because: holds ? 'seen' : 'not seen' };
      return { coordination: leg, concealment: leg, purpose: leg };
    };
    const [gone, resting, wave] = [accounts('g', 60, silent), accounts('r', 20, silent), accounts('w', 20)];
    const { run, network } = world([...gone, ...resting, ...wave]);
    const before = { ...only(run([network([...gone, ...resting], 'distillation')])), legs: legs(false) };
    const next = (classification: Classification, members: readonly Profile[]): Campaign =>
      only(run([{ ...network(members, classification), legs: legs(true) }], [before], DAY));
    expect(next('distillation', [...resting, ...wave])).toMatchObject({ id: before.id, legs: legs(true), members: { length: 100 } });
    expect(next('unclear', [...resting, ...wave])).toMatchObject({ id: before.id, classification: 'distillation', legs: legs(false) });
    expect(next('distillation', [...resting, ...wave.slice(0, 19)])).toMatchObject({ id: before.id, legs: legs(false) });
  });
  test.each<[Classification, number, string]>([
    ['unclear', 8, 'bystander'],
    ['shared-origin', 8, 'bystander'],
    ['distillation', 8, 'core'],
  ])('a group that is %s by itself, linked with a few of a contained campaign (of %i): %s', (classification, size, role) => {
    const all = accounts('a', 30, silent);
    const few = accounts('back', 3);
    const came = accounts('came', size);
    const { run, network } = world([...all, ...few, ...came]);
    const first = only(run([network([...all, ...few])]));
    const next = only(run([network([...few, ...came], classification)], [first], DAY));
    expect(next).toMatchObject({ id: first.id, classification: 'distillation' });
    const roleOf = (one: Profile) => next.members.find(({ account }) => account === one.account)?.role;
    expect(came.map(roleOf)).toEqual(came.map(() => role));
    expect(few.map(roleOf)).toEqual(few.map(() => 'core'));
    // Once the group is of the class by itself, its accounts are members.
    const [later = next] = run([network([...few, ...came], 'distillation')], [next], DAY + HOUR);
    expect(later.members.filter(({ role: now }) => now === 'core').length).toBe(30 + 3 + size);
  });
  test.each<[Classification, Classification, string]>([
    ['unclear', 'distillation', 'bystander'],
    ['shared-origin', 'distillation', 'bystander'],
    ['distillation', 'distillation', 'core'],
    ['distillation', 'unclear', 'core'],
  ])('who fell silent while it was %s, and it is found to be %s by others: %s', (was, is, role) => {
    const [gone, active] = [accounts('g', 8, silent), accounts('a', 20)];
    const { run, network } = world([...gone, ...active]);
    const first = only(run([network([...gone, ...active], was)]));
    const [next = first] = run([network(active, is)], [first], HOUR);
    expect(next.classification).toBe(is);
    const roles = new Map(next.members.map((member) => [member.account, member.role]));
    expect(gone.map(({ account }) => roles.get(account))).toEqual(gone.map(() => role));
    expect(active.map(({ account }) => roles.get(account))).toEqual(active.map(() => 'core'));
    // Whoever comes back is found with the others, and is what they are.
    const back = gone.map((_, i) => profile(`g-${i}`, shared));
    const anew = world([...back, ...active]);
    const [later = next] = anew.run([anew.network([...back, ...active], is)], [next], 2 * HOUR);
    expect(later.members.map((member) => member.role)).toEqual(later.members.map(() => 'core'));
  });
  test('of an active one the new word counts', () => {
    const active = accounts('a', 20);
    const { run, network } = world(active);
    const first = only(run([network(active, 'unclear')]));
    expect(only(run([network(active, 'reselling')], [first], HOUR)).classification).toBe('reselling');
  });
  test('of which nothing is found any more: as it was, members and kind', () => {
    const quiet = accounts('q', 20, silent);
    const { run, network } = world(quiet);
    const first = only(run([network(quiet)]));
    expect(run([], [first], HOUR)).toEqual([]);
    expect(only(run([], [first], DAY))).toMatchObject({ id: first.id, classification: 'distillation', members: { length: 20 } });
  });
});

describe('a campaign long silent', () => {
  test('is not taken apart by what its accounts were made with, and its kind stands', () => {
    const quiet = accounts('q', 20, silent);
    const { run, network } = world(quiet);
    const first = only(run([network(quiet)]));
    const cards = [0, 5, 10, 15].map((from) => network(quiet.slice(from, from + 5), 'shared-origin'));
    expect(run(cards, [first], HOUR)).toEqual([]);
  });
  test('is taken apart when its accounts are seen at work in two networks of two operators', () => {
    const [one, two] = [accounts('a', 12), accounts('b', 8, other)];
    const { run, network } = world([...one, ...two]);
    const first = only(run([network([...one, ...two])]));
    const parts = run([network(one), network(two)], [first], HOUR);
    expect(parts.map(({ members }) => members.length).sort()).toEqual([12, 8]);
    expect(parts.find(({ id }) => id !== first.id)?.lineage).toEqual([expect.objectContaining({ what: 'split', with: first.id })]);
  });
  test('keeps no indicator that only those who left had', () => {
    const [one, two] = [accounts('a', 12), accounts('b', 8, other)];
    const { run, network } = world([...one, ...two]);
    const first = only(run([network([...one, ...two])]));
    const cards = (campaign: Campaign | undefined) =>
      campaign?.indicators.filter(({ type }) => type === 'payment-instrument').map(({ hash: card }) => card);
    const [theirs, others] = ['their card', 'other card'].map((card) => hashText(hash(card)));
    expect(cards(first)).toEqual(expect.arrayContaining([theirs, others]));
    const parts = run([network(one), network(two)], [first], HOUR);
    expect(cards(parts.find(({ id }) => id === first.id))).toEqual([theirs]);
    expect(cards(parts.find(({ id }) => id !== first.id))).toEqual([others]);
  });
  test('takes in nobody of another campaign because a few of its own are linked with them', () => {
    const [busy, quiet] = [accounts('a', 20), accounts('q', 12, { ...other, lastUse: NOW - 5 * DAY })];
    const { run, network } = world([...busy, ...quiet]);
    const before = [network(busy, 'reselling'), network(quiet)].map((single) => only(run([single])));
    const mixed = [network(busy.slice(0, 14), 'reselling'), network([...busy.slice(14), ...quiet.slice(0, 4)])];
    // After a day every campaign is written again: what is not in the answer would have held of nothing.
    const contained = only(run(mixed, before, DAY).filter(({ id }) => id === before[1]?.id));
    expect(names(contained).filter((account) => keys(busy).includes(account))).toEqual([]);
    expect(names(contained).length).toBeGreaterThanOrEqual(8);
  });
  test('goes on as one while what was found in two parts is one operator’s, from run to run', () => {
    const busy = accounts('b', 20);
    const { run, network } = world(busy);
    const first = only(run([network(busy)]));
    const parts = [network(busy.slice(0, 12)), network(busy.slice(12))];
    const next = only(run(parts, [first], DAY));
    expect([next.id, names(next), next.lineage]).toEqual([first.id, keys(busy), []]);
  });
});

describe('born after a containment', () => {
  test('accounts that carry its indicators are linked to it again, and it says so', () => {
    const [old, born] = [accounts('a', 20, { ...shared, lastUse: NOW - 5 * DAY }), accounts('n', 6, { ...shared, bornAt: NOW - HOUR })];
    const { run, network } = world([...old, ...born]);
    const first = only(run([network(old)]));
    const next = only(run([network(born)], [first], HOUR));
    expect(next.id).toBe(first.id);
    expect(next.lineage.map(({ what }) => what)).toEqual(['re-linked']);
    expect(names(next)).toEqual(keys([...old, ...born]));
  });
  test.each<[string, Given, Classification]>([
    ['that share nothing with it', other, 'distillation'],
    ['with a place in common, if it was only a place', shared, 'shared-origin'],
  ])('accounts %s are not', (_, given, classification) => {
    const [old, born] = [accounts('a', 20, { ...shared, lastUse: NOW - 5 * DAY }), accounts('n', 6, given)];
    const { run, network } = world([...old, ...born]);
    const first = only(run([network(old, classification)]));
    expect(run([network(born)], [first], HOUR).some(({ id, members }) => id !== first.id && members.length === 6)).toBe(true);
  });
});
