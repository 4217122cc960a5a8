import { Duration, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { vendedLog } from '../parts/vended-log';

/** Filled in by CloudFormation (definitionSubstitutions below). */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's placeholder, not ours
const STEP = '${StepFunctionArn}';

/** A step that failed is tried again for about an hour; it may always be repeated (functions/enforcement/case/step.ts). */
const again = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 5,
  MaxAttempts: 10,
  BackoffRate: 2,
  MaxDelaySeconds: 600,
  JitterStrategy: 'FULL',
};

/**
 * Looks of one execution, after which it goes on in a new one. An execution may have 25,000 events of history and fails at that; a look
 * takes up to 9, and up to 60 where each of its steps is tried ten times.
 */
const MOST_LOOKS = 400;

/** Input that an execution begins with has none. */
const LOOKS = '($exists($states.input.looks) ? $states.input.looks : 0)';

const task = (step: string) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: STEP, Payload: { step, case: '{% $states.input.case %}' } },
  Output: `{% $merge([$states.result.Payload, { 'looks': ${LOOKS} + 1 }]) %}`,
  TimeoutSeconds: 900,
  Retry: [again],
  Next: 'Where is it?',
});
/** Waits until the time the case named, then does the step. */
const wait = (Next: string) => ({ Type: 'Wait', Timestamp: '{% $states.input.until %}', Next });
const when = (kind: string, Next: string) => ({ Condition: `{% $states.input.kind = '${kind}' %}`, Next });

/**
 * The containment of one campaign, as a table of contents: each state is a word of ours, each branch asks where the case is
 * and nothing else. What happens in a state is functions/enforcement. Input: `{ "case": "…" }`.
 */
export const suspensionDefinition = {
  Comment: 'Hold, approve, contain in stages, confirm, expire or undo one campaign.',
  QueryLanguage: 'JSONata',
  StartAt: 'Look',
  States: {
    Look: task('look'),
    'Where is it?': {
      Type: 'Choice',
      Choices: [
        when('settled', 'Settled'),
        when('closed', 'Closed'),
        { Condition: `{% ${LOOKS} > ${MOST_LOOKS} %}`, Next: 'Continue' },
        when('held', 'Held'),
        when('awaiting-approval', 'Approve'),
        when('containing', 'Containing'),
        when('watching', 'Watching'),
        when('contained', 'Contained'),
        when('undoing', 'Undoing'),
        when('undone', 'Undone'),
        when('stopped', 'Stopped'),
      ],
      Default: 'Let time pass',
    },
    Held: wait('Hold'),
    Hold: task('hold'),
    Approve: {
      ...task('await-approval'),
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: {
        FunctionName: STEP,
        Payload: { step: 'await-approval', case: '{% $states.input.case %}', token: '{% $states.context.Task.Token %}' },
      },
      Output: '{% $states.input %}',
      // People wake it. The hour is for a wake-up that got lost, and for the day the case lapses.
      TimeoutSeconds: 3600,
      Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 0 }, again],
      Catch: [
        { ErrorEquals: ['States.Timeout'], Output: '{% $states.input %}', Next: 'Look' },
        { ErrorEquals: ['States.ALL'], Output: '{% $states.input %}', Next: 'Rest' },
      ],
      Next: 'Look',
    },
    // Whatever kept it from waiting for people, the case goes on: Look fails for itself if it must.
    Rest: { Type: 'Wait', Seconds: 300, Next: 'Look' },
    Containing: wait('Contain'),
    Contain: task('contain'),
    Watching: wait('Watch'),
    Watch: task('watch'),
    Contained: wait('Confirm'),
    Confirm: task('confirm'),
    Undoing: wait('Undo'),
    Undo: task('undo'),
    Undone: wait('Confirm undone'),
    'Confirm undone': task('confirm-undone'),
    // People resume or undo by an execution of its own; this one only lets expire what is in force.
    Stopped: wait('Expire'),
    Expire: task('expire'),
    Settled: { Type: 'Succeed' },
    Closed: { Type: 'Succeed' },
    // A kind that came after this definition: the definition of then knows it. Time passes first, so that no two run after each other.
    'Let time pass': { Type: 'Wait', Seconds: 900, Next: 'Continue' },
    Continue: {
      ...task('continue'),
      Arguments: {
        FunctionName: STEP,
        Payload: { step: 'continue', case: '{% $states.input.case %}', execution: '{% $states.context.Execution.Name %}' },
      },
      Next: 'Continued',
    },
    Continued: { Type: 'Succeed' },
  },
} as const;

/** `machineName`: the step needs to know the machine, and the machine the step; a name given to both unties that. */
export type SuspensionMachineProps = { step: IFunction; machineName: string; logDays: RetentionDays; tracing: boolean };

/** The state machine and the right to call its one function. It can do nothing else. */
export class SuspensionMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { step, machineName, logDays, tracing }: SuspensionMachineProps) {
    super(scope, id);
    const destination = vendedLog(this, 'Log', `states/${Stack.of(this).stackName}-suspension`, logDays);
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: machineName,
      definitionBody: DefinitionBody.fromString(JSON.stringify(suspensionDefinition)),
      definitionSubstitutions: { StepFunctionArn: step.functionArn },
      // Longer than any action lives; Step Functions allows a year.
      timeout: Duration.days(365),
      // Errors only: inputs name cases by keyed ids, and nothing more belongs into a log.
      logs: { destination, level: LogLevel.ERROR, includeExecutionData: false },
      tracingEnabled: tracing,
    });
    step.grantInvoke(this.machine);
  }
}
