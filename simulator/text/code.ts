import type { Dice } from '../draws/dice';
import { coined } from './words';

const VERBS = [
  'fix',
  'refactor',
  'explain',
  'test',
  'speed up',
  'document',
  'rename',
  'split',
  'port',
  'type',
  'simplify',
  'remove dead code from',
  'review',
  'make async',
  'log errors in',
];
const PARTS = [
  'parser',
  'cache',
  'session',
  'queue',
  'router',
  'scheduler',
  'importer',
  'invoice',
  'retry',
  'upload',
  'search',
  'mailer',
  'ledger',
  'worker',
  'config',
  'token',
  'metrics',
  'webhook',
  'form',
  'report',
  'migration',
  'stream',
  'lock',
  'badge',
  'locale',
];
const FOLDERS = ['src', 'lib', 'app', 'pkg', 'internal', 'services', 'packages/core', 'server', 'tests', 'web'];
const EXTENSIONS = ['ts', 'py', 'go', 'rs', 'java', 'rb', 'cs', 'php', 'kt', 'sql', 'tsx', 'c'];
const ERRORS = [
  'undefined is not a function',
  'connection reset by peer',
  'index out of range',
  'deadline exceeded',
  'type mismatch',
  'permission denied',
  'unexpected end of input',
  'null reference',
  'cannot borrow as mutable',
  'duplicate key value',
  'out of memory',
  'no such table',
];
const TALK = [
  'go on',
  'run the tests again',
  'same error, different line',
  'looks right, commit it',
  'undo that',
  'why did you touch that file',
  'do the other module too',
  'ok next',
  'the linter complains',
  'now update the docs',
  'use the existing helper instead',
  'split this into two commits',
];

/** What a repository is to the person who works in it: its own words, which come back in every request. */
export type Repository = { readonly name: string; readonly words: readonly string[]; readonly extension: string };

export const repository = (dice: Dice): Repository => ({
  name: coined(dice, 2),
  words: [...dice.some(PARTS, 7), ...Array.from({ length: 5 }, () => coined(dice, 2))],
  extension: dice.pick(EXTENSIONS),
});

export const path = (dice: Dice, repo: Repository): string =>
  `${dice.pick(FOLDERS)}/${dice.pick(repo.words)}/${dice.pick(repo.words)}_${dice.pick(repo.words)}.${dice.is(0.8) ? repo.extension : dice.pick(EXTENSIONS)}`;
const symbol = (dice: Dice, repo: Repository): string =>
  `${dice.pick(repo.words)}${dice.pick(['Of', 'For', 'To', 'By', 'In'])}${dice.pick(repo.words)}`;

/** A few lines that look like the repository's code. */
export const snippet = (dice: Dice, repo: Repository, lines: number): string => {
  let text = '';
  for (let i = 0; i < lines; i++) {
    switch (dice.below(4)) {
      case 0:
        text += `  const ${symbol(dice, repo)} = ${symbol(dice, repo)}(${dice.pick(repo.words)}, ${dice.below(100)});\n`;
        break;
      case 1:
        text += `  if (${dice.pick(repo.words)}.${dice.pick(repo.words)} > ${dice.below(1_000)}) return ${symbol(dice, repo)}();\n`;
        break;
      case 2:
        text += `  for each ${dice.pick(repo.words)} in ${symbol(dice, repo)}: ${dice.pick(repo.words)} += ${dice.below(50)}\n`;
        break;
      default:
        text += `  // ${dice.pick(VERBS)} the ${dice.pick(repo.words)} when ${dice.pick(ERRORS)}\n`;
    }
  }
  return text;
};

const trace = (dice: Dice, repo: Repository): string =>
  `${dice.pick(ERRORS)}\n  at ${symbol(dice, repo)} (${path(dice, repo)}:${dice.whole(3, 900)})\n  at ${symbol(dice, repo)} (${path(dice, repo)}:${dice.whole(3, 900)})`;

/** What a developer asks of a coding agent about the own repository. */
export const developing = (dice: Dice, repo: Repository, turn: number): string => {
  if (turn > 0 && dice.is(0.35)) return dice.pick(TALK);
  switch (dice.below(5)) {
    case 0:
      return `${dice.pick(VERBS)} ${symbol(dice, repo)} in ${path(dice, repo)}`;
    case 1:
      return `${path(dice, repo)} fails:\n${trace(dice, repo)}`;
    case 2:
      return `${dice.pick(VERBS)} this:\n${snippet(dice, repo, dice.whole(2, 9))}`;
    case 3:
      return `add a ${dice.pick(repo.words)} to the ${dice.pick(repo.words)} of ${repo.name}, like ${symbol(dice, repo)} does, and ${dice.pick(VERBS)} the ${dice.pick(repo.words)}`;
    default:
      return `[tool result] ${path(dice, repo)}\n${snippet(dice, repo, dice.whole(3, 12))}`;
  }
};
