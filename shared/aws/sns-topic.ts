import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { OutgoingText, Topic } from '../ports';

/** The Topic port on SNS. The id is an attribute beside the others: SNS itself delivers once or more. */
export class SnsTopic implements Topic {
  constructor(
    private readonly client: SNSClient,
    private readonly topicArn: string,
  ) {}

  async publish({ id, subject, text, attributes }: OutgoingText): Promise<void> {
    await this.client.send(
      new PublishCommand({
        TopicArn: this.topicArn,
        Subject: subject,
        Message: text,
        MessageAttributes: Object.fromEntries(
          Object.entries({ id, ...attributes }).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
        ),
      }),
    );
  }
}
