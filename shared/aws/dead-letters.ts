import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Where a message goes that can never be handled: its body as it came, and why in the attribute `because` (docs/runbook.md). */
export type DeadLetters = { bury(body: string, because: string): Promise<void> };

export class SqsDeadLetters implements DeadLetters {
  constructor(
    private readonly client: SQSClient,
    private readonly url: string,
  ) {}

  async bury(body: string, because: string): Promise<void> {
    const MessageAttributes = { because: { DataType: 'String', StringValue: because } };
    await this.client.send(new SendMessageCommand({ QueueUrl: this.url, MessageBody: body, MessageAttributes }));
  }
}
