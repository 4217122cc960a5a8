import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScreenMachine, screenDefinition } from '../../../infra/machines/screen-machine';

test('the machine reads lists of tasks, runs their map and calls its one function, and nothing else', () => {
  const stack = new Stack(new App(), 'Test');
  const task = new LambdaFunction(stack, 'Task', { runtime: Runtime.NODEJS_24_X, handler: 'i.h', code: Code.fromInline('exports.h = 0') });
  const archive = new Bucket(stack, 'Archive');
  new ScreenMachine(stack, 'Screen', {
    task,
    archive,
    lists: 'detection/screen/*',
    atOnce: 7,
    machineName: 'lockstep-screen',
    logDays: 30,
  });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    DefinitionString: JSON.stringify(screenDefinition(7)),
    LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
    TracingConfiguration: { Enabled: true },
  });
  const statements = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    (policy): { Action: string | string[]; Resource: unknown }[] => policy.Properties.PolicyDocument.Statement,
  );
  const actions = statements.flatMap(({ Action }) => Action).filter((action) => !/^(logs|xray):/.test(action));
  expect(actions.sort()).toEqual([
    'lambda:InvokeFunction',
    's3:GetObject',
    'states:DescribeExecution',
    'states:StartExecution',
    'states:StopExecution',
  ]);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 's3:GetObject',
          Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Archive'), 'Arn'] }, '/detection/screen/*']] },
        }),
      ]),
    },
  });
});

test('every task is a call of its own that is tried again alone, as many at once as the stage says; one that fails for good fails the step', () => {
  const map = screenDefinition(1_000).States['Every task'];
  expect([map.MaxConcurrency, map.ToleratedFailureCount, map.ItemProcessor.ProcessorConfig.Mode]).toEqual([1_000, 0, 'DISTRIBUTED']);
  expect(map.ItemProcessor.States.Task.Retry[0]).toMatchObject({ ErrorEquals: ['States.ALL'], MaxAttempts: 4 });
});
