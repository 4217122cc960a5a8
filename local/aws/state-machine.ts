import jsonata from 'jsonata';
import type { Clock } from '../../shared/ports';

/** The parts of Amazon States Language (JSONata) that our machine uses. What it does not know, it refuses. */
type Rule = {
  ErrorEquals: readonly string[];
  Next?: string;
  Output?: unknown;
  MaxAttempts?: number;
  IntervalSeconds?: number;
  BackoffRate?: number;
};
type State = {
  Type: string;
  Next?: string;
  Output?: unknown;
  Arguments?: unknown;
  Resource?: string;
  Timestamp?: string;
  Seconds?: number;
  TimeoutSeconds?: number;
  Choices?: readonly { Condition: string; Next: string; Output?: unknown }[];
  Default?: string;
  Retry?: readonly Rule[];
  Catch?: readonly Rule[];
  Error?: string;
};
export type Machine = { StartAt: string; QueryLanguage: string; States: Readonly<Record<string, State>> };
type Json = unknown;
export type Invoke = (payload: Json) => Promise<Json>;

class StateError extends Error {
  constructor(readonly named: string) {
    super(named);
  }
}

/** Tokens of tasks that wait for people, and how to wake them. */
export class Tokens {
  private readonly waiting = new Map<string, () => void>();
  private made = 0;

  next(): string {
    return `token-${++this.made}`;
  }
  /** Resolves `woken` when somebody succeeds the token before `until`; otherwise `timeout` at that time. */
  wait(token: string, clock: Clock, seconds: number, sleep: Sleep): Promise<'woken' | 'timeout'> {
    const woken = new Promise<'woken'>((resolve) => this.waiting.set(token, () => resolve('woken')));
    return Promise.race([woken, sleep(clock.now() + seconds * 1000).then(() => 'timeout' as const)]).finally(() =>
      this.waiting.delete(token),
    );
  }
  succeed(token: string): void {
    this.waiting.get(token)?.();
  }
}

export type Sleep = (until: number) => Promise<void>;
export type Ran = { visited: string[]; status: 'SUCCEEDED' | 'FAILED'; error?: string };

/** Evaluates `{% … %}` anywhere in a template. */
async function evaluate(template: Json, states: object): Promise<Json> {
  if (typeof template === 'string') {
    const expression = /^\{%(.*)%\}$/s.exec(template)?.[1];
    return expression === undefined ? template : jsonata(expression.trim().replaceAll('$states', '$$.states')).evaluate({ states });
  }
  if (Array.isArray(template)) return Promise.all(template.map((inner) => evaluate(inner, states)));
  if (typeof template !== 'object' || template === null) return template;
  const entries = await Promise.all(Object.entries(template).map(async ([key, inner]) => [key, await evaluate(inner, states)] as const));
  return Object.fromEntries(entries);
}

/** Runs an execution to its end. `sleep` returns when the simulated clock has come that far. */
export async function execute(
  machine: Machine,
  input: Json,
  world: { invoke: Invoke; tokens: Tokens; clock: Clock; sleep: Sleep; name?: string },
): Promise<Ran> {
  const visited: string[] = [];
  let name = machine.StartAt;
  let data = input;
  for (;;) {
    visited.push(name);
    if (visited.length > 5_000) throw new Error(`the machine runs in circles: ${visited.slice(-6).join(', ')}`);
    const state = machine.States[name];
    if (!state) throw new Error(`there is no state ${name}`);
    if (state.Type === 'Succeed') return { visited, status: 'SUCCEEDED' };
    if (state.Type === 'Fail') return { visited, status: 'FAILED', ...(state.Error === undefined ? {} : { error: state.Error }) };
    try {
      const step = await take(state, data, world);
      data = step.output;
      name = step.next;
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const caught = state.Catch?.find((rule) => matches(rule, error));
      if (!caught?.Next) return { visited, status: 'FAILED', error: error.named };
      data = caught.Output === undefined ? { Error: error.named } : await evaluate(caught.Output, { input: data });
      name = caught.Next;
    }
  }
}

const matches = (rule: Rule, error: StateError): boolean =>
  rule.ErrorEquals.includes('States.ALL') || rule.ErrorEquals.includes(error.named);

type World = Parameters<typeof execute>[2];

async function take(state: State, data: Json, world: World): Promise<{ output: Json; next: string }> {
  switch (state.Type) {
    case 'Pass':
      return { output: state.Output === undefined ? data : await evaluate(state.Output, { input: data }), next: nextOf(state) };
    case 'Wait': {
      const until =
        state.Timestamp === undefined
          ? world.clock.now() + (state.Seconds ?? 0) * 1000
          : Date.parse(String(await evaluate(state.Timestamp, { input: data })));
      if (Number.isNaN(until)) throw new StateError('States.Runtime');
      if (until > world.clock.now()) await world.sleep(until);
      return { output: data, next: nextOf(state) };
    }
    case 'Choice':
      for (const choice of state.Choices ?? []) {
        if ((await evaluate(choice.Condition, { input: data })) === true) return { output: data, next: choice.Next };
      }
      if (state.Default === undefined) throw new StateError('States.NoChoiceMatched');
      return { output: data, next: state.Default };
    case 'Task':
      return { output: await runTask(state, data, world), next: nextOf(state) };
    default:
      throw new Error(`this interpreter does not know states of type ${state.Type}`);
  }
}

function nextOf(state: State): string {
  if (state.Next === undefined) throw new Error('End states are not used by our machine');
  return state.Next;
}

async function runTask(state: State, data: Json, world: World): Promise<Json> {
  const attempts = new Map<Rule, number>();
  for (;;) {
    try {
      return await attempt(state, data, world);
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const rule = state.Retry?.find((one) => matches(one, error));
      const used = rule ? (attempts.get(rule) ?? 0) : 0;
      if (!rule || used >= (rule.MaxAttempts ?? 3)) throw error;
      attempts.set(rule, used + 1);
      await world.sleep(world.clock.now() + (rule.IntervalSeconds ?? 1) * 1000 * (rule.BackoffRate ?? 2) ** used);
    }
  }
}

async function attempt(state: State, data: Json, { invoke, tokens, clock, sleep, name = 'unnamed' }: World): Promise<Json> {
  const forToken = state.Resource?.endsWith('.waitForTaskToken') ?? false;
  const token = forToken ? tokens.next() : undefined;
  const states = { input: data, context: { Task: { Token: token }, Execution: { Name: name } } };
  const called = await evaluate(state.Arguments, states);
  const payload = typeof called === 'object' && called !== null && 'Payload' in called ? called.Payload : undefined;
  const woken = token === undefined ? undefined : tokens.wait(token, clock, state.TimeoutSeconds ?? 99_999_999, sleep);
  let answer: Json;
  try {
    answer = await invoke(payload);
  } catch (error) {
    throw new StateError(error instanceof Error ? error.name : 'Lambda.Unknown');
  }
  if (woken && (await woken) === 'timeout') throw new StateError('States.Timeout');
  return state.Output === undefined ? answer : evaluate(state.Output, { ...states, result: { Payload: answer } });
}
