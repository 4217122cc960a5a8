import type { Actor } from '../actor';
import { anyClient } from '../draws/clients';
import type { Dice } from '../draws/dice';
import { PARAMETERS } from '../draws/parameters';
import { household, type Operator, type Origin, pickOperator } from '../draws/places';
import { birth, follower, identity, type World } from '../world';
import { common } from './singles';

export type Member = { dice: Dice; born: number; isp: Operator; home: (hour: number) => Origin; ordinal: number };
type Behaviour = Pick<Actor, 'facts' | 'rhythm' | 'say'> & Partial<Actor>;

/** Adds one group for each entry of `sizes`. `found` draws what the group shares and answers how each member lives. */
export const groups = (
  world: World,
  kind: string,
  sizes: readonly number[],
  found: (dice: Dice, name: string, size: number) => (member: Member) => Behaviour,
  newcomers = PARAMETERS.newcomers,
): void => {
  sizes.forEach((size, g) => {
    const shared = identity(world, kind, g);
    const name = `${kind}-${g}`;
    const live = found(shared.dice, name, size);
    for (let ordinal = 0; ordinal < size; ordinal++) {
      const { id, dice } = identity(world, kind, `${g}/${ordinal}`);
      const isp = pickOperator(dice, world.map.isps);
      const home = household(dice, isp);
      const born = birth(world, dice, newcomers);
      const client = anyClient(dice, world.clients);
      const lives = live({ dice, born, isp, home, ordinal });
      world.actors.push({
        ...common(world, kind, id, dice, lives.born ?? born),
        group: name,
        origin: home,
        client: () => client,
        model: follower(world, dice, 'drift'),
        from: lives.born ?? born,
        ...lives,
      });
    }
  });
};
