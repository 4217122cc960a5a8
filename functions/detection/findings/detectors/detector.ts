import type { Evidence, Family } from '../../../../shared/domain/campaigns/campaign';
import type { Group, Measures } from '../measures';

/**
 * A detector is a question about a group. It reads and writes nothing, and may abstain; abstaining is not acquittal.
 * Adding one: its file, one line in index.ts, its cases in test/detection/findings/detectors.test.ts.
 */
export type Detector = {
  name: string;
  /** The family of its evidence, unless an answer names another. */
  family: Family;
  /** What it asks, in one sentence. */
  question: string;
  ask(group: Group, measures: Measures): Answer;
};
export type Answer =
  | { kind: 'evidence'; because: string; ratio: number; numbers: Record<string, number>; family?: Family }
  | { kind: 'abstains'; because: string };

export const abstains = (because: string): Answer => ({ kind: 'abstains', because });

/** `ratio`: how many times as likely under one operator as among unrelated accounts. Strength is 1 − 1/ratio. */
export const evidenceOf = (detector: Detector, answer: Extract<Answer, { kind: 'evidence' }>): Evidence => ({
  detector: detector.name,
  family: answer.family ?? detector.family,
  because: answer.because,
  strength: answer.ratio <= 1 ? 0 : 1 - 1 / Math.min(answer.ratio, 1e9),
  numbers: answer.numbers,
});

/** `1 of 90,000` for a share. */
export const oneOf = (share: number): string => (share <= 0 ? 'none' : `1 of ${Math.round(1 / share).toLocaleString('en')}`);
export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
