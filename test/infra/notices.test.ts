import { Template } from 'aws-cdk-lib/assertions';
import { lockstep, makeApp } from '../../infra/app';
import { type StageChannel, stages } from '../../infra/stages';

const CHANNELS: readonly StageChannel[] = [
  { kind: 'email', name: 'mail', addresses: ['abuse@example.com', 'lead@example.com'], about: ['case-waits'] },
  { kind: 'slack', name: 'team', rules: ['distillation-suspend'] },
  { kind: 'pagerduty', name: 'on-call', about: ['detection-stale', 'source-silent'] },
  { kind: 'webhook', name: 'own', url: 'https://tickets.example.com/in' },
];

const synthesized = (notify: { channels: readonly StageChannel[]; secretName?: string }) => {
  const app = makeApp({ context: { 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(lockstep(app, 'dev', { stage: { ...stages.dev, notify } }).pipeline);
};

test('a stage’s channels: a topic with its addresses, the rest told by the function, which may publish to that topic and read that secret only', () => {
  const template = synthesized({ channels: CHANNELS, secretName: 'lockstep/channels' });
  template.resourceCountIs('AWS::SNS::Topic', 2);
  for (const Endpoint of ['abuse@example.com', 'lead@example.com'])
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint });
  const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('NoticesTell'));
  const text = JSON.stringify(policy);
  expect(text).toMatch(/"sns:Publish","Effect":"Allow","Resource":\{"Ref":"NoticesTomail/);
  expect(text).toContain('secret:lockstep/channels-??????');
  expect(text).toContain('events:PutEvents');
  const [tell] = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) => id.startsWith('NoticesTell'));
  const given = JSON.stringify(tell);
  expect(given).toContain('NoticesTomail');
  expect(given).not.toContain('abuse@example.com');
  expect(given).toContain('tickets.example.com');
});

test('without channels everything is on the bus, and the function may reach nobody else', () => {
  const template = synthesized({ channels: [] });
  template.resourceCountIs('AWS::SNS::Topic', 1);
  const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('NoticesTell'));
  expect(JSON.stringify(policy)).not.toMatch(/sns:Publish|secretsmanager/);
});

test('a channel that a secret opens wants the secret’s name', () => {
  expect(() => synthesized({ channels: [{ kind: 'slack', name: 'team' }] })).toThrow('notify.secretName');
});
