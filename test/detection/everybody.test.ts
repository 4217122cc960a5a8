import { Everybody } from '../../functions/detection/everybody';
import { Population } from '../../functions/detection/profiles/population';
import type { Profile } from '../../functions/detection/profiles/profile';
import recommended from '../../policies/recommended.json';
import type { Campaign } from '../../shared/domain/campaigns/campaign';
import { Policy } from '../../shared/domain/policy/policy';
import { DAY, HOUR } from '../../shared/domain/time';
import { SUM } from '../../shared/formats/features';
import { campaignId } from '../../shared/identity/ids';
import { hashText } from '../../shared/identity/keyed-hash';
import { fc } from '../support/property';
import { Reached } from '../support/reached';
import { saidOf } from '../support/said-of';
import { buildCampaign, buildMember } from '../support/worlds/build-campaign';
import { hash, NOW, profile } from '../support/worlds/population';

const policy = Policy.parse(recommended).detection;
const HOUR_NOW = Math.floor(NOW / HOUR);
const GROUPS = 3;
const SIZE = 14;

/** What is used as it comes up may be what a group shares: then more people vouch for it than before. */
const NAMES = { ips: 'exit a', clients: 'client', templates: 'template', systems: 'system' } as const;

/** What happens to an account between two runs. */
const happening = fc.record({
  account: fc.oneof(fc.nat(GROUPS * SIZE - 1), fc.nat(GROUPS * SIZE + 40)),
  kind: fc.constantFrom('ips', 'clients', 'templates', 'systems', 'works', 'asks', 'forgets', 'forgets', 'is told', 'says', 'joins'),
  which: fc.nat(4),
});
const run = fc.record({ happenings: fc.array(happening, { maxLength: 30 }), newcomers: fc.nat(3), hours: fc.constantFrom(1, 1, 7, 30) });

/** Members of three operators, who hold less in common from one to the next, and people who share a popular client. */
function everybody(): Profile[] {
  const groups = Array.from({ length: GROUPS * SIZE }, (_, i) => {
    const at = Math.floor(i / SIZE);
    const made = profile(`member ${i}`, {
      bornAt: NOW - 5 * DAY - i * HOUR,
      ips: [`exit a ${at}`, `exit b ${at}`, ...(at === 2 && i % 3 === 0 ? ['exit a 1'] : [])],
      clients: [at === 0 ? `client ${at}` : `client ${i % 2}`],
      templates: [`template ${at}`],
      ...(at < 2 ? { card: `card ${at} ${i % 4}` } : {}),
      exchanges: 60,
    });
    made.samples.phrases.add(hash(`phrase ${at}`), 1, HOUR_NOW - 20);
    made.window.sums[SUM.prompts] = 60;
    made.window.sums[SUM.elicitsTrait] = at === 0 ? 55 : 9;
    made.window.sums[SUM.content + (at === 0 ? 40 : i % 8)] = 60;
    for (let hour = 300; hour < 330; hour++) made.hourly[hour] = 2;
    return made;
  });
  return [...groups, ...Array.from({ length: 260 }, (_, i) => person(`stranger ${i}`, i, NOW - 30 * DAY - (i - 20) * 4 * HOUR))];
}

function person(name: string, i: number, bornAt: number): Profile {
  const made = profile(name, { ips: [`address ${i % 120}`], clients: ['popular', `client ${i % 40}`], exchanges: 40, bornAt });
  made.window.sums[SUM.prompts] = 40;
  made.window.sums[SUM.content + (i % 8)] = 40;
  return made;
}

function happen({ kind, which }: { kind: string; which: number }, one: Profile, hour: number, run: number): void {
  if (kind === 'ips' || kind === 'clients' || kind === 'templates' || kind === 'systems')
    one.samples[kind].add(hash(which < 3 ? `${NAMES[kind]} ${which}` : `${NAMES[kind]} of run ${run}`), 1, hour);
  if (kind === 'says')
    for (let word = 0; word < 9; word++) one.samples.phrases.add(hash(`word ${run} ${(word * (which + 2)) % 11}`), 1, hour);
  if (kind === 'joins') {
    for (const ip of [`exit b ${which % GROUPS}`, `exit a ${which % GROUPS}`]) one.samples.ips.add(hash(ip), 1, hour);
    one.samples.templates.add(hash(`template ${which % GROUPS}`), 1, hour);
  }
  if (kind === 'forgets') for (const sample of [one.samples.ips, one.samples.clients, one.samples.templates]) sample.forget(hour - which);
  if (kind === 'asks') one.window.sums[SUM.elicitsTrait]! += 20;
  if (kind === 'is told')
    one.learn([
      { at: hour * HOUR, id: hashText(hash(`told ${which}`)), facts: { paymentInstrument: hashText(hash(`card told ${which}`)) } },
    ]);
  if (kind === 'works') {
    one.exchanges += 5;
    one.window.exchanges += 5;
    one.window.sums[SUM.prompts]! += 5;
    one.window.sums[SUM.content + which]! += 5;
    one.lastUse = hour * HOUR;
  }
  one.revision++;
}

const hostile = (): Campaign => {
  const accounts = Array.from({ length: SIZE }, (_, i) => profile(`member ${i}`).account);
  return buildCampaign({
    id: campaignId('c-0'),
    classification: 'distillation',
    members: accounts.map((account, i) => buildMember(i, { account })),
  });
};

/** All that a run says, without what holds the memory. */
const said = ({ assessments, links, resting, context, watched }: ReturnType<Everybody['judge']>) => ({
  links: links.map(({ a, b, ...link }) => [...[a, b].map((order) => context.index.accounts[order]!.profile.account), link]),
  resting: resting.map((group) => group.map(({ profile }) => profile.account)),
  watched,
  assessments: saidOf(assessments),
});

test('property: an index that is kept from run to run says what a new process says, to the last digit', () => {
  const reached = new Reached();
  fc.assert(
    fc.property(fc.array(run, { minLength: 2, maxLength: 5 }), fc.boolean(), (runs, wasFound) => {
      const population = new Population();
      population.begin({ start: HOUR_NOW - 24 * 14 + 12, last: HOUR_NOW, releases: [['atlas-5', NOW - 9 * DAY]] });
      const all = everybody();
      population.restore(all);
      const kept = new Everybody();
      let now = NOW;
      let before = '';
      runs.forEach(({ happenings, newcomers, hours }, place) => {
        now += hours * HOUR;
        if (place > 0) {
          for (const happening of happenings) {
            const one = all[happening.account]!;
            happen(happening, one, now / HOUR, place);
            population.touched.add(one);
          }
          for (let i = 0; i < newcomers; i++) {
            const one = person(`newcomer ${place}/${i}`, i, now - HOUR);
            all.push(one);
            population.restore([one]);
            population.touched.add(one);
          }
        }
        const given = { before: wasFound ? [hostile()] : [], policy, operators: [], now };
        const warm = said(kept.judge(population, given));
        const cold = said(new Everybody().judge(population, given));
        expect(warm).toEqual(cold);
        population.noticed();
        const groups = JSON.stringify(warm.assessments.map(({ members }) => members.map(({ account }) => account)));
        if (warm.assessments.length > 1) reached.met('several networks');
        if (place > 0 && groups !== before) reached.met('another group than the run before');
        if (warm.assessments.some(({ evidence }) => evidence.length > 3)) reached.met('a network with findings');
        before = groups;
      });
    }),
    { numRuns: 40 },
  );
  reached.atLeast({ 'several networks': 40, 'another group than the run before': 12, 'a network with findings': 40 });
});
