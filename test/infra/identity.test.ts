import { Template } from 'aws-cdk-lib/assertions';
import { lockstep, makeApp, remarks } from '../../infra/app';
import { type Stage, stages } from '../../infra/stages';

const ISSUER = { issuer: 'https://id.example.com', audience: 'lockstep', keysUrl: 'https://id.example.com/keys' };
const made = (instead: Partial<Stage>) =>
  lockstep(makeApp({ context: { 'aws:cdk:bundling-stacks': [] } }), 'prod', { stage: { ...stages.prod, ...instead } });
const importsOf = (stack: ReturnType<typeof made>['pipeline']): string[] => [
  ...new Set([...JSON.stringify(Template.fromStack(stack).toJSON()).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name = '']) => name)),
];

/**
 * CloudFormation refuses to take an export away that another stack imports. Deployed first, alone, the pipeline lets go of the user pool;
 * then the state can drop it (docs/runbook.md, "Before a deployment").
 */
test('a pipeline that trusts another issuer imports nothing of the user pool, so it can be deployed before the state lets it go', () => {
  const before = made({});
  const after = made({ identity: { kind: 'oidc', issuer: ISSUER } });
  expect(importsOf(before.pipeline).filter((name) => name.includes('People'))).not.toEqual([]);
  expect(importsOf(after.pipeline).filter((name) => name.includes('People'))).toEqual([]);
  // What it imports the deployed state has already: it needs no deployment of the state before its own.
  const exported = new Set(
    Object.values(Template.fromStack(before.state).toJSON().Outputs as Record<string, { Export?: { Name: string } }>).map(
      ({ Export }) => Export?.Name,
    ),
  );
  expect(importsOf(after.pipeline).filter((name) => !exported.has(name))).toEqual([]);
  expect(importsOf(after.pipeline).length).toBeGreaterThan(10);
});

test('whoever deploys is told of alarms that nobody hears, and of a page that is left out', () => {
  expect(remarks(stages.prod, false)).toEqual([expect.stringContaining('console'), expect.stringContaining('alarmEmail')]);
  expect(remarks({ ...stages.prod, alarmEmail: 'oncall@example.com' }, true)).toEqual([]);
});
