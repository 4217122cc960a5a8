import type { AccountData } from '../shared/contract/event';
import { HOUR } from '../shared/domain/time';
import type { Actor, Said, Usage } from './actor';
import { PARAMETERS } from './draws/parameters';
import type { Origin } from './draws/places';
import type { Scenario } from './scenarios/scenario';

/** Event lines to the letter of contract/events.md, written as text: `JSON.stringify` of whole events would halve the speed. */

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);
const three = (n: number): string => (n < 10 ? `00${n}` : n < 100 ? `0${n}` : `${n}`);

/** RFC 3339 with milliseconds; the hour's text is made once. */
export const clockFace = (hourStart: number): ((at: number) => string) => {
  const prefix = new Date(hourStart).toISOString().slice(0, 14);
  return (at) => {
    const offset = at - hourStart;
    if (offset < 0 || offset >= HOUR) return new Date(at).toISOString();
    return `${prefix}${two(Math.floor(offset / 60_000))}:${two(Math.floor(offset / 1_000) % 60)}.${three(offset % 1_000)}Z`;
  };
};

export const accountLine = (actor: Actor, facts: AccountData, id: string, time: string): string =>
  `{"specversion":"1.0","type":"lockstep.account.v1","source":"accounts","id":"${id}","time":"${time}","subject":"${actor.id}","data":${JSON.stringify(facts)}}`;

export const releaseLine = (model: string, time: string): string =>
  `{"specversion":"1.0","type":"lockstep.release.v1","source":"catalog","id":"release-${model}","time":"${time}","subject":"${model}","data":{}}`;

const systems = new Map<string, string>();
const quotedSystem = (system: string): string => {
  let quoted = systems.get(system);
  if (quoted === undefined) {
    quoted = JSON.stringify(system);
    if (systems.size < 10_000) systems.set(system, quoted);
  }
  return quoted;
};

const TASKS = ['coding', 'writing', 'conversation', 'reasoning', 'agentic', 'data'];
/** A classifier that is usually right, and never sure: scores of what is there lie in [0.5, 1), of what is not mostly below 0.3. */
const labelled = (actor: Actor, said: Said): string => {
  const { dice } = actor;
  const task = dice.is(PARAMETERS.taskLabel) ? said.task : dice.pick(TASKS);
  const score = (present: boolean | undefined, power: number): string =>
    (present ? dice.between(0.5, 1) : dice.next() ** power * 0.7).toFixed(2);
  return `,"labels":{"task":"${task}","elicitsReasoning":${score(said.elicits, 3)},"grading":${score(said.grading, 4)}}`;
};

type Known = keyof typeof PARAMETERS.context;
const isKnown = (task: string): task is Known => task in PARAMETERS.context;

/** Tokens in and out, and the time they take (about 80 output tokens a second). */
const sizes = (actor: Actor, use: Usage, said: Said): { input: number; output: number; duration: number } => {
  const { dice } = actor;
  const task = isKnown(said.task) ? said.task : 'conversation';
  const factor = said.grading ? PARAMETERS.gradedOutput : said.elicits ? PARAMETERS.elicitedOutput : 1;
  const input = Math.ceil((said.text.length + (said.system?.length ?? 0)) / 4 + use.tools * 110 + dice.lognormal(PARAMETERS.context[task]));
  const output = Math.ceil(dice.lognormal(PARAMETERS.output[task]) * factor);
  return { input, output, duration: 300 + Math.ceil(output * 12.5 * dice.between(0.7, 1.5)) };
};

/** `use`: the account's only use is the account itself. */
export const usageLine = (
  scenario: Scenario,
  actor: Actor,
  use: Usage,
  sequence: number,
  time: string,
  hour: number,
  turn: number,
): string => {
  const { dice } = actor;
  const said = use.say(turn);
  const origin: Origin = use.origin(hour);
  const client = use.client(origin, hour);
  const { input, output, duration } = sizes(actor, use, said);
  const status = dice.is(PARAMETERS.failed) ? 'error' : dice.is(PARAMETERS.refused) ? 'refused' : 'ok';
  const prompt = scenario.prompts
    ? `,"prompt":{${said.system === undefined ? '' : `"system":${quotedSystem(said.system)},`}"text":${JSON.stringify(said.text)}}`
    : '';
  const labels = scenario.labels ? labelled(actor, said) : '';
  const key = use.key === undefined ? '' : `-${use.key}`;
  return `{"specversion":"1.0","type":"lockstep.usage.v1","source":"gateway","id":"${actor.id.slice(5)}-${sequence.toString(36)}","time":"${time}","subject":"${actor.id}","data":{"model":"${use.model(hour)}","inputTokens":${input},"outputTokens":${status === 'ok' ? output : 0},"status":"${status}","durationMs":${duration},"apiKey":"key_${actor.id.slice(9)}${key}","channel":"${use.channel}","network":{"ip":"${origin.ip}","asn":${origin.asn},"country":"${origin.country}"},"client":{"userAgent":"${client.userAgent}","fingerprint":"${client.fingerprint}"}${prompt},"tools":${use.tools}${labels}}}`;
};
