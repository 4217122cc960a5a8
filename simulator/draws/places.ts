import type { Dice } from './dice';

/** Where a request comes from, as the gateway sees it. */
export type Origin = { readonly ip: string; readonly asn: number; readonly country: string };

/** A country as the simulator needs it: its share of the world's developers and its clock (hours from UTC). */
const COUNTRIES: readonly { code: string; zone: number; weight: number }[] = [
  { code: 'US', zone: -6, weight: 22 },
  { code: 'IN', zone: 5, weight: 14 },
  { code: 'GB', zone: 0, weight: 6 },
  { code: 'DE', zone: 1, weight: 6 },
  { code: 'BR', zone: -3, weight: 6 },
  { code: 'JP', zone: 9, weight: 5 },
  { code: 'FR', zone: 1, weight: 5 },
  { code: 'CA', zone: -5, weight: 4 },
  { code: 'ID', zone: 7, weight: 4 },
  { code: 'KR', zone: 9, weight: 3 },
  { code: 'PL', zone: 1, weight: 3 },
  { code: 'NG', zone: 1, weight: 3 },
  { code: 'MX', zone: -6, weight: 3 },
  { code: 'VN', zone: 7, weight: 3 },
  { code: 'ES', zone: 1, weight: 3 },
  { code: 'AU', zone: 10, weight: 2 },
  { code: 'SG', zone: 8, weight: 2 },
  { code: 'KE', zone: 3, weight: 2 },
  { code: 'TR', zone: 3, weight: 2 },
  { code: 'NL', zone: 1, weight: 2 },
];

/** An operator of networks. `blocks` are the first two octets of its IPv4 ranges; `six` its IPv6 /32, when it has one. */
export type Operator = {
  readonly asn: number;
  readonly country: string;
  readonly zone: number;
  readonly blocks: readonly string[];
  readonly six: string | undefined;
};

export type Map = {
  readonly isps: readonly Operator[];
  readonly carriers: readonly Operator[];
  readonly clouds: readonly Operator[];
  readonly hosters: readonly Operator[];
  readonly vpns: readonly Operator[];
};

/** How many operators of each sort, and how wide they are. Shapes, not names: numbers and addresses differ with the seed. */
const OPERATORS = {
  isps: { count: 90, blocks: 14, sixShare: 0.45 },
  carriers: { count: 16, blocks: 1, sixShare: 0 },
  clouds: { count: 7, blocks: 30, sixShare: 0 },
  hosters: { count: 40, blocks: 2, sixShare: 0 },
  vpns: { count: 9, blocks: 1, sixShare: 0 },
} as const;

/** The world's networks. ISPs and hosters differ in size as a power law: `pickOperator` draws them by rank. */
export const drawMap = (dice: Dice): Map => {
  const taken = new Set<string>();
  const block = (): string => {
    for (;;) {
      const text = `${dice.whole(11, 222)}.${dice.below(256)}`;
      if (!taken.has(text) && !/^(127|172|192|198|203|169|100)\./.test(text)) {
        taken.add(text);
        return text;
      }
    }
  };
  const sort = (of: { count: number; blocks: number; sixShare: number }): Operator[] =>
    Array.from({ length: of.count }, () => {
      const country = COUNTRIES[dice.weighted(COUNTRIES.map((c) => c.weight))]!;
      const six = dice.is(of.sixShare) ? `2a${dice.whole(16, 255).toString(16)}:${dice.whole(256, 65_535).toString(16)}` : undefined;
      return {
        asn: dice.whole(1_200, 399_000),
        country: country.code,
        zone: country.zone,
        blocks: Array.from({ length: of.blocks }, block),
        six,
      };
    });
  return {
    isps: sort(OPERATORS.isps),
    carriers: sort(OPERATORS.carriers),
    clouds: sort(OPERATORS.clouds),
    hosters: sort(OPERATORS.hosters),
    vpns: sort(OPERATORS.vpns),
  };
};

export const pickOperator = (dice: Dice, operators: readonly Operator[]): Operator => operators[dice.rank(operators.length)]!;

const at = (operator: Operator, ip: string): Origin => ({ ip, asn: operator.asn, country: operator.country });
const four = (dice: Dice, operator: Operator): string => `${dice.pick(operator.blocks)}.${dice.below(256)}.${dice.whole(1, 254)}`;
const hex = (n: number): string => n.toString(16);

/** Any household of the operator: IPv6 with a new interface id each time where the operator has it, else IPv4. */
export const anyHome = (dice: Dice, operator: Operator): Origin =>
  operator.six && dice.is(0.6)
    ? at(operator, sixAddress(dice, `${operator.six}:${hex(dice.below(65_536))}:${hex(dice.below(65_536))}`))
    : at(operator, four(dice, operator));

const sixAddress = (dice: Dice, prefix: string): string =>
  `${prefix}:${hex(dice.below(65_536))}:${hex(dice.below(65_536))}:${hex(dice.below(65_536))}:${hex(dice.below(65_536))}`;

/**
 * One household. Its IPv4 address is renewed after an exponential stay (mean 20 days) within the operator's blocks; its
 * IPv6 /64 stays and the interface id changes by the request, as privacy extensions (RFC 8981) do by the day.
 */
export const household = (dice: Dice, operator: Operator): ((hour: number) => Origin) => {
  const six = operator.six && dice.is(0.6) ? `${operator.six}:${hex(dice.below(65_536))}:${hex(dice.below(65_536))}` : undefined;
  let address = at(operator, four(dice, operator));
  let until = dice.exponential(480);
  return (hour) => {
    if (six) return at(operator, sixAddress(dice, six));
    if (hour > until) {
      until = hour + dice.exponential(480);
      address = at(operator, four(dice, operator));
    }
    return address;
  };
};

/** A carrier's NAT: some 40 public addresses for everybody behind it. */
export const carrierExit = (dice: Dice, carrier: Operator): Origin =>
  at(carrier, `${carrier.blocks[0]}.${dice.below(2)}.${dice.whole(1, 20)}`);
/** A consumer VPN: a few hundred exits in one block. */
export const vpnExit = (dice: Dice, vpn: Operator): Origin => at(vpn, `${vpn.blocks[0]}.${dice.below(3)}.${dice.whole(1, 100)}`);
/** One address that stays: a server, an office's line. */
export const fixedAddress = (dice: Dice, operator: Operator): Origin => at(operator, four(dice, operator));

/** Rented servers as exits: `size` addresses over `operators` hosters, in runs of neighbours as they are sold. */
export const hostingPool = (dice: Dice, map: Map, size: number, operators: number): Origin[] => {
  const hosters = dice.some(map.hosters, operators);
  const pool: Origin[] = [];
  while (pool.length < size) {
    const hoster = dice.pick(hosters);
    const run = dice.whole(4, 24);
    const prefix = `${dice.pick(hoster.blocks)}.${dice.below(256)}`;
    const first = dice.whole(1, 254 - run);
    for (let i = 0; i < run && pool.length < size; i++) pool.push(at(hoster, `${prefix}.${first + i}`));
  }
  return pool;
};

/** A residential proxy: infected or paid households of ordinary ISPs, whose other traffic is their own. */
export const residentialPool = (dice: Dice, map: Map, size: number, operators: number): Origin[] => {
  const isps = dice.some(map.isps, operators);
  return Array.from({ length: size }, () => anyHome(dice, dice.pick(isps)));
};
