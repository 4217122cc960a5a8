import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { Admission } from './admission';
import { Appeals } from './appeals';
import { Console } from './console';
import { Detection } from './detection';
import { DECIDE_IN, Enforcement, VERIFY_IN } from './enforcement';
import { Exchange } from './exchange';
import { Features } from './features';
import { Gateway } from './gateway';
import { Holds } from './holds';
import { Ingest } from './ingest';
import { Notices } from './notices';
import { alarmTopic } from './parts/alarm';
import { consoleClient, type TrustedIssuer } from './parts/identity';
import { Watch } from './parts/watch';
import { WatchedQueue } from './parts/watched-queue';
import { Query } from './query';
import type { Stage } from './stages';
import type { StateStack } from './state-stack';

/** What can be rebuilt at any time, in the order in which an event flows through it. */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { stage: Stage; state: StateStack; consoleFiles?: string }) {
    super(scope, id, props);
    const { stage, state } = props;
    const alarms = alarmTopic(this);
    if (stage.alarmEmail) alarms.addSubscription(new EmailSubscription(stage.alarmEmail));

    new Features(this, 'Features', { stage, state, alarms });
    const detection = new Detection(this, 'Detection', { stage, state, alarms, decideIn: DECIDE_IN });

    const gateway = new Gateway(this, 'Gateway', { stage, alarms });
    const page = new Console(this, 'Console', { gateway, built: props.consoleFiles });
    const issuer = this.issuerOf(stage, state, page);
    page.publish(issuer);
    const verifications = new WatchedQueue(this, 'Verifications', {
      alarms,
      readIn: VERIFY_IN,
      collectedIn: Duration.seconds(0),
      batchSize: 1,
      late: Duration.minutes(15),
      impact: 'People who proved who they are stay challenged, limited or held.',
    });
    const ingest = new Ingest(this, 'Ingest', { stage, state, alarms, gateway, issuer, verifications });
    new Exchange(this, 'Exchange', { stage, state, gateway, issuer });
    new Admission(this, 'Admission', { stage, state, gateway, issuer, alarms, verifications });
    const enforcement = new Enforcement(this, 'Enforcement', {
      stage,
      state,
      alarms,
      gateway,
      issuer,
      decisions: detection.decisions,
      verifications,
      origin: page.origin,
    });
    new Appeals(this, 'Appeals', { stage, state, gateway, issuer, alarms });
    new Query(this, 'Query', { stage, state, gateway, issuer });
    new Holds(this, 'Holds', { stage, state, alarms });
    // After every queue: it counts what died in each.
    new Notices(this, 'Notices', { stage, state, alarms, bus: enforcement.bus, origin: page.origin, parts: this });

    new Watch(this, 'Watch', { stage, parts: this });
    new CfnOutput(this, 'EventQueueUrl', { value: ingest.events.queueUrl, description: 'Gateways send usage events here (SQS)' });
    new CfnOutput(this, 'DeadEventsUrl', {
      value: ingest.deadEvents.queueUrl,
      description: 'Messages that ingest failed on',
    });
    new CfnOutput(this, 'FileQueueUrl', { value: ingest.files.queueUrl, description: 'Notifications of files in other buckets (SQS)' });
    new CfnOutput(this, 'FileReaderRoleArn', {
      value: ingest.fileReaderRoleArn,
      description: 'Who reads files in other buckets: name it in their policies',
    });
    new CfnOutput(this, 'RefusedBucket', {
      value: state.refused.bucketName,
      description: 'What ingest refused, as it came (npm run redrive)',
    });
    new CfnOutput(this, 'RedriveRoleArn', { value: ingest.redriveRole.roleArn, description: 'The role that may read it' });
    new CfnOutput(this, 'InboxBucket', { value: state.inbox.bucketName, description: 'Files of usage events are dropped here (S3)' });
    new CfnOutput(this, 'ApiUrl', { value: gateway.api.apiEndpoint, description: 'The HTTP API, described at /v1/openapi.json' });
    new CfnOutput(this, 'SuspensionMachine', { value: enforcement.machineArn, description: 'One execution a case' });
    new CfnOutput(this, 'EventBusName', {
      value: enforcement.bus.eventBusName,
      description: 'The ledger, entry by entry: attach rules here (EventBridge)',
    });
    new CfnOutput(this, 'ConsoleClientId', { value: issuer.audience, description: 'The console as a client of the identity provider' });
    new CfnOutput(this, 'ConsoleUrl', { value: page.origin, description: 'The analysts’ console' });
  }

  private issuerOf({ identity }: Stage, { people }: StateStack, page: Console): TrustedIssuer {
    if (identity.kind === 'oidc') return identity.issuer;
    if (!people) throw new Error('the state stack made no user pool for this stage');
    return consoleClient(page, people, page.origin);
  }
}
