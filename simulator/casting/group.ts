import { Dice } from '../draws/dice';
import { type Operator, type Origin, pickOperator } from '../draws/places';
import type { Description, Pool } from '../scenarios/description';
import { Coined } from '../text/words';
import type { World } from '../world';
import { GroupClients } from './clients';
import { GroupFacts } from './facts';
import { drawPool, type Whereabouts } from './places';
import { GroupVoice } from './voices';

/** What the members of one group have in common. Everything is drawn from dice of its own, whatever is asked for first. */
export class Group {
  readonly name: string;
  readonly isp: Operator;
  /** The group's turn, hours of the world. */
  readonly turn: number;
  readonly facts: GroupFacts;
  readonly clients: GroupClients;
  readonly voice: GroupVoice;
  private readonly land: readonly Operator[];
  private readonly proxy: readonly Origin[];
  private readonly rented: readonly Operator[];
  private readonly pools = new Map<Pool, readonly Origin[]>();

  constructor(
    private readonly world: World,
    description: Description,
    readonly number: number,
  ) {
    this.name = `${description.name}-${number}`;
    const dice = this.diceFor('group');
    this.isp = pickOperator(dice, world.map.isps);
    this.turn = description.turn ? dice.between(...description.turn.day) * 24 : 0;
    this.land = description.land ? world.map.isps.filter(({ country }) => country === this.isp.country) : world.map.isps;
    this.proxy = dice.pick(world.proxies);
    this.rented = dice.some(world.map.isps, 8);
    this.voice = new GroupVoice((what) => this.diceFor(what, description.oneVoice ? description.name : this.name), Coined(dice, 3));
    this.facts = new GroupFacts(world, this.diceFor('facts'), this.name);
    this.clients = new GroupClients(world, (what) => this.diceFor(what));
  }

  private diceFor(what: string, whose = this.name): Dice {
    return new Dice(`${this.world.name}/${whose}/${what}`);
  }
  memberIsp(dice: Dice): Operator {
    return pickOperator(dice, this.land);
  }
  get around(): Whereabouts {
    return { pool: (pool) => this.pool(pool), proxy: this.proxy, households: this.rented };
  }
  private pool(pool: Pool): readonly Origin[] {
    let drawn = this.pools.get(pool);
    if (!drawn) {
      drawn = drawPool(this.world, this.diceFor(`pool ${this.pools.size}`), pool);
      this.pools.set(pool, drawn);
    }
    return drawn;
  }
}
