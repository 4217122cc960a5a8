import type { Dice } from '../draws/dice';
import { anyHome, fixedAddress, hostingPool, type Operator, type Origin } from '../draws/places';
import type { Place, Pool } from '../scenarios/description';
import type { World } from '../world';
import type { Own } from './own';

const LISTS = { isp: 'isps', carrier: 'carriers', cloud: 'clouds', vpn: 'vpns' } as const;

/** A group's pool of addresses. Rented ones lie in runs of neighbours, as they are sold; the others anywhere at their operators. */
export const drawPool = (world: World, dice: Dice, { pool, at, operators = 1 }: Pool): Origin[] => {
  if (at === 'hoster') return hostingPool(dice, world.map, pool, operators);
  const owners = dice.some(world.map[LISTS[at]], operators);
  return Array.from({ length: pool }, () => fixedAddress(dice, dice.pick(owners)));
};

/** What a group's members may come from alike. */
export type Whereabouts = {
  /** The group's pool for a description's; drawn once. */
  pool: (pool: Pool) => readonly Origin[];
  /** The proxy network that the group uses, and the ISPs whose households it rents. */
  proxy: readonly Origin[];
  households: readonly Operator[];
};

/** One member's requests from one place. */
export const originsOf = (own: Own, place: Place, around: Whereabouts): ((hour: number) => Origin) => {
  const { dice } = own;
  if (typeof place === 'object') {
    if ('keeps' in place) {
      const kept = dice.pick(around.pool(place.keeps));
      return () => kept;
    }
    const pool = around.pool(place);
    return () => dice.pick(pool);
  }
  switch (place) {
    case 'home':
      return own.home;
    case 'phone':
      return own.phone;
    case 'vpn':
      return own.vpn;
    case 'server': {
      const { server } = own;
      return () => server;
    }
    case 'proxy':
      return () => dice.pick(around.proxy);
    case 'households':
      return () => anyHome(dice, dice.pick(around.households));
    default:
      return place satisfies never;
  }
};
