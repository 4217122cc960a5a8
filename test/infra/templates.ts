import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { lockstep, makeApp } from '../../infra/app';

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
});
export type Resource = z.infer<typeof Resource> & { id: string };

/** Both templates of a stage as they are synthesized, functions unbundled. */
export function templatesOf(stage: string) {
  const app = makeApp({ context: { 'aws:cdk:bundling-stacks': [] } });
  const { state, pipeline } = lockstep(app, stage);
  const read = (stack: Stack) => {
    const json = Template.fromStack(stack).toJSON();
    const resources = z.record(z.string(), Resource).parse(json.Resources);
    return { json, resources: Object.entries(resources).map(([id, resource]) => ({ id, ...resource })) };
  };
  return { state: read(state), pipeline: read(pipeline), stacks: { state, pipeline } };
}
