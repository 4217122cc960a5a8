import type { Said } from '../actor';
import { type Agent, anyAgent, anyClient, type Client } from '../draws/clients';
import type { Dice } from '../draws/dice';
import { carrierExit, type Origin, pickOperator, vpnExit } from '../draws/places';
import { chatter, coder, product } from '../draws/voices';
import { server } from '../groups/singles';
import { Coined } from '../text/words';
import type { World } from '../world';

type Voice = (turn: number) => Said;

/** What one member has and keeps, whatever it is used for: drawn when it is first needed. */
export class Own {
  constructor(
    private readonly world: World,
    readonly dice: Dice,
    readonly home: (hour: number) => Origin,
  ) {}

  private heldClient: Client | undefined;
  get client(): Client {
    this.heldClient ??= anyClient(this.dice, this.world.clients);
    return this.heldClient;
  }
  private heldAgent: Agent | undefined;
  get agent(): Agent {
    this.heldAgent ??= anyAgent(this.dice, this.world.clients);
    return this.heldAgent;
  }
  private heldServer: Origin | undefined;
  get server(): Origin {
    this.heldServer ??= server(this.world, this.dice).address;
    return this.heldServer;
  }
  private heldPhone: (() => Origin) | undefined;
  get phone(): () => Origin {
    if (!this.heldPhone) {
      const carrier = pickOperator(this.dice, this.world.map.carriers);
      this.heldPhone = () => carrierExit(this.dice, carrier);
    }
    return this.heldPhone;
  }
  private heldVpn: (() => Origin) | undefined;
  get vpn(): () => Origin {
    if (!this.heldVpn) {
      const vpn = pickOperator(this.dice, this.world.map.vpns);
      this.heldVpn = () => vpnExit(this.dice, vpn);
    }
    return this.heldVpn;
  }
  private heldChat: Voice | undefined;
  get chat(): Voice {
    this.heldChat ??= chatter(this.dice);
    return this.heldChat;
  }
  private heldCode: Voice | undefined;
  get code(): Voice {
    this.heldCode ??= coder(this.dice);
    return this.heldCode;
  }
  private heldProduct: Voice | undefined;
  get product(): Voice {
    this.heldProduct ??= product(this.dice, Coined(this.dice, 3));
    return this.heldProduct;
  }
}
