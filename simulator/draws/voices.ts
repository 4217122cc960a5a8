import type { Said } from '../actor';
import { developing, repository } from '../text/code';
import type { PromptSet } from '../text/prompt-set';
import { passage, personal } from '../text/prose';
import { topics } from '../world';
import type { Dice } from './dice';
import { PARAMETERS } from './parameters';

/** How the populations speak: each answers a function from the turn of a sitting to what is said. */

/** What somebody says at the console: own topics, own manner. */
export const chatter = (dice: Dice): ((turn: number) => Said) => {
  const mine = topics(dice);
  return (turn) => ({ text: personal(dice, mine, turn), task: dice.is(0.4) ? 'writing' : 'conversation' });
};

/** What a developer asks about the own repository, under the agent's system prompt when there is one. */
export const coder = (dice: Dice, system?: string): ((turn: number) => Said) => {
  const repo = repository(dice);
  return (turn) => ({ system, text: developing(dice, repo, turn), task: dice.is(0.65) ? 'coding' : 'agentic' });
};

const RETRIEVAL = 'Answer with the help of the context below. When the context does not contain the answer, say so.';
/** What one product sends: a fixed frame around its users' documents. */
export const product = (dice: Dice, name: string): ((turn: number) => Said) => {
  const retrieval = dice.is(PARAMETERS.retrievalApps);
  const mine = topics(dice);
  const duty = personal(dice, mine, 0).slice(0, 90);
  const system = retrieval ? RETRIEVAL : `You work inside ${name}. ${duty}`;
  const task = dice.pick(['writing', 'conversation', 'reasoning', 'data']);
  const lead = dice.pick(['Input:', 'Document:', 'Message from a customer:', 'Record', 'Text to classify:', 'Ticket']);
  return () => ({
    system,
    text: retrieval
      ? `Context:\n${passage(dice, dice.pick(mine), dice.whole(2, 6))}\n\nQuestion: ${personal(dice, mine, 0).slice(0, 120)}`
      : `${lead}\n${passage(dice, dice.pick(mine), dice.whole(1, 6))}`,
    task,
  });
};

/** Draws from a prompt set; asks for reasoning or a grade in the given shares. */
export const asking =
  (dice: Dice, set: PromptSet, elicits: number, grading: number): (() => Said) =>
  () => {
    const wording = dice.pick(set.wordings);
    const text = wording.say(dice);
    if (dice.is(grading)) return { text: `${set.grade}\n\n${text}`, task: wording.task, grading: true };
    if (dice.is(elicits)) return { text: `${text}\n\n${set.elicit}`, task: wording.task, elicits: true };
    return { text, task: wording.task };
  };
