import type { SQSClient } from '@aws-sdk/client-sqs';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { feed } from './event-source';
import type { FunctionHost } from './function-host';
import type { Route } from './http-gateway';
import type { Machine } from './state-machine';
import type { Templates } from './template';
import type { World } from './world';

type Wiring = { templates: Templates; world: World; sqs: SQSClient; signal: AbortSignal };

const hostOf = ({ world }: Wiring, arn: string): FunctionHost => {
  for (const host of world.functions.values())
    if (arn.endsWith(`:${host.spec.environment.AWS_LAMBDA_FUNCTION_NAME}`) || arn === host.spec.environment.AWS_LAMBDA_FUNCTION_NAME)
      return host;
  throw new Error(`no function here is ${arn}`);
};
const urlOf = ({ world }: Wiring, arn: string): string => {
  for (const queue of world.queues.values()) if (queue.arn === arn) return queue.url;
  throw new Error(`no queue here is ${arn}`);
};
const propertiesOf = <Schema extends z.ZodType>({ templates }: Wiring, type: string, schema: Schema): z.output<Schema>[] =>
  templates.of(type).map(({ stack, resource }) => schema.parse(templates.resolve(resource.Properties, stack)));

/** Every queue that a function reads. */
export function startFeeding(wiring: Wiring): Promise<void>[] {
  const Mapping = z.object({
    EventSourceArn: z.string(),
    FunctionName: z.string(),
    BatchSize: z.number(),
    MaximumBatchingWindowInSeconds: z.number().default(0),
  });
  return propertiesOf(wiring, 'AWS::Lambda::EventSourceMapping', Mapping).map(
    ({ EventSourceArn, FunctionName, BatchSize, MaximumBatchingWindowInSeconds }) =>
      feed(
        wiring.sqs,
        {
          queueUrl: urlOf(wiring, EventSourceArn),
          queueArn: EventSourceArn,
          batchSize: BatchSize,
          windowMs: MaximumBatchingWindowInSeconds * 1000,
        },
        hostOf(wiring, FunctionName),
        wiring.signal,
      ),
  );
}

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `rate(5 minutes)` in milliseconds. */
export function rateOf(expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const milliseconds = UNITS[unit];
  if (count === undefined || milliseconds === undefined) throw new Error(`npm run local knows rates only, not ${expression}`);
  return Number(count) * milliseconds;
}

/** Every schedule; `everyMs` instead of its own rate, for whoever watches. A call never overlaps itself. */
export function startSchedules(wiring: Wiring, everyMs: number | undefined): void {
  const Schedule = z.object({ ScheduleExpression: z.string(), Target: z.object({ Arn: z.string(), Input: z.string().default('{}') }) });
  for (const { ScheduleExpression, Target } of propertiesOf(wiring, 'AWS::Scheduler::Schedule', Schedule)) {
    const interval = everyMs ?? rateOf(ScheduleExpression);
    const called = hostOf(wiring, Target.Arn);
    const call = async (): Promise<void> => {
      await invokeAsync(wiring, called, JSON.parse(Target.Input));
      if (!wiring.signal.aborted) timer = setTimeout(call, interval);
    };
    let timer = setTimeout(call, Math.min(interval, 2_000));
    wiring.signal.addEventListener('abort', () => clearTimeout(timer));
  }
}

/** As Lambda calls asynchronously: again as often as configured, then the dead letters. */
async function invokeAsync(wiring: Wiring, called: FunctionHost, event: unknown): Promise<void> {
  const Config = z.object({
    FunctionName: z.string(),
    MaximumRetryAttempts: z.number(),
    DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }) }),
  });
  const config = propertiesOf(wiring, 'AWS::Lambda::EventInvokeConfig', Config).find(
    ({ FunctionName }) => hostOf(wiring, FunctionName) === called,
  );
  for (let attempt = 0; ; attempt++) {
    const invoked = await called.invoke(event);
    if (invoked.kind === 'answer' || wiring.signal.aborted) return;
    console.error(`${called.spec.name}: ${invoked.error.name}: ${invoked.error.message}`);
    if (attempt < (config?.MaximumRetryAttempts ?? 2)) continue;
    const destination = config?.DestinationConfig.OnFailure.Destination;
    if (destination)
      await wiring.sqs.send(
        new SendMessageCommand({
          QueueUrl: urlOf(wiring, destination),
          MessageBody: JSON.stringify({ requestPayload: event, responsePayload: invoked.error }),
        }),
      );
    return;
  }
}

/** Who hears of a new object in a bucket: the rules whose pattern names it. */
export function objectListeners(wiring: Wiring): (bucket: string, key: string) => Promise<void> {
  const Rule = z.object({
    EventPattern: z.object({ 'detail-type': z.array(z.string()), detail: z.object({ bucket: z.object({ name: z.array(z.string()) }) }) }),
    Targets: z.array(z.object({ Arn: z.string() })),
  });
  const rules = propertiesOf(wiring, 'AWS::Events::Rule', Rule);
  return async (bucket, key) => {
    const event = { source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name: bucket }, object: { key } } };
    for (const { EventPattern, Targets } of rules) {
      if (!EventPattern['detail-type'].includes('Object Created') || !EventPattern.detail.bucket.name.includes(bucket)) continue;
      for (const { Arn } of Targets)
        await wiring.sqs.send(new SendMessageCommand({ QueueUrl: urlOf(wiring, Arn), MessageBody: JSON.stringify(event) }));
    }
  };
}

/** The routes of the HTTP API. */
export function routesOf(wiring: Wiring): Route[] {
  const RouteProperties = z.object({ RouteKey: z.string(), Target: z.string(), AuthorizationType: z.string().default('NONE') });
  return propertiesOf(wiring, 'AWS::ApiGatewayV2::Route', RouteProperties).map(({ RouteKey, Target, AuthorizationType }) => ({
    key: RouteKey,
    answeredBy: hostOf(wiring, Target.replace(/^integrations\//, '')),
    needsToken: AuthorizationType === 'JWT',
  }));
}

/** The suspension machine: its definition, and the function that its tasks call. */
export function suspensionOf(wiring: Wiring): { machine: Machine; step: FunctionHost } {
  const Properties = z.object({
    DefinitionString: z.string(),
    DefinitionSubstitutions: z.object({ StepFunctionArn: z.string().optional() }),
  });
  for (const { DefinitionString, DefinitionSubstitutions } of propertiesOf(wiring, 'AWS::StepFunctions::StateMachine', Properties)) {
    const { StepFunctionArn } = DefinitionSubstitutions;
    if (StepFunctionArn !== undefined) return { machine: JSON.parse(DefinitionString), step: hostOf(wiring, StepFunctionArn) };
  }
  throw new Error('the templates have no suspension machine');
}
