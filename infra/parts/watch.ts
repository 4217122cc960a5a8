import { Duration, Stack } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Dashboard, GraphWidget, type IMetric, Metric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IConstruct } from 'constructs';
import { METRICS } from '../../shared/wiring';
import type { Stage } from '../stages';
import { pipelineMetric } from './metric';
import { StageFunction } from './stage-function';
import { WatchedQueue } from './watched-queue';

/** What an operator looks at, in the order in which an event flows; and a limit to what it may cost. */
export class Watch extends Construct {
  constructor(scope: Construct, id: string, { stage, parts }: { stage: Stage; parts: IConstruct }) {
    super(scope, id);
    const all = parts.node.findAll();
    const functions = all.filter((part) => part instanceof StageFunction);
    const queues = all.filter((part) => part instanceof WatchedQueue).map(({ queue }) => queue);
    const period = Duration.minutes(5);
    const sum = (name: (typeof METRICS)[keyof typeof METRICS]) => pipelineMetric(this, name, { period });
    const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12, height: 6 });
    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName: Stack.of(this).stackName });
    dashboard.addWidgets(
      new TextWidget({
        markdown: 'Events come in, hours are folded, detection runs, cases are worked on. Each alarm has its section in docs/runbook.md.',
        width: 24,
        height: 1,
      }),
    );
    dashboard.addWidgets(
      graph('Events', [sum(METRICS.accepted), sum(METRICS.rejected), sum(METRICS.conflicts)]),
      graph('Hours not folded yet', [pipelineMetric(this, METRICS.unfoldedHours, { period, statistic: 'Maximum' })]),
    );
    dashboard.addWidgets(
      graph(
        'Oldest message, seconds',
        queues.map((queue) => queue.metricApproximateAgeOfOldestMessage({ period, label: queue.node.path })),
      ),
      graph(
        'Function errors',
        functions.map((called) => called.metricErrors({ period, label: called.node.path })),
      ),
    );
    dashboard.addWidgets(
      graph(
        'Function duration, p99 ms',
        functions.map((called) => called.metricDuration({ period, statistic: 'p99', label: called.node.path })),
      ),
      graph('Concurrent executions', [
        new Metric({ namespace: 'AWS/Lambda', metricName: 'ConcurrentExecutions', statistic: 'Maximum', period }),
      ]),
    );
    budget(this, stage);
  }
}

/** The account's cost of resources with our tag (to be activated once under Billing, cost allocation tags). */
function budget(scope: Construct, { monthlyBudgetUsd: amount, alarmEmail }: Stage): void {
  const subscribers = alarmEmail ? [{ subscriptionType: 'EMAIL', address: alarmEmail }] : [];
  const tell = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
    notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
    subscribers,
  });
  new CfnBudget(scope, 'Budget', {
    budget: {
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount, unit: 'USD' },
      costFilters: { TagKeyValue: [`user:lockstep:stage$${Stack.of(scope).stackName.replace(/^lockstep-/, '')}`] },
    },
    ...(subscribers.length > 0 ? { notificationsWithSubscribers: [tell('ACTUAL', 80), tell('FORECASTED', 100)] } : {}),
  });
}
