import { Duration, Validations } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { alarm } from './alarm';
import { visibilityFor } from './stage-function';

const FOURTEEN_DAYS = Duration.days(14);

export type WatchedQueueProps = {
  alarms: ITopic;
  /** What the customer loses while messages wait in the dead-letter queue, or wait too long in this one. */
  impact: string;
  /** The reader's timeout: the visibility follows from it. */
  readIn: Duration;
  /** Older than this, the oldest message raises an alarm. */
  late: Duration;
};

/** A queue whose every message ends acknowledged or in a dead-letter queue that somebody is told about. Redrive is always safe. */
export class WatchedQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { alarms, impact, readIn, late }: WatchedQueueProps) {
    super(scope, id);
    this.deadLetters = deadLetterQueue(this, 'DeadLetters', alarms, impact);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: FOURTEEN_DAYS,
      visibilityTimeout: visibilityFor(readIn),
      receiveMessageWaitTime: Duration.seconds(20),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
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
  readBy(reader: IFunction, { batchSize, window, concurrency }: { batchSize: number; window: Duration; concurrency: number }): void {
    reader.addEventSource(
      new SqsEventSource(this.queue, { batchSize, maxBatchingWindow: window, maxConcurrency: concurrency, reportBatchItemFailures: true }),
    );
  }
}

/** Where what failed for good waits 14 days: one message in it is an alarm. */
export function deadLetterQueue(scope: Construct, id: string, alarms: ITopic, impact: string): Queue {
  const queue = new Queue(scope, id, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: FOURTEEN_DAYS });
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
