/**
 * What `list.splice(at, 0, value)` does, without the list that it answers; of a list that has `most` already the last falls off. Samples
 * are written a million times an hour.
 */
export function insertAt(list: number[], at: number, value: number, most: number): void {
  if (list.length < most) list.push(value);
  for (let i = list.length - 1; i > at; i--) list[i] = list[i - 1]!;
  list[at] = value;
}
