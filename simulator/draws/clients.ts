import type { Dice } from './dice';
import { token } from './dice';

/** The program that sends the requests. `fingerprint` is its TLS and HTTP hand, shared by everybody on the same build. */
export type Client = { readonly userAgent: string; readonly fingerprint: string };

/** A coding agent that many people use: everybody's requests carry its system prompt and its tools. */
export type Agent = { readonly client: Client; readonly system: string; readonly tools: number };

export type Clients = {
  /** The provider's own web console. */
  console: Client;
  /** Libraries and tools, most popular first. */
  common: readonly Client[];
  agents: readonly Agent[];
};

const LIBRARIES = [
  'sdk-python',
  'sdk-node',
  'httpx',
  'requests',
  'chainwork',
  'aiohttp',
  'gatewaylite',
  'vercel-kit',
  'curl',
  'go-http',
  'okhttp',
  'indexer',
  'axios',
  'sdk-go',
  'sdk-java',
  'reqwest',
  'guzzle',
  'faraday',
  'sdk-dotnet',
  'undici',
  'ktor',
  'httpoison',
];
const AGENT_NAMES = ['Shipwright', 'Tern', 'Patchbay', 'Copperline'];
const AGENT_SYSTEMS = [
  'You are NAME, a software engineer who works in a terminal. Read before you write. Keep each change small and run the tests after it.',
  'You complete code inside an editor. Match the style around the cursor and answer with code alone. You are called NAME.',
  'NAME is an agent for repositories. Plan first, list the files you will touch, then edit them one at a time and report what failed.',
  'Act as NAME. You may call the tools below. Never invent file contents; say when you are not sure.',
];

/** A build's fingerprint: the library and its minor version decide it, so a few versions share one. */
const build = (dice: Dice, library: string, world: string): Client => {
  const minor = dice.whole(0, 40);
  return { userAgent: `${library}/${dice.whole(1, 6)}.${minor}`, fingerprint: token(`${world}/${library}/${minor >> 2}`) };
};

/** Every library in the two or three versions that are around at once. */
export const drawClients = (dice: Dice, world: string): Clients => ({
  console: { userAgent: `console/${dice.whole(80, 400)}`, fingerprint: token(`${world}/console`) },
  common: LIBRARIES.flatMap((library) => Array.from({ length: dice.whole(2, 3) }, () => build(dice, library, world))),
  agents: dice.some(AGENT_NAMES, 3).map((name) => ({
    client: build(dice, name.toLowerCase(), world),
    system: dice.pick(AGENT_SYSTEMS).replace('NAME', name),
    tools: dice.whole(4, 22),
  })),
});

export const anyClient = (dice: Dice, clients: Clients): Client => clients.common[dice.rank(clients.common.length)]!;
export const anyAgent = (dice: Dice, clients: Clients): Agent => clients.agents[dice.rank(clients.agents.length)]!;
/** A build that nobody else has. */
export const ownClient = (dice: Dice, name: string): Client => ({
  userAgent: `${name}/${dice.whole(0, 2)}.${dice.whole(1, 30)}`,
  fingerprint: token(`own/${name}/${dice.next()}`),
});
