import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { vendedLog } from '../parts/vended-log';

/** Filled in by CloudFormation (definitionSubstitutions below). */
// biome-ignore lint/suspicious/noTemplateCurlyInString: they are CloudFormation's placeholders, not ours
const [TASK, BUCKET] = ['${TaskFunctionArn}', '${ArchiveBucket}'];

/** One task that failed is tried again alone; it may always be repeated (functions/detection/screen/tasks). */
const again = { ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 4, BackoffRate: 2, JitterStrategy: 'FULL' };

/**
 * One step of the screen: its tasks stand as a list in the archive, and each is a call of its own. The step has ended when every task
 * has; one that failed for good fails the step, and the run is judged by nobody. In JSONPath: MiniStack 1.5.33 reads no JSONata in an
 * ItemReader (docs/deploy.md). Input: `{ "tasks": "<key of the list>" }`.
 */
export const screenDefinition = (atOnce: number) => ({
  Comment: 'One step of the screen: every segment, partition or pair of blocks side by side.',
  StartAt: 'Every task',
  States: {
    'Every task': {
      Type: 'Map',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON' },
        Parameters: { Bucket: BUCKET, 'Key.$': '$.tasks' },
      },
      MaxConcurrency: atOnce,
      ToleratedFailureCount: 0,
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        StartAt: 'Task',
        States: {
          Task: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: { FunctionName: TASK, 'Payload.$': '$' },
            ResultPath: null,
            OutputPath: '$.at',
            Retry: [again],
            End: true,
          },
        },
      },
      ResultPath: null,
      End: true,
    },
  },
});

export type ScreenMachineProps = {
  task: IFunction;
  archive: IBucket;
  /** What lists of tasks stand under. */
  lists: string;
  /** Functions side by side. */
  atOnce: number;
  machineName: string;
  logDays: RetentionDays;
};

/** The state machine, with the right to read lists of tasks, to run their map, and to call its one function. */
export class ScreenMachine extends Construct {
  readonly machine: StateMachine;
  readonly arn: string;
  /** Executions of it, by ARN. */
  readonly executions: string;

  constructor(scope: Construct, id: string, { task, archive, lists, atOnce, machineName, logDays }: ScreenMachineProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const destination = vendedLog(this, 'Log', `states/${stack.stackName}-screen`, logDays);
    this.arn = stack.formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: machineName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.executions = stack.formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${machineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: machineName,
      definitionBody: DefinitionBody.fromString(JSON.stringify(screenDefinition(atOnce))),
      definitionSubstitutions: { TaskFunctionArn: task.functionArn, ArchiveBucket: archive.bucketName },
      // As long as the call that waits for it may take.
      timeout: Duration.minutes(15),
      logs: { destination, level: LogLevel.ERROR, includeExecutionData: false },
      tracingEnabled: true,
    });
    task.grantInvoke(this.machine);
    Validations.of(this.machine).acknowledge(
      {
        id: 'AwsSolutions-IAM5',
        reason:
          'log delivery is set up for the account, X-Ray has no resources, calling the task is calling any version of it, lists of tasks are objects under a prefix, and a map names its executions itself',
      },
      { id: 'AwsSolutions-SF1', reason: 'errors only: tasks are many, and each failure is in the log of its function' },
    );
    // A Distributed Map is a run of child executions of its own machine.
    const mapRuns = stack.formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${machineName}/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.machine.addToRolePolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: [this.arn] }));
    this.machine.addToRolePolicy(
      new PolicyStatement({ actions: ['states:DescribeExecution', 'states:StopExecution'], resources: [this.executions, mapRuns] }),
    );
    this.machine.addToRolePolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [archive.arnForObjects(lists)] }));
  }
}
