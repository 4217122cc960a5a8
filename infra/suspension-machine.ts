import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

/** Filled in by CloudFormation (definitionSubstitutions below). */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's placeholder, not ours
const STEP = '${StepFunctionArn}';

/** A step that failed is tried again for about an hour; it may always be repeated (functions/enforcement/case/step.ts). */
const Retry = [
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 10, BackoffRate: 2, MaxDelaySeconds: 600, JitterStrategy: 'FULL' },
];

const task = (step: string) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: STEP, Payload: { step, case: '{% $states.input.case %}' } },
  Output: '{% $states.result.Payload %}',
  TimeoutSeconds: 900,
  Retry,
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
        when('held', 'Held'),
        when('awaiting-approval', 'Approve'),
        when('containing', 'Containing'),
        when('watching', 'Watching'),
        when('contained', 'Contained'),
        when('undoing', 'Undoing'),
        when('undone', 'Undone'),
        when('stopped', 'Stopped'),
        when('settled', 'Settled'),
        when('closed', 'Closed'),
      ],
      Default: 'Unknown',
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
      Retry: [
        {
          ErrorEquals: ['Lambda.ServiceException', 'Lambda.TooManyRequestsException', 'Lambda.SdkClientException'],
          IntervalSeconds: 5,
          MaxAttempts: 10,
          BackoffRate: 2,
          JitterStrategy: 'FULL',
        },
      ],
      Catch: [{ ErrorEquals: ['States.Timeout'], Output: '{% $states.input %}', Next: 'Look' }],
      Next: 'Look',
    },
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
    Unknown: { Type: 'Fail', Error: 'UnknownKind', Cause: 'The step answered a kind that this machine does not know.' },
  },
} as const;

/** `machineName`: the step needs to know the machine, and the machine the step; a name given to both unties that. */
export type SuspensionMachineProps = { step: IFunction; machineName: string; logDays: RetentionDays; tracing: boolean };

/** The state machine and the right to call its one function. It can do nothing else. */
export class SuspensionMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { step, machineName, logDays, tracing }: SuspensionMachineProps) {
    super(scope, id);
    const destination = new LogGroup(this, 'Log', { retention: logDays, removalPolicy: RemovalPolicy.DESTROY });
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
