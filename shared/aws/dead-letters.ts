import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { printable } from '../domain/plain-text';

/** Where a message goes that can never be handled: its body as it came, and why in the attribute `because` (docs/runbook.md). */
export type DeadLetters = { bury(body: string, because: string): Promise<void> };

const LONGEST_REASON = 500;
/** SQS takes 1 MiB, attributes with their names and types included. */
const LONGEST_BODY = 1_048_576 - 4_096;

export class SqsDeadLetters implements DeadLetters {
  constructor(
    private readonly client: SQSClient,
    private readonly url: string,
  ) {}

  async bury(body: string, because: string): Promise<void> {
    const StringValue = printable(because).slice(0, LONGEST_REASON);
    const MessageAttributes = { because: { DataType: 'String', StringValue } };
    // Attributes count too: a message that was as long as any may be has no room for its reason, and keeps its beginning.
    const MessageBody =
      Buffer.byteLength(body) > LONGEST_BODY
        ? Buffer.from(body)
            .subarray(0, LONGEST_BODY)
            .toString('utf8')
            .replace(/\ufffd+$/, '')
        : body;
    await this.client.send(new SendMessageCommand({ QueueUrl: this.url, MessageBody, MessageAttributes }));
  }
}
