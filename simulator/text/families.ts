import type { Dice } from '../draws/dice';
import { repository, snippet } from './code';
import { passage, sentence } from './prose';
import { Coined, coined, NAMES, TOPICS } from './words';

/**
 * Prompts in the manner of data sets: many items, one way of asking. A family is a task; a `Wording` is one author's way of
 * putting it, drawn once for each campaign, customer or benchmark, so that two authors of one family share the task and not the text.
 */
export type Family = { readonly name: string; readonly task: string; readonly wording: (dice: Dice) => Wording };
export type Wording = (dice: Dice) => string;

const LANGUAGES = ['Python', 'Java', 'C++', 'Go', 'Rust', 'JavaScript', 'SQL', 'Bash', 'Ruby', 'Kotlin'];
const SHAPES = [
  'a list of integers',
  'a binary tree',
  'a string of brackets',
  'a weighted graph',
  'a matrix of characters',
  'two sorted arrays',
  'a stream of events',
  'a CSV file',
  'a linked list',
  'nested JSON',
];
const GOALS = [
  'the longest run without repetition',
  'all pairs that add up to K',
  'the cheapest path',
  'the K most frequent entries',
  'whether it can be split evenly',
  'the first missing number',
  'a topological order',
  'the median after each step',
  'the number of islands',
  'an edit script',
];
const GOODS = [
  'crates',
  'tickets',
  'marbles',
  'pancakes',
  'stamps',
  'bricks',
  'shells',
  'ribbons',
  'lanterns',
  'coins',
  'loaves',
  'pencils',
];
const TOOLS = ['search', 'calculator', 'calendar', 'shell', 'weather', 'maps', 'database', 'mailbox', 'browser', 'tickets'];

