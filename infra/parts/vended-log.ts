import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/**
 * A log group that an AWS service writes to. AWS lets services write to every group under /aws/vendedlogs/ by one statement of the
 * account's log resource policy; under any other name each group takes a statement of its own, and the policy holds 5,120 characters.
 */
export const vendedLog = (scope: Construct, id: string, name: string, retention: RetentionDays): LogGroup =>
  new LogGroup(scope, id, { logGroupName: `/aws/vendedlogs/${name}`, retention, removalPolicy: RemovalPolicy.DESTROY });
