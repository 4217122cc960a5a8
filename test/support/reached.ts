/**
 * Counts what a property met. A property that may return early holds of nothing when every draw does: `atLeast`, called after
 * `fc.assert`, says how many draws must have come as far as each name.
 */
export class Reached {
  private readonly counts = new Map<string, number>();
  met(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
  atLeast(least: Readonly<Record<string, number>>): void {
    const short = Object.entries(least).filter(([name, count]) => (this.counts.get(name) ?? 0) < count);
    if (short.length > 0)
      throw new Error(
        `reached too seldom: ${short.map(([name, count]) => `${name} ${this.counts.get(name) ?? 0} of ${count}`).join(', ')}`,
      );
  }
}
