import { Duration, Fn, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { DetectEnv, METRICS, ScreenEnv } from '../shared/wiring';
import { edgeToken } from './gateway';
import { ScreenMachine } from './machines/screen-machine';
import { alarm } from './parts/alarm';
import { every } from './parts/every';
import { may } from './parts/grants';
import { pipelineMetric } from './parts/metric';
import { StageFunction } from './parts/stage-function';
import { deadLetterQueue, WatchedQueue } from './parts/watched-queue';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

/** Objects of a run of the screen: gone with it, and after a day where it was killed (state-stack.ts). */
const SCREEN = 'detection/screen/*';

/** Packed accounts with their columns, at 6.5 KB each, beside 800 MiB for what a run needs; of more than a million no call could write a checkpoint in time (docs/decisions/0006). */
const heldIn = (memoryMiB: number): number => Math.min(1_000_000, Math.floor(((memoryMiB - 800) * 2 ** 20) / 6_500 / 10_000) * 10_000);

/**
 * Accounts, links, networks, campaigns, on a schedule. It holds no permission to act: it writes what it found, and tells a queue
 * that it ran. Of the system of record it reads the live policy, the operators known from elsewhere and what people regrouped, and nothing else.
 */
export class Detection extends Construct {
  /** What enforcement reads. */
  readonly decisions: WatchedQueue;

  constructor(
    scope: Construct,
    id: string,
    { stage, state, alarms, decideIn }: { stage: Stage; state: StateStack; alarms: ITopic; decideIn: Duration },
  ) {
    super(scope, id);
    const { archive, tables } = state;
    const { every: interval, memoryMiB } = stage.detection;
    this.decisions = new WatchedQueue(this, 'Decisions', {
      alarms,
      readIn: decideIn,
      collectedIn: Duration.seconds(0),
      batchSize: 1,
      late: Duration.minutes(30),
      impact: 'Campaigns are found and nothing is decided about them: no case opens, new members of contained campaigns stay active.',
    });
    const screening = stage.detection.screenAtOnce > 0 ? this.screening(stage, state) : undefined;
    const detect = new StageFunction(this, 'Detect', {
      handler: 'functions/detection/handler.ts',
      schema: DetectEnv,
      environment: {
        ARCHIVE_BUCKET: archive.bucketName,
        FEATURES_TABLE: tables.features.tableName,
        GRAPH_TABLE: tables.graph.tableName,
        ENFORCEMENT_TABLE: tables.enforcement.tableName,
        DECISION_QUEUE_URL: this.decisions.queue.queueUrl,
        SCREEN_MACHINE: screening?.arn ?? 'none',
        HELD_ACCOUNTS: String(heldIn(memoryMiB)),
      },
      memoryMiB,
      timeout: Duration.minutes(15),
      logDays: stage.logDays,
    });
    const impact = 'Detection fails: no new campaign is found, and replaced accounts are not linked again.';
    every(this, 'Schedule', interval, detect, deadLetterQueue(this, 'Failures', alarms, impact));
    may(detect).readRows(tables.features, ['DIRTY', 'F#*', 'ERASED']);
    // An hour whose output is damaged is marked to be folded again from its chunks.
    may(detect).writeRows(tables.features, ['F#*']);
    may(detect).read(archive, ['folds/*', 'campaigns/*', 'detection/accounts/*', 'detection/heads/*', 'detection/decided-run']);
    may(detect).write(archive, [
      'campaigns/*',
      'links/*',
      'hours/*',
      'detection/accounts/*',
      'detection/heads/*',
      'detection/risk-tier',
      'detection/decided-run',
    ]);
    may(detect).remove(archive, ['detection/accounts/*', 'detection/heads/*']);
    may(detect).readRows(tables.graph);
    may(detect).writeRows(tables.graph);
    // Of campaigns that have ended, from the list of those that go on.
    may(detect).deleteRows(tables.graph, ['KNOWN-BY#*', 'CAMPAIGN']);
    may(detect).readRows(tables.enforcement, ['LIVE#*', 'POLICY', 'OPERATORS', 'O#*', 'REGROUPINGS', 'G#*']);
    may(detect).sendTo(this.decisions.queue);
    // Also of a stage without the machine: there who detects does the tasks of a large population himself.
    may(detect).read(archive, [SCREEN]);
    may(detect).write(archive, [SCREEN]);
    may(detect).remove(archive, [SCREEN]);
    if (screening) {
      detect.addToRolePolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: [screening.arn] }));
      detect.addToRolePolicy(new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [screening.executions] }));
    }

    alarm(this, 'Silent', alarms, {
      metric: pipelineMetric(this, METRICS.detectionRuns, { period: Duration.minutes(interval.toMinutes() * 3) }),
      above: 0,
      silenceIsBad: true,
      impact: 'No detection run has ended for three intervals: campaigns grow unseen.',
    });
  }

  /**
   * Tasks of a run side by side: each reads and writes objects of its run. Those of a population that no process holds read what was folded,
   * too, and read and write checkpoints.
   */
  private screening(stage: Stage, { archive }: StateStack): ScreenMachine {
    const task = new StageFunction(this, 'ScreenTask', {
      handler: 'functions/detection/tasks/handler.ts',
      schema: ScreenEnv,
      environment: { ARCHIVE_BUCKET: archive.bucketName },
      memoryMiB: 3_008,
      timeout: Duration.minutes(5),
      logDays: stage.logDays,
    });
    may(task).read(archive, [SCREEN, 'folds/*', 'detection/accounts/*']);
    may(task).write(archive, [SCREEN, 'detection/accounts/*']);
    return new ScreenMachine(this, 'Screen', {
      task,
      archive,
      lists: SCREEN,
      atOnce: stage.detection.screenAtOnce,
      // Of this stack and no earlier one of its name, as the suspension machine.
      machineName: `${Stack.of(this).stackName}-screen-${Fn.select(0, Fn.split('-', edgeToken(this)))}`,
      logDays: stage.logDays,
    });
  }
}
