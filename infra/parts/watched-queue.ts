import { Duration, Validations } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { alarm } from './alarm';
import { visibilityFor } from './stage-function';

const SEVEN_DAYS = Duration.days(7);
const FOURTEEN_DAYS = Duration.days(14);
/**
 * How often a message is handed out before it is given up on. At more than six timeouts each, either outlasts an outage of an hour.
 * Batches are halved on the way (shared/lambda/answer-each.ts): thirty times are enough to part a few messages that end their reader
 * from ten thousand that do not; who is handed out alone needs no parting.
 */
const MOST_RECEIVES = { inBatches: 30, alone: 10 };

export type WatchedQueueProps = {
  alarms: ITopic;
  /** What the customer loses while messages wait in the dead-letter queue, or wait too long in this one. */
  impact: string;
  /** The reader's timeout, and how long a batch is collected before it: the visibility follows from them. */
  readIn: Duration;
  collectedIn: Duration;
  /** Messages that the reader is given at once, at most. */
  batchSize: number;
  /** Older than this, the oldest message raises an alarm. */
  late: Duration;
};

/** A queue whose every message ends acknowledged or in a dead-letter queue that somebody is told about. Redrive is always safe. */
export class WatchedQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  private readonly collectedIn: Duration;
  private readonly batchSize: number;

  constructor(scope: Construct, id: string, { alarms, impact, readIn, collectedIn, batchSize, late }: WatchedQueueProps) {
    super(scope, id);
    this.collectedIn = collectedIn;
    this.batchSize = batchSize;
    this.deadLetters = deadLetterQueue(this, 'DeadLetters', alarms, impact);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // A message keeps the time of its first sending when it dies: its dead-letter queue must keep it longer than this one, or one that
      // waited here for long would be gone from there at once.
      retentionPeriod: SEVEN_DAYS,
      visibilityTimeout: visibilityFor(readIn, collectedIn),
      receiveMessageWaitTime: Duration.seconds(20),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: batchSize > 1 ? MOST_RECEIVES.inBatches : MOST_RECEIVES.alone },
    });
    alarm(this, 'Late', alarms, {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: Duration.minutes(5) }),
      above: late.toSeconds(),
      times: 2,
      impact: `${impact} They wait: the oldest is older than ${late.toMinutes()} minutes.`,
    });
  }

  /**
   * Hands batches to the function, each message answered for itself. `concurrency` stops reading at the cap, where a reserved
   * concurrency would throttle after reading and send good messages to the dead letters.
   */
  readBy(reader: IFunction, { concurrency }: { concurrency: number }): void {
    reader.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: this.batchSize,
        maxBatchingWindow: this.collectedIn,
        maxConcurrency: concurrency,
        reportBatchItemFailures: true,
      }),
    );
  }
}

/** A class of its own, so that whoever counts dead letters finds them all (infra/notices.ts). */
export class DeadLetterQueue extends Queue {}

/** Where what failed for good waits 14 days: one message in it is an alarm. */
export function deadLetterQueue(scope: Construct, id: string, alarms: ITopic, impact: string): Queue {
  const queue = new DeadLetterQueue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: FOURTEEN_DAYS,
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'it is the dead-letter queue: of a queue, a schedule or asynchronous calls',
  });
  alarm(scope, `${id}NotEmpty`, alarms, {
    metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: Duration.minutes(5) }),
    above: 0,
    impact,
  });
  return queue;
}
