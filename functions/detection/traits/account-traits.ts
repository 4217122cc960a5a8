import type { Profile } from '../profiles/profile';
import type { Holding } from './holder-counts';

/** An account with its traits as sorted ids into the index. */
export type Indexed = {
  profile: Profile;
  ids: Int32Array;
  /** Since which hour (since the epoch) it holds each. */
  since: Int32Array;
  order: number;
  /** ms; NaN until its traits were read. */
  bornAt: number;
  /** Whether it ever exchanged anything. */
  used: boolean;
  established: boolean;
  /** Hour of the day on which a settled account took up a new client, if it did. */
  onset: number;
  /** The profile's, when its traits were read; -1 before. */
  revision: number;
  addresses: number;
  /** Of them, those it came back to in a later hour. */
  revisited: number;
  clients: number;
  /** The trait that is its rhythm, once one can be read. */
  rhythm: number | undefined;
  /** It works from the network that it signed up from: then the one says nothing beside the other. */
  atOrigin: boolean;
  counted: Holding['counted'];
  /** Those of `ids` that somebody else holds too, as of an update. */
  common: { ids: readonly number[]; update: number };
};

const NONE = new Int32Array(0);

/** An account of which nothing was read yet. */
export const unread = (profile: Profile, order: number): Indexed => ({
  profile,
  ids: NONE,
  since: NONE,
  order,
  bornAt: Number.NaN,
  used: false,
  established: false,
  onset: Number.NEGATIVE_INFINITY,
  revision: -1,
  addresses: 0,
  revisited: 0,
  clients: 0,
  rhythm: undefined,
  atOrigin: false,
  counted: undefined,
  common: { ids: [], update: 0 },
});