const writeCode = (dice: Dice): Wording => {
  const ask = dice.pick([
    'Write a LANG function that takes SHAPE and returns GOAL.',
    'Implement, in LANG, an algorithm that finds GOAL in SHAPE.',
    'Given SHAPE, compute GOAL. Use LANG.',
    'Task: in LANG, read SHAPE and print GOAL.',
    'Create a LANG program which determines GOAL for SHAPE.',
  ]);
  const limits = dice.pick([
    'The input has at most N elements.',
    'Your solution must run in O(N log N) for N up to N.',
    'Memory limit: N MB.',
    'Return N if there is none.',
    '',
  ]);
  const ending = dice.pick([
    'Include unit tests.',
    'Explain the complexity.',
    'Provide only the code.',
    'Comment every line.',
    'Handle edge cases.',
    '',
  ]);
  return (d) =>
    `${ask
      .replace('LANG', d.pick(LANGUAGES))
      .replace('SHAPE', d.pick(SHAPES))
      .replace(
        'GOAL',
        d.pick(GOALS).replace('K', String(d.whole(2, 40))),
      )} ${limits.replaceAll(' N', ` ${d.whole(1, 100) * 1000}`)} ${ending}`
      .replace(/\s+/g, ' ')
      .trim();
};
const sums = (dice: Dice): Wording => {
  const close = dice.pick([
    'How many GOODS are left?',
    'How many GOODS does NAME have in the end?',
    'What is the total?',
    'How many GOODS were there at first?',
  ]);
  const head = dice.pick(['', 'Solve: ', 'Question: ', 'Problem. ', 'Q: ']);
  return (d) => {
    const name = d.pick(NAMES);
    const goods = d.pick(GOODS);
    const steps = Array.from({ length: d.whole(2, 4) }, () =>
      d.pick([
        `${d.pick(NAMES)} gives ${name} ${d.whole(2, 60)} more ${goods}.`,
        `Then ${d.whole(2, 40)} ${goods} are lost.`,
        `Each box holds ${d.whole(2, 12)} ${goods} and there are ${d.whole(2, 30)} boxes.`,
        `${name} sells half of the ${goods} and buys ${d.whole(3, 50)} new ones.`,
        `A ${d.pick(['friend', 'cousin', 'neighbour'])} takes ${d.whole(2, 9)} ${goods} every day for ${d.whole(2, 14)} days.`,
      ]),
    );
    return `${head}${name} has ${d.whole(5, 200)} ${goods}. ${steps.join(' ')} ${close.replace('GOODS', goods).replace('NAME', name)}`;
  };
};
const logic = (dice: Dice): Wording => {
  const shots = Array.from({ length: 2 }, () => riddle(dice));
  const prefix = dice.is(0.5) ? `${shots.join('\n')}\n` : '';
  const say = dice.pick([
    'Is the conclusion valid?',
    'Does it follow?',
    'Answer yes or no.',
    'Which options are possible?',
    'Who is last?',
  ]);
  return (d) => `${prefix}${riddle(d)} ${say}`;
};
const riddle = (d: Dice): string => {
  const people = d.some(NAMES, 4);
  return d.pick([
    `${people[0]} is older than ${people[1]}; ${people[2]} is younger than ${people[3]}; ${people[1]} is older than ${people[2]}.`,
    `All ${coined(d)}s are ${coined(d)}s. No ${coined(d)} is a ${coined(d)}. Some ${coined(d)}s are red.`,
    `not ( ( ${d.pick(['True', 'False'])} and not ${d.pick(['True', 'False'])} ) or ${d.pick(['True', 'False'])} ) is`,
    `Five people sit in a row: ${people.join(', ')} and ${d.pick(NAMES)}. ${people[0]} sits ${d.whole(1, 3)} seats from ${people[2]}.`,
  ]);
};
const toolUse = (dice: Dice): Wording => {
  const frame = dice.pick([
    'Available tools: TOOLS.\nUser: ASK\nRespond with a JSON call.',
    'tools=[TOOLS]\nGoal: ASK\nThink, then act.',
    'You can call TOOLS. ASK\nOutput the next action only.',
    '<functions>TOOLS</functions>\n<request>ASK</request>',
  ]);
  return (d) =>
    frame
      .replace('TOOLS', d.some(TOOLS, d.whole(1, 3)).join(', '))
      .replace(
        'ASK',
        `${d.pick(['Find', 'Book', 'Compare', 'Cancel', 'Count', 'Forward', 'Schedule'])} ${d.pick(['the', 'every', 'my', 'two'])} ${d.pick(d.pick(TOPICS).things)} ${d.pick(['before', 'after', 'near', 'for'])} ${d.pick(NAMES)}, ${d.whole(1, 28)}/${d.whole(1, 12)}`,
      );
};
const repair = (dice: Dice): Wording => {
  const frame = dice.pick([
    '### Issue\nISSUE\n### File\nCODE\n### Patch\n',
    'The following test fails: ISSUE\n\nCODE\nProduce a unified diff.',
    'Repository REPO, issue ISSUE\n\nCODE\nWrite the fix.',
    'Bug: ISSUE\nCode:\nCODE\nCorrected code:',
  ]);
  return (d) => {
    const repo = repository(d);
    return frame
      .replace('REPO', repo.name)
      .replace(
        'ISSUE',
        `#${d.whole(10, 9_999)} ${d.pick(repo.words)} ${d.pick(['crashes', 'leaks', 'returns twice', 'ignores the limit', 'is slow'])} when ${d.pick(repo.words)} is ${d.pick(['empty', 'negative', 'huge', 'missing'])}`,
      )
      .replace('CODE', snippet(d, repo, d.whole(3, 8)));
  };
};
const extract = (dice: Dice): Wording => {
  const frame = dice.pick([
    'Text: DOC\nExtract every person, place and date as JSON.',
    'DOC\n\nBased on the passage above, what is implied but not said?',
    'Passage:\nDOC\nWrite five questions with answers.',
    'Read the text. DOC\nIs the sentiment positive, neutral or negative?',
  ]);
  return (d) => frame.replace('DOC', passage(d, d.pick(TOPICS), d.whole(2, 5)));
};
const inventTasks = (dice: Dice): Wording => {
  const count = dice.whole(5, 20);
  const frame = dice.pick([
    `Come up with ${count} new instructions. Do not repeat a verb. Seeds:\nSEEDS`,
    `Here are example tasks:\nSEEDS\nWrite ${count} more that are harder.`,
    `Rewrite the instruction so that it needs more reasoning.\nSEEDS`,
  ]);
  return (d) =>
    frame.replace(
      'SEEDS',
      Array.from(
        { length: d.whole(1, 3) },
        (_, i) =>
          `${i + 1}. ${d.pick(['Describe', 'List', 'Compare', 'Draft', 'Critique', 'Plan'])} ${sentence(d, d.pick(TOPICS)).toLowerCase()}`,
      ).join('\n'),
    );
};
const converse = (dice: Dice): Wording => {
  const frame = dice.pick([
    'Play the part of ROLE. LINE',
    'Continue the dialogue.\nROLE: LINE\nYou:',
    'Translate what ROLE says into LANG, keep the register: LINE',
  ]);
  return (d) =>
    frame
      .replace(
        'ROLE',
        `${d.pick(NAMES)}, ${d.pick(['a baker', 'a surgeon', 'a taxi driver', 'a chess coach', 'a hotel clerk', 'an auditor'])} from ${Coined(d)}`,
      )
      .replace('LANG', d.pick(['Spanish', 'Hindi', 'German', 'Korean', 'Swahili', 'Polish']))
      .replace('LINE', sentence(d, d.pick(TOPICS)));
};
const chart = (dice: Dice): Wording => {
  const ask = dice.pick([
    'Which row is the largest?',
    'Write the SQL that answers: how many per region?',
    'Compute the difference between the first and the last column.',
    'Describe the trend.',
  ]);
  return (d) =>
    `| ${Array.from({ length: 4 }, () => coined(d)).join(' | ')} |\n${Array.from({ length: d.whole(2, 5) }, () => `| ${Coined(d)} | ${d.below(900)} | ${d.below(900)} | ${d.below(90)} % |`).join('\n')}\n${ask}`;
};

export const FAMILIES: readonly Family[] = [
  { name: 'write-code', task: 'coding', wording: writeCode },
  { name: 'repair-code', task: 'coding', wording: repair },
  { name: 'tool-use', task: 'agentic', wording: toolUse },
  { name: 'sums', task: 'reasoning', wording: sums },
  { name: 'logic', task: 'reasoning', wording: logic },
  { name: 'extract', task: 'writing', wording: extract },
  { name: 'invent-tasks', task: 'writing', wording: inventTasks },
  { name: 'converse', task: 'conversation', wording: converse },
  { name: 'tables', task: 'data', wording: chart },
];
