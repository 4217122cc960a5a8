import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { startJsonEndpoint } from '../engines/json-endpoint';
import type { FunctionHost } from './function-host';
import { execute, type Machine, Tokens } from './state-machine';
import type { World } from './world';

const GetSecretValue = z.object({ SecretId: z.string() });
const PutEvents = z.object({ Entries: z.array(z.looseObject({ DetailType: z.string(), Detail: z.string() })) });
const StartExecution = z.object({ name: z.string(), input: z.string(), stateMachineArn: z.string() });
const SendTaskSuccess = z.object({ taskToken: z.string() });

/** The longest that Node's timers can wait at once, ms. */
const LONGEST_WAIT = 2_000_000_000;
const clock = { now: () => Date.now() };
const sleep = async (until: number): Promise<void> => {
  while (until > clock.now()) await setTimeout(Math.min(LONGEST_WAIT, until - clock.now()), undefined, { ref: false });
};

/** Step Functions as far as one state machine needs it: executions by name, and tokens of tasks that wait for people. */
class Executions {
  private readonly started = new Set<string>();
  private readonly tokens = new Tokens();
  suspension: { machine: Machine; step: FunctionHost } | undefined;

  start({ name, input, stateMachineArn }: z.infer<typeof StartExecution>) {
    if (this.started.has(name)) return { status: 400, body: { __type: 'ExecutionAlreadyExists' } };
    const { suspension } = this;
    if (!suspension) return { status: 400, body: { __type: 'StateMachineDoesNotExist' } };
    this.started.add(name);
    const invoke = async (payload: unknown): Promise<unknown> => {
      const invoked = await suspension.step.invoke(payload);
      if (invoked.kind === 'answer') return invoked.answer;
      throw Object.assign(new Error(invoked.error.message), { name: invoked.error.name });
    };
    execute(suspension.machine, JSON.parse(input), { invoke, tokens: this.tokens, clock, sleep, name }).then(
      ({ status, visited, error }) =>
        console.log(`execution ${name}: ${status} after ${visited.length} states${error ? ` (${error})` : ''}`),
      (error: unknown) => console.error(`execution ${name}:`, error),
    );
    return { body: { executionArn: `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`, startDate: Date.now() / 1000 } };
  }

  succeed({ taskToken }: z.infer<typeof SendTaskSuccess>) {
    this.tokens.succeed(taskToken);
    return { body: {} };
  }
}

/** The services that no embedded engine speaks: Secrets Manager, EventBridge (events out are printed), Step Functions. */
export async function startServices() {
  let world: World | undefined;
  const executions = new Executions();
  const engine = await startJsonEndpoint((operation, request) => {
    switch (operation) {
      case 'GetSecretValue': {
        const { SecretId } = GetSecretValue.parse(request);
        const SecretString = world?.secrets.get(SecretId);
        return SecretString === undefined
          ? { status: 400, body: { __type: 'ResourceNotFoundException' } }
          : { body: { ARN: SecretId, SecretString } };
      }
      case 'PutEvents': {
        const { Entries } = PutEvents.parse(request);
        for (const { DetailType, Detail } of Entries) console.log(`event out: ${DetailType} ${Detail}`);
        return { body: { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: randomUUID() })) } };
      }
      case 'StartExecution':
        return executions.start(StartExecution.parse(request));
      case 'SendTaskSuccess':
        return executions.succeed(SendTaskSuccess.parse(request));
      default:
        return { status: 400, body: { __type: 'UnknownOperationException', message: `npm run local does not answer ${operation}` } };
    }
  });
  return {
    ...engine,
    know: (made: World, suspension: Executions['suspension']): void => {
      world = made;
      executions.suspension = suspension;
    },
  };
}
