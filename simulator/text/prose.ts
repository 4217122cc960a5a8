import type { Dice } from '../draws/dice';
import { Coined, NAMES, TOPICS, type Topic } from './words';

const DAYS = ['Monday', 'Tuesday', 'Thursday', 'Friday', 'the weekend', 'last week', 'this morning', 'March', 'the summer', 'yesterday'];
const LINKS = ['and', 'but', 'because', 'so', 'although', 'while', 'which is why', 'even though'];
const HEDGES = ['', '', '', 'apparently ', 'I think ', 'as far as I know ', 'in practice ', 'on paper ', 'frankly '];

const clause = (dice: Dice, topic: Topic): string => {
  const thing = dice.pick(topic.things);
  switch (dice.below(6)) {
    case 0:
      return `the ${dice.pick(topic.traits)} ${thing} ${dice.pick(topic.acts)}`;
    case 1:
      return `${dice.pick(NAMES)} says the ${thing} ${dice.pick(topic.acts)}`;
    case 2:
      return `${dice.pick(HEDGES)}our ${thing} ${dice.pick(topic.acts)} since ${dice.pick(DAYS)}`;
    case 3:
      return `${dice.whole(2, 90)} of the ${dice.whole(100, 900)} cases with a ${dice.pick(topic.traits)} ${thing} ended in ${dice.pick(DAYS)}`;
    case 4:
      return `nobody at ${Coined(dice)} knows whether the ${thing} is ${dice.pick(topic.traits)} or ${dice.pick(topic.traits)}`;
    default:
      return `a ${thing} near ${Coined(dice)} ${dice.pick(topic.acts)}`;
  }
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const sentence = (dice: Dice, topic: Topic): string =>
  capital(dice.is(0.4) ? `${clause(dice, topic)} ${dice.pick(LINKS)} ${clause(dice, topic)}.` : `${clause(dice, topic)}.`);

/** What people paste: an excerpt of a mail, a report, a page. About 70 characters a sentence. */
export const passage = (dice: Dice, topic: Topic, sentences: number): string => {
  let text = '';
  for (let i = 0; i < sentences; i++) text += (i ? (dice.is(0.15) ? '\n' : ' ') : '') + sentence(dice, topic);
  return text;
};

const WISH = ['can you', 'could you', 'please', 'I need you to', 'help me', 'would you mind to', '', '', '', 'quickly'];
const DEED = [
  'summarise',
  'rewrite',
  'translate',
  'check',
  'shorten',
  'explain',
  'answer',
  'proofread',
  'outline',
  'compare',
  'plan',
  'list what is wrong with',
  'turn into bullet points',
  'find a title for',
  'make sense of',
];
const MANNER = [
  '',
  '',
  '',
  'in plain words',
  'for my boss',
  'for a twelve-year-old',
  'in two sentences',
  'in Spanish',
  'without jargon',
  'as a table',
  'so it sounds friendlier',
  'before tomorrow',
  'with an example',
  'in a formal tone',
];
const OPEN = ['', '', '', 'hi, ', 'ok ', 'so ', 'one question: ', 'hello! ', 'sorry if this is silly but '];
const FOLLOW = [
  'shorter please',
  'no, more formal',
  'why?',
  'are you sure',
  'try again but keep the second part',
  'and in German?',
  'now as a table',
  'add one example',
  'not what I meant, the first one',
  'continue',
  'thanks, that works',
  'what would it cost',
  'drop the last paragraph',
  'what if it fails',
  'can you cite something',
  'make it less stiff',
  'who would disagree with that',
];
const QUESTION = [
  'what is the difference between a THING and a OTHER',
  'how do I know if a THING is TRAIT',
  'why does a THING that ACT get worse',
  'what should I do when the THING ACT',
  'is it normal that a TRAIT THING ACT',
  'give me ideas for a TRAIT THING',
  'which is better, a TRAIT THING or a OTHER',
  'who do I call when the THING ACT',
  'write a short note about a THING that ACT',
  'how long does a OTHER take if the THING is TRAIT',
];

const fill = (dice: Dice, pattern: string, topic: Topic): string =>
  pattern
    .replace('THING', dice.pick(topic.things))
    .replace('OTHER', dice.pick(topic.things))
    .replace('TRAIT', dice.pick(topic.traits))
    .replace('ACT', dice.pick(topic.acts));

/** What one person writes to a chat window: questions, chores on pasted text, and short follow-ups. */
export const personal = (dice: Dice, topics: readonly Topic[], turn: number): string => {
  const topic = dice.is(0.75) ? dice.pick(topics) : dice.pick(TOPICS);
  if (turn > 0 && dice.is(0.5)) return dice.is(0.5) ? dice.pick(FOLLOW) : `${dice.pick(FOLLOW)}, ${clause(dice, topic)}`;
  if (dice.is(0.45))
    return `${dice.pick(OPEN)}${fill(dice, dice.pick(QUESTION), topic)}?${dice.is(0.4) ? ` ${sentence(dice, topic)}` : ''}`;
  const chore = `${dice.pick(OPEN)}${dice.pick(WISH)} ${dice.pick(DEED)} this ${dice.pick(MANNER)}`.replace(/\s+/g, ' ').trim();
  return dice.is(0.8) ? `${chore}:\n${passage(dice, topic, dice.whole(1, 5))}` : `${passage(dice, topic, dice.whole(1, 4))}\n\n${chore}`;
};

/** One fixed question of a lesson, an exam or a viral post: the same words for everybody who was given it. */
export const exercise = (dice: Dice): string => {
  const topic = dice.pick(TOPICS);
  return `Exercise ${dice.whole(1, 12)}: ${fill(dice, dice.pick(QUESTION), topic)}? ${passage(dice, topic, 2)} Show how you arrived at your answer.`;
};

/** The loss a human paraphrase would bring, without a model: order, synonyms, filler words, lost words. */
const SYNONYMS: Readonly<Record<string, string>> = {
  write: 'compose',
  create: 'build',
  function: 'routine',
  answer: 'reply',
  explain: 'describe',
  following: 'text below',
  step: 'stage',
  given: 'assuming',
  find: 'work out',
  list: 'array',
  return: 'give back',
  problem: 'task',
  reason: 'think',
  score: 'mark',
  text: 'passage',
  code: 'program',
  should: 'must',
  how: 'in what way',
  many: 'numerous',
  each: 'every',
};
const WADDING = ['please', 'carefully', 'now', 'perhaps', 'in short', 'again', 'as usual', 'just', 'really', 'overall'];
export const paraphrased = (dice: Dice, text: string): string => {
  const parts = text.split(/(?<=[.?!:\n])\s+/);
  for (let i = parts.length - 1; i > 0; i--) {
    const j = dice.is(0.4) ? dice.below(i + 1) : i;
    const held = parts[i]!;
    parts[i] = parts[j]!;
    parts[j] = held;
  }
  const words: string[] = [];
  for (const word of parts.join(' ').split(' ')) {
    if (dice.is(0.06)) continue;
    if (dice.is(0.06)) words.push(dice.pick(WADDING));
    words.push(dice.is(0.6) ? (SYNONYMS[word.toLowerCase()] ?? word) : word);
  }
  return `${dice.pick(OPEN)}${words.join(' ')}`;
};
