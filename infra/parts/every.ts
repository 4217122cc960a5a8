import { Duration, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Schedule, ScheduleExpression, ScheduleTargetInput, TimeWindow } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * Calls a function again and again. A call that the scheduler cannot deliver and a call whose function fails twice both end in
 * `failures`; the next call comes anyway, so what is old is given up early.
 */
export function every(scope: Construct, id: string, interval: Duration, called: IFunction, failures: IQueue): void {
  called.configureAsyncInvoke({
    retryAttempts: 1,
    // Lambda gives up after six hours at most.
    maxEventAge: Duration.minutes(Math.min(360, interval.toMinutes())),
    onFailure: new SqsDestination(failures),
  });
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5',
    reason: 'to call a function is to call any version of it (arn:*), one function only',
  });
  new Schedule(scope, id, {
    schedule: ScheduleExpression.rate(interval),
    timeWindow: TimeWindow.off(),
    description: `calls ${called.node.id}`,
    target: new LambdaInvoke(called, {
      role,
      deadLetterQueue: failures,
      retryAttempts: 3,
      maxEventAge: Duration.minutes(15),
      input: ScheduleTargetInput.fromObject({}),
    }),
  });
}
