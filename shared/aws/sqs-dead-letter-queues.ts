import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterCount, DeadLetterQueues } from '../ports';

/** The DeadLetterQueues port on SQS: what its own counter says, which is right within a minute. A queue that cannot be asked throws. */
export class SqsDeadLetterQueues implements DeadLetterQueues {
  constructor(
    private readonly client: SQSClient,
    private readonly queues: readonly { name: string; url: string }[],
  ) {}

  count(): Promise<DeadLetterCount[]> {
    return Promise.all(
      this.queues.map(async ({ name, url }) => {
        const { Attributes } = await this.client.send(
          new GetQueueAttributesCommand({
            QueueUrl: url,
            AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
          }),
        );
        const messages =
          Number(Attributes?.ApproximateNumberOfMessages ?? 0) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0);
        return { queue: name, messages, url };
      }),
    );
  }
}
