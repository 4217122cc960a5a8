import { anyClient, type Client, ownClient } from '../draws/clients';
import { type Dice, token } from '../draws/dice';
import type { Origin } from '../draws/places';
import type { Build, ClientChoice } from '../scenarios/description';
import { Coined } from '../text/words';
import type { World } from '../world';
import type { Own } from './own';

/** The programs of one group. A build of the description is drawn once, however many members use it. */
export class GroupClients {
  private readonly builds = new Map<Build, readonly Client[]>();
  constructor(
    private readonly world: World,
    private readonly diceFor: (what: string) => Dice,
  ) {}

  private versions(build: Build): readonly Client[] {
    let list = this.builds.get(build);
    if (!list) {
      const dice = this.diceFor(`build ${this.builds.size}`);
      const { common } = this.world.clients;
      list = Array.from({ length: build.versions ?? 1 }, () => {
        if (build.build === 'library') return common[dice.below(8)]!;
        if (build.build === 'clone')
          return { userAgent: common[dice.below(8)]!.userAgent, fingerprint: ownClient(dice, 'clone').fingerprint };
        return ownClient(dice, build.build.replace('NAME', Coined(dice, 2).toLowerCase()));
      });
      this.builds.set(build, list);
    }
    return list;
  }

  one(own: Own, choice: ClientChoice): (origin: Origin, hour: number) => Client {
    const { dice } = own;
    if (typeof choice === 'object') {
      const client = dice.pick(this.versions(choice));
      return () => client;
    }
    switch (choice) {
      case 'console':
        return () => this.world.clients.console;
      case 'any': {
        const { client } = own;
        return () => client;
      }
      case 'agent':
        return () => own.agent.client;
      case 'another': {
        const client = anyClient(dice, this.world.clients);
        return () => client;
      }
      case 'unique': {
        const client = { userAgent: anyClient(dice, this.world.clients).userAgent, fingerprint: ownClient(dice, 'unique').fingerprint };
        return () => client;
      }
      case 'daily': {
        const name = `${dice.next()}`;
        return (_origin, hour) => {
          const today = `${name}/${Math.floor(hour / 24)}`;
          return {
            userAgent: this.world.clients.common[Number.parseInt(token(today).slice(0, 4), 16) % 20]!.userAgent,
            fingerprint: token(today),
          };
        };
      }
      default:
        return choice satisfies never;
    }
  }
}
