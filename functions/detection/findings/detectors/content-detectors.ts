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

export const elicitation: Detector = {
  name: 'elicitation',
  family: 'content',
  question: 'Do requests ask for the reasoning more often than others do?',
  ask({ baseline }, { elicits }) {
    if (elicits < 0.4) return abstains('they ask for reasoning about as often as others');
    return {
      kind: 'evidence',
      because: `Requests ask for the reasoning ${Math.exp(elicits).toFixed(1)} times as often as the population's (${percent(baseline.elicits)}).`,
      ratio: Math.exp(2 * elicits),
      numbers: { times: Math.exp(elicits), base: baseline.elicits },
    };
  },
};

export const grading: Detector = {
  name: 'grading',
  family: 'content',
  question: 'Is the model used as a grader more often than by others?',
  ask({ baseline }, measures) {
    if (measures.grading < 0.4) return abstains('they ask for grades about as often as others');
    return {
      kind: 'evidence',
      because: `Requests ask for grades ${Math.exp(measures.grading).toFixed(1)} times as often as the population's (${percent(baseline.grading)}).`,
      ratio: Math.exp(2 * measures.grading),
      numbers: { times: Math.exp(measures.grading), base: baseline.grading },
    };
  },
};
