import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export type Watch = {
  metric: IMetric;
  /** What the customer loses while this is so. It is the alarm's text. */
  impact: string;
  above: number;
  /** Evaluation periods in a row. */
  times?: number;
  /** Nothing measured is as bad as a breach: for what must happen. */
  silenceIsBad?: boolean;
};

/**
 * Where alarms go. A topic that has any policy of its own has lost the default one, by which the account's services may publish: who may
 * is said here, or no alarm is ever delivered (AWS Knowledge Center, cloudwatch-receive-sns-for-alarm-trigger).
 */
export function alarmTopic(scope: Construct): Topic {
  const topic = new Topic(scope, 'Alarms', { enforceSSL: true });
  const { account, region, partition, stackName } = Stack.of(scope);
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisStack',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:cloudwatch:${region}:${account}:alarm:${stackName}/*` },
      },
    }),
  );
  return topic;
}

/**
 * The only way to raise an alarm. Its name is its construct path, which is also the heading of its section in docs/runbook.md:
 * test/infra/runbook.test.ts compares the two.
 */
export function alarm(
  scope: Construct,
  id: string,
  topic: ITopic,
  { metric, impact, above, times = 1, silenceIsBad = false }: Watch,
): Alarm {
  const raised = new Alarm(scope, id, {
    alarmName: `${scope.node.path}/${id}`,
    alarmDescription: `${impact} What to do: docs/runbook.md, "${runbookHeading(scope, id)}".`,
    metric,
    threshold: above,
    evaluationPeriods: times,
    comparisonOperator: silenceIsBad ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: silenceIsBad ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  raised.addAlarmAction(new SnsAction(topic));
  return raised;
}

/** The path below the stack: the same in every stage. */
export const runbookHeading = (scope: Construct, id: string): string => [...scope.node.path.split('/').slice(1), id].join('/');
