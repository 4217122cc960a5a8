import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { Features } from './features';
import { Ingest } from './ingest';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

/** What can be rebuilt at any time, in the order in which an event flows through it. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { stage: Stage; state: StateStack }) {
    super(scope, id, props);
    const { stage, state } = props;
    const alarms = new Topic(this, 'Alarms', { enforceSSL: true });
    if (stage.alarmEmail) alarms.addSubscription(new EmailSubscription(stage.alarmEmail));

    const ingest = new Ingest(this, 'Ingest', { stage, state, alarms });
    new Features(this, 'Features', { stage, state, alarms });

    new CfnOutput(this, 'EventQueueUrl', { value: ingest.events.queueUrl, description: 'Gateways send usage events here (SQS)' });
    new CfnOutput(this, 'InboxBucket', { value: state.inbox.bucketName, description: 'Files of usage events are dropped here (S3)' });
  }
}
