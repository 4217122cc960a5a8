import type { Family, Leg, Legs } from '../../../shared/domain/campaigns/campaign';
import type { LegPolicy } from '../../../shared/domain/policy/detection-policy';
import type { LoadSpread } from '../profiles/load-spread';
import type { Identity } from './identity';
import { type AskingRate, byTimes } from './purpose';

/** What the three legs are read from. */
export type LegMeasures = {
  identity: Identity;
  load: LoadSpread | undefined;
  asking: readonly AskingRate[];
  /** Median index of dispersion of the members' hourly counts. */
  dispersion: number | undefined;
};

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const stands = (because: string): Leg => ({ holds: true, because });
const lacks = (because: string): Leg => ({ holds: false, because });

/**
 * Three legs, each of its own kind, that must all stand before a machine may suspend anybody. Each says what it stands on or what it
 * lacks. What cannot be read is lacking: not knowing is never evidence.
 */
export function legsOf(measures: LegMeasures, families: readonly Family[], policy: LegPolicy): Legs {
  return {
    coordination: coordination(measures, families, policy),
    concealment: concealment(measures, policy),
    purpose: purpose(measures, policy),
  };
}

/** One operator moves them: two independent families of links, and one load dealt out over the accounts. */
function coordination({ load }: LegMeasures, families: readonly Family[], policy: LegPolicy): Leg {
  if (families.length < 2)
    return lacks(`linked by ${families.join(' and ') || 'nothing strong'} only: two independent families are needed`);
  if (!load) return lacks('too few requests to see whether the load is dealt out over the accounts');
  const bound = policy.loadSpread.value;
  if (load.atMost > bound)
    return lacks(
      `their loads differ as those of unrelated people do (spread up to ${load.atMost.toFixed(2)}, at most ${bound} when dealt out)`,
    );
  return stands(
    `linked by ${families.join(' and ')}, and each of ${load.accounts} accounts carries the same load (spread at most ${Math.max(0, load.atMost).toFixed(2)})`,
  );
}

/** One operator behind identities made to look unrelated. Openness is a shield: whoever can be called is not hiding. */
function concealment({ identity, dispersion }: LegMeasures, policy: LegPolicy): Leg {
  const open = opennessOf(identity, policy);
  if (open) return lacks(open);
  const spaced = dispersion !== undefined && dispersion <= policy.machineDispersion.value;
  const hidden =
    identity.exclusiveOfReference >= policy.exclusivePool.value &&
    identity.pooled >= policy.pooled.value &&
    identity.rotating >= policy.rotating.value &&
    identity.pool >= policy.pool.value;
  const how = hidden ? `take turns on ${identity.pool} addresses that hardly anybody else uses` : 'are spaced out as a machine does';
  if (identity.cells >= policy.cells.value && identity.cardCells >= policy.cardCells.value) {
    const cards = `${identity.cells} payment instruments each pay for several accounts that have no address, domain or organisation in common (${percent(identity.cardCells)} of those that pay)`;
    if (hidden || spaced) return stands(`${cards}; their requests ${how}`);
    return lacks(`${cards}, but neither their addresses nor their timing show one operator: somebody may pay for people`);
  }
  const mostly = identity.exclusive >= (policy.mostOfPool ?? policy.exclusivePool).value;
  if (hidden && mostly && spaced && identity.together >= policy.together.value) {
    if (identity.paying >= policy.paying.value)
      return stands(
        `accounts signed up within ten days, each under an identity and a payment instrument of its own, ${how}, evenly spaced`,
      );
    if (policy.evenDispersion !== undefined && dispersion <= policy.evenDispersion.value)
      return stands(
        `accounts signed up within ten days, each under an identity of its own and paying nothing, ${how}, as evenly as no event or course works`,
      );
  }
  return lacks('nothing shows one operator behind identities made to look unrelated');
}

/** Why the group does not hide that it belongs together; undefined when nothing says so. */
export function opennessOf(identity: Identity, policy: LegPolicy): string | undefined {
  const bound = policy.open.value;
  if (identity.organization >= bound) return `${percent(identity.organization)} are of one organisation: one can call it`;
  if (identity.domain >= bound)
    return `${percent(identity.domain)} have one e-mail domain that hardly anybody else has: one can call its owner`;
  if (identity.paying >= 0.5 && identity.payer >= policy.onePayer.value)
    return `one payer pays for ${percent(identity.payer)}: one can call the payer`;
  if (identity.place >= bound) return `${percent(identity.place)} work from the same few addresses: a place, not a disguise`;
  return undefined;
}

/** What is asked is what a student model needs: reasoning or grades, as labels or prompts say. Whichever of them is clear suffices. */
function purpose({ asking }: LegMeasures, { askingTimes, askingShare, diluted }: LegPolicy): Leg {
  const rates = byTimes(asking);
  for (const rate of rates) {
    if (rate.times >= askingTimes.value && rate.share >= askingShare.value) return stands(figuresOf(rate));
    if (diluted && rate.times >= diluted.times.value && rate.share >= diluted.share.value)
      return stands(`${figuresOf(rate)}, ${Math.floor(rate.times)} times as many: diluted by other requests`);
  }
  const [strongest] = rates;
  return lacks(strongest ? `not clearly more than others: ${figuresOf(strongest)}` : 'too few prompts or labels to see what is asked');
}

const figuresOf = ({ asking, by, share, requests, atLeast, base }: AskingRate): string =>
  `by their ${by}, ${percent(share)} of ${requests} requests ask for ${asking}, at least ${percent(atLeast)}; of the population's ${percent(base)} do`;
