import type { Said } from '../actor';
import type { Dice } from '../draws/dice';
import { asking } from '../draws/voices';
import type { PromptSetChoice, Says } from '../scenarios/description';
import { FAMILIES } from '../text/families';
import { type PromptSet, promptSet } from '../text/prompt-set';
import { exercise, paraphrased, passage, personal } from '../text/prose';
import { TOPICS, type Topic } from '../text/words';
import { topics } from '../world';
import type { Own } from './own';

const TARGETS = ['write-code', 'repair-code', 'tool-use', 'sums', 'logic'];

/** What a group says alike: drawn once for each object of its description. */
export class GroupVoice {
  private readonly sets = new Map<PromptSetChoice, PromptSet>();
  private readonly lists = new Map<Says, readonly string[]>();
  private readonly plain: PromptSet;
  constructor(
    private readonly diceFor: (what: string) => Dice,
    readonly name: string,
  ) {
    this.plain = promptSet(diceFor('demands'), FAMILIES, 1);
  }

  /** How this group's members ask for reasoning and for grades, where they do. */
  get demands(): Pick<PromptSet, 'elicit' | 'grade'> {
    return this.plain;
  }
  set(choice: PromptSetChoice): PromptSet {
    let set = this.sets.get(choice);
    if (!set) {
      const names = choice.set.length > 0 ? choice.set : TARGETS;
      const families = FAMILIES.filter(({ name }) => names.includes(name));
      if (families.length !== new Set(names).size) throw new Error(`${names.join()}: not all of them are families of text/families.ts`);
      set = promptSet(this.diceFor(`set ${this.sets.size}`), families, choice.wordings);
      this.sets.set(choice, set);
    }
    return set;
  }
  exercises(says: Says, count: number): readonly string[] {
    let list = this.lists.get(says);
    if (!list) {
      const dice = this.diceFor(`exercises ${this.lists.size}`);
      list = Array.from({ length: count }, () => exercise(dice));
      this.lists.set(says, list);
    }
    return list;
  }
}

const named = (names: readonly string[] | undefined): readonly Topic[] => {
  if (!names) return TOPICS;
  const found = TOPICS.filter(({ name }) => names.includes(name));
  if (found.length !== names.length) throw new Error(`${names.join()}: not all of them are topics of text/words.ts`);
  return found;
};

/** With a demand for written reasoning, or for a grade, in the shares that were asked for. */
const demanding = (dice: Dice, voice: GroupVoice, text: string, task: string, elicits = 0, grading = 0): Said => {
  if (grading > 0 && dice.is(grading)) return { text: `${voice.demands.grade}\n\n${text}`, task, grading: true };
  if (elicits > 0 && dice.is(elicits)) return { text: `${text}\n\n${voice.demands.elicit}`, task, elicits: true };
  return { text, task };
};

/** One member's way of speaking. */
export const speech = (own: Own, says: Says, voice: GroupVoice): ((turn: number) => Said) => {
  if (says === 'chat') return own.chat;
  if (says === 'code') return own.code;
  if (says === 'product') return own.product;
  const { dice } = own;
  if ('people' in says) {
    const mine = topics(dice);
    const { elicits, grading } = says.people;
    return () => demanding(dice, voice, personal(dice, mine, 0), 'conversation', elicits, grading);
  }
  if ('exercises' in says) {
    const list = voice.exercises(says, says.exercises);
    return () => demanding(dice, voice, dice.pick(list), 'reasoning', says.elicits, says.grading);
  }
  if ('fixed' in says) return () => ({ text: dice.pick(says.fixed), task: says.task ?? 'conversation' });
  if ('set' in says) {
    const { paraphrase = 0 } = says;
    const ask = asking(dice, voice.set(says), says.elicits ?? 0, says.grading ?? 0);
    return () => {
      const said = ask();
      return paraphrase > 0 && dice.is(paraphrase) ? { ...said, text: paraphrased(dice, said.text) } : said;
    };
  }
  const list = named(says.topics);
  const [low, high] = says.sentences ?? [2, 6];
  const frame = says.frame.replaceAll('NAME', voice.name);
  return () =>
    demanding(
      dice,
      voice,
      `${frame}\n\n${passage(dice, dice.pick(list), dice.whole(low, high))}`,
      says.task ?? 'writing',
      says.elicits,
      says.grading,
    );
};
