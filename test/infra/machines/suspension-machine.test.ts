import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SuspensionMachine, suspensionDefinition } from '../../../infra/machines/suspension-machine';

test('the machine may call its one function and nothing else, and logs no execution data', () => {
  const stack = new Stack(new App(), 'Test');
  const step = new LambdaFunction(stack, 'Step', { runtime: Runtime.NODEJS_24_X, handler: 'i.h', code: Code.fromInline('exports.h = 0') });
  new SuspensionMachine(stack, 'Suspension', { step, machineName: 'lockstep-suspension', logDays: 30, tracing: true });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    DefinitionString: JSON.stringify(suspensionDefinition),
    DefinitionSubstitutions: { StepFunctionArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Step'), 'Arn'] } },
    LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
    TracingConfiguration: { Enabled: true },
  });
  const actions = Object.values(template.findResources('AWS::IAM::Policy')).flatMap((policy) =>
    policy.Properties.PolicyDocument.Statement.flatMap((statement: { Action: string | string[] }) => statement.Action),
  );
  expect(actions.filter((action: string) => !/^(logs|xray):/.test(action))).toEqual(['lambda:InvokeFunction']);
});
