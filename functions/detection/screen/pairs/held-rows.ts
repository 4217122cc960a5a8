import { Words } from '../columns/growing';
import { type ScreenColumns, sizeOf } from '../columns/screen-columns';
import { PROPOSES, partitionOf } from '../holders/trait-records';

/** Of each account of a segment, the numbers of the shared traits it holds, in the order of its columns. */
export type HeldRows = { starts: Uint32Array; numbers: Uint32Array };
export const HELD_ROWS = { starts: Uint32Array, numbers: Uint32Array } as const;

/**
 * Goes through a segment as its records were made (trait-records.ts) and puts in what the partitions answered. `answers`: by partition,
 * a number for each record of this segment, empty where it had none; `before`: shared traits of the partitions before each.
 */
export function heldRows(columns: ScreenColumns, answers: readonly Uint32Array[], before: Uint32Array): HeldRows {
  const { starts, types, hashes } = columns;
  const size = sizeOf(columns);
  const partitions = answers.length;
  const read = new Uint32Array(partitions);
  const made = { starts: new Uint32Array(size + 1), numbers: new Words() };
  for (let at = 0; at < size; at++) {
    made.starts[at] = made.numbers.length;
    for (let i = starts[at]!; i < starts[at + 1]!; i++) {
      if (!PROPOSES[types[i]!]) continue;
      const partition = partitionOf(types[i]!, hashes[i]!, partitions);
      const number = answers[partition]![read[partition]!++]!;
      if (number > 0) made.numbers.push(before[partition]! + number);
    }
  }
  made.starts[size] = made.numbers.length;
  return { starts: made.starts, numbers: made.numbers.filled().slice() };
}
