import { MOST_KEY_USES } from '../../../shared/formats/bottom';
import type { ByteReader, ByteWriter } from '../../../shared/formats/bytes';
import type { Features } from '../../../shared/formats/features';
import type { TimedSample } from './timed-sample';

/** First and last hour (since the epoch) in which an API key was used with a client build, both hashed. */
type Habit = { key: number; client: number; first: number; last: number };

/**
 * With which clients an account uses each of its API keys. Nearly every account has one key, and nothing is kept of it: its clients say
 * it. From the second key on the pairs are kept.
 */
export class KeyHabits {
  readonly habits: Habit[] = [];
  /** Last hour of which not all pairs are known: there were more than are kept, or an older fold told of none. 0: all are known. */
  private cutAt = 0;

  get isCut(): boolean {
    return this.cutAt > 0;
  }

  /** Before the hour is added to the samples of `keys` and `clients`. */
  absorb({ samples, uses }: Features, hour: number, keys: TimedSample, clients: TimedSample): void {
    const now = samples.keys.keys;
    if (this.habits.length === 0) this.begin(hour, keys, clients);
    if (now.length === 1) for (const client of samples.clients.keys) this.note(now[0]!, client, hour, hour);
    for (const { key, client } of uses.pairs) this.note(key, client, hour, hour);
    if (uses.pairs.length >= MOST_KEY_USES || (now.length > 1 && uses.pairs.length === 0)) this.cutAt = hour;
  }

  /** Until now there was one key, and its account's clients were its own. */
  private begin(hour: number, { keys }: TimedSample, clients: TimedSample): void {
    if (keys.length > 1) this.cutAt = hour;
    if (keys.length !== 1) return;
    clients.keys.forEach((client, place) => {
      this.note(keys[0]!, client, clients.first[place]!, clients.last[place]!);
    });
  }

  private note(key: number, client: number, first: number, last: number): void {
    const known = this.habits.find((one) => one.key === key && one.client === client);
    if (known) {
      known.first = Math.min(known.first, first);
      known.last = Math.max(known.last, last);
    } else if (this.habits.length >= MOST_KEY_USES) this.cutAt = last;
    else this.habits.push({ key, client, first, last });
  }

  forget(oldestHour: number): void {
    const kept = this.habits.filter(({ last }) => last >= oldestHour);
    this.habits.splice(0, this.habits.length, ...kept);
    if (this.cutAt < oldestHour) this.cutAt = 0;
  }

  encode(out: ByteWriter): void {
    out.varint(this.cutAt);
    out.varint(this.habits.length);
    for (const { key, client, first, last } of this.habits) {
      out.hash(key);
      out.hash(client);
      out.varint(last);
      out.varint(last - first);
    }
  }

  decode(from: ByteReader): void {
    this.cutAt = from.varint();
    for (let left = from.varint(); left > 0; left--) {
      const [key, client, last] = [from.hash(), from.hash(), from.varint()];
      this.habits.push({ key, client, first: last - from.varint(), last });
    }
  }
}
