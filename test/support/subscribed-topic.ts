import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { EMULATED } from '../../local/engines/engine';
import type { OutgoingText } from '../../shared/ports';

const Attribute = z.object({ Value: z.string() });
const Envelope = z.object({ Subject: z.string(), Message: z.string(), MessageAttributes: z.record(z.string(), Attribute) });

/** A topic and a queue that subscribed to it, on an engine that speaks both. */
export async function subscribedTopic(endpoint: string): Promise<{ topicArn: string; received(count: number): Promise<OutgoingText[]> }> {
  const settings = { ...EMULATED, endpoint, maxAttempts: 1 };
  const sns = new SNSClient(settings);
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'notices' }));
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'subscriber' }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn }));
  sns.destroy();
  return {
    topicArn: TopicArn,
    async received(count) {
      const texts: OutgoingText[] = [];
      for (let tries = 0; texts.length < count && tries < 20; tries++) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
        for (const { Body } of Messages) {
          const { Subject, Message, MessageAttributes } = Envelope.parse(JSON.parse(Body ?? ''));
          const { id, ...attributes } = Object.fromEntries(Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value]));
          texts.push({ id: id ?? '', subject: Subject, text: Message, attributes });
        }
      }
      sqs.destroy();
      return texts;
    },
  };
}
