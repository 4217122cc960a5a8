import { Duration, Stack } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct, type IConstruct } from 'constructs';
import { type GivenChannel, NoticeEnv } from '../shared/wiring';
import { every } from './parts/every';
import { may } from './parts/grants';
import { StageFunction } from './parts/stage-function';
import { DeadLetterQueue, deadLetterQueue } from './parts/watched-queue';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

export type NoticesProps = { stage: Stage; state: StateStack; alarms: ITopic; bus: IEventBus; origin: string; parts: IConstruct };

/** Of the system of record: cases, appeals and referrals that are open, when detection last ran, and what the watchdog found. */
const LOOKED_AT = ['OPEN', 'K#*', 'APPEALS-OPEN', 'AP#*', 'REFERRALS-OPEN', 'RF#*', 'SITUATIONS', 'BUDGET'];
const NOTED = ['NOTICES', 'NOTICE-CHANNELS', 'NOTICE-SOURCES', 'DEAD-LETTERS'];

/** Tells people what waits for them. It may read what it tells of, and write whom it told; it can decide nothing. */
export class Notices extends Construct {
  constructor(scope: Construct, id: string, { stage, state, alarms, bus, origin, parts }: NoticesProps) {
    super(scope, id);
    const { channels: wanted, secretName = 'none' } = stage.notify;
    if (secretName === 'none' && wanted.some(({ kind }) => kind === 'slack' || kind === 'pagerduty'))
      throw new Error(
        'a channel to Slack or PagerDuty is opened by a secret: name it in notify.secretName (infra/stages.ts, docs/notices.md)',
      );
    const topics: Topic[] = [];
    const channels = wanted.map((channel): GivenChannel => {
      if (channel.kind !== 'email') return channel;
      const { addresses, ...rest } = channel;
      const topic = new Topic(this, `To-${channel.name}`, { enforceSSL: true });
      for (const address of addresses) topic.addSubscription(new EmailSubscription(address));
      topics.push(topic);
      return { ...rest, kind: 'topic', topicArn: topic.topicArn };
    });
    const failures = deadLetterQueue(
      this,
      'Failures',
      alarms,
      'People are not told that cases and appeals wait for them, or that a source fell silent.',
    );
    const dead = parts.node.findAll().filter((part) => part instanceof DeadLetterQueue);
    const nameOf = ({ node }: Construct): string => node.path.replace(`${Stack.of(this).node.path}/`, '');
    const tell = new StageFunction(this, 'Tell', {
      handler: 'functions/enforcement/handlers/notice-handler.ts',
      schema: NoticeEnv,
      environment: {
        ENFORCEMENT_TABLE: state.tables.enforcement.tableName,
        FEATURES_TABLE: state.tables.features.tableName,
        EVENT_BUS: bus.eventBusName,
        CHANNELS: Stack.of(this).toJsonString(channels),
        CHANNEL_SECRET: secretName,
        WEBHOOK_KEY_SECRET: state.secrets.webhookKey,
        CONSOLE_ORIGIN: origin,
        DEAD_LETTERS: Stack.of(this).toJsonString(dead.map((queue) => ({ name: nameOf(queue), url: queue.queueUrl }))),
      },
      memoryMiB: 512,
      timeout: Duration.minutes(4),
      logDays: stage.logDays,
    });
    may(tell).readRows(state.tables.enforcement, [...LOOKED_AT, ...NOTED]);
    may(tell).writeRows(state.tables.enforcement, NOTED);
    may(tell).deleteRows(state.tables.enforcement, ['NOTICES']);
    may(tell).readRows(state.tables.features, ['SOURCES#*']);
    tell.addToRolePolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }));
    if (topics.length > 0)
      tell.addToRolePolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: topics.map(({ topicArn }) => topicArn) }));
    if (wanted.some(({ kind }) => kind === 'webhook')) may(tell).readSecret(state.secrets.webhookKey);
    // Six letters of AWS's own follow the name.
    if (secretName !== 'none')
      may(tell).readSecret(Stack.of(this).formatArn({ service: 'secretsmanager', resource: `secret:${secretName}-??????` }));
    tell.addToRolePolicy(new PolicyStatement({ actions: ['sqs:GetQueueAttributes'], resources: dead.map(({ queueArn }) => queueArn) }));
    every(this, 'TellSchedule', Duration.minutes(5), tell, failures);
  }
}
