import { type Asking, strongestAsking } from '../purpose';
import { abstains, type Detector, percent } from './detector';

/** Alike among themselves and unlike everybody (CatchSync, KDD 2014, on prompts): mean log-ratio of phrases and templates. */
export const sharedPrompts: Detector = {
  name: 'shared-prompts',
  family: 'content',
  question: "Are the prompts alike among the members and unlike everybody else's?",
  ask({ members }, { families }) {
    if (families.content < 1.5) return abstains("the prompts are about as alike as anybody's, or there are none");
    return {
      kind: 'evidence',
      because: `What the ${members.length} members send is ${Math.exp(Math.min(9, families.content)).toFixed(0)} times as likely under the group's own prompts as under the population's, by account.`,
      ratio: Math.exp(families.content),
      numbers: { nats: families.content },
    };
  },
};

/** A rate that may be no more than this many times the population's is no evidence. */
const FEWEST_TIMES = 1.2;

const askedFor = (name: string, asking: Asking, question: string): Detector => ({
  name,
  family: 'content',
  question,
  ask(_, measures) {
    const rate = strongestAsking(measures.asking.filter((one) => one.asking === asking));
    if (!rate) return abstains('too few prompts or labels to see what is asked');
    const { times } = rate;
    if (times < FEWEST_TIMES) return abstains(`they ask for ${asking} about as often as others`);
    return {
      kind: 'evidence',
      because: `${percent(rate.share)} of ${rate.requests.toLocaleString('en')} requests of ${rate.accounts} members ask for ${asking} by their ${rate.by} (at least ${percent(rate.atLeast)}, three standard errors taken off); of the population's ${percent(rate.base)} do.`,
      ratio: times ** 2,
      numbers: { share: rate.share, atLeast: rate.atLeast, base: rate.base, requests: rate.requests, accounts: rate.accounts },
    };
  },
});

export const elicitation = askedFor('elicitation', 'reasoning', 'Do requests ask for the reasoning more often than others do?');
export const grading = askedFor('grading', 'grades', 'Is the model used as a grader more often than by others?');
