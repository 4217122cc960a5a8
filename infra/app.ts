import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps, type Environment, Tags } from 'aws-cdk-lib';
import flags from 'aws-cdk-lib/recommended-feature-flags.json';
import { PipelineStack } from './pipeline-stack';
import { type Stage, stageNamed } from './stages';
import { StateStack } from './state-stack';

/** CDK as its authors recommend it today, but for one thing: what the pipeline uses of the state must not be taken from under it. */
const context = { ...flags, '@aws-cdk/core:defaultCrossStackReferences': 'strong' };

/** The app, the same at the command line and in tests. */
export const makeApp = (props: AppProps = {}): App => new App({ ...props, context: { ...context, ...props.context } });

export type Deployment = {
  env?: Environment;
  /** Instead of what infra/stages.ts says about the stage. */
  stage?: Stage;
  /** The folder with the built console. Without it the page is left out. */
  consoleFiles?: string;
};

/** The two stacks of one stage. Account and region come from the caller's AWS environment, or stay open at synth. */
export function lockstep(app: App, stageName: unknown, { env, consoleFiles, ...instead }: Deployment = {}) {
  const { name, stage: recorded } = stageNamed(stageName);
  const stage: Stage = instead.stage ?? recorded;
  const description = (what: string) => `Lockstep ${name}: ${what}`;
  const state = new StateStack(app, `lockstep-${name}-state`, { stage, env, description: description('what must be kept') });
  const pipeline = new PipelineStack(app, `lockstep-${name}`, {
    stage,
    state,
    env,
    consoleFiles,
    description: description('the pipeline'),
  });
  Tags.of(app).add('lockstep:stage', name);
  return { state, pipeline, name };
}

/** What whoever deploys is told each time, because nothing fails of it. */
export const remarks = ({ alarmEmail }: Stage, hasConsole: boolean): string[] => [
  ...(hasConsole ? [] : ['The console is not built (npm run console:build): it is left out.']),
  ...(alarmEmail
    ? []
    : [
        'alarmEmail is not set in infra/stages.ts: alarms ring in CloudWatch and nobody hears them. Set it, and confirm the mail that AWS sends.',
      ]),
];

if (require.main === module) {
  const app = makeApp();
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  const built = join(__dirname, '..', 'dist', 'console');
  const stage = app.node.tryGetContext('stage') ?? 'dev';
  for (const remark of remarks(stageNamed(stage).stage, existsSync(built))) console.error(remark);
  lockstep(app, stage, {
    ...(account && region ? { env: { account, region } } : {}),
    ...(existsSync(built) ? { consoleFiles: built } : {}),
  });
  app.synth();
}
