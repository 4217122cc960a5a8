import { z } from 'zod';
import { templatesOf } from './templates';

const Leading = z.object({ 'ForAllValues:StringLike': z.object({ 'dynamodb:LeadingKeys': z.array(z.string()) }) });
const Statement = z.looseObject({
  Action: z.union([z.string(), z.array(z.string())]).transform((actions) => [actions].flat()),
  Resource: z.unknown(),
  Condition: z.unknown().optional(),
});
const Policy = z.looseObject({ PolicyDocument: z.looseObject({ Statement: z.array(Statement) }) });

export type Right = { role: string; action: string; resource: string; pattern: string };
const known = new Map<string, Right[]>();

/** What every role of a stage may do, by action, resource (in words) and partitions (`*`: all), as the templates say. */
export function rightsOf(stage: string): Right[] {
  const before = known.get(stage);
  if (before) return before;
  const { pipeline } = templatesOf(stage);
  const rights = pipeline.resources
    .filter(({ Type, id }) => Type === 'AWS::IAM::Policy' && !id.startsWith('CustomCDKBucketDeployment'))
    .flatMap(({ id, Properties }) =>
      Policy.parse(Properties).PolicyDocument.Statement.flatMap(({ Action, Resource, Condition }) => {
        const leading = Leading.safeParse(Condition);
        const patterns = leading.success ? leading.data['ForAllValues:StringLike']['dynamodb:LeadingKeys'] : ['*'];
        const role = id.replace(/(Default)?Policy[0-9A-F]{8}$/, '').replace(/Role(DefaultPolicy)?.*$/, '');
        return Action.flatMap((action) =>
          [Resource].flat().flatMap((resource) => patterns.map((pattern) => ({ role, action, resource: inWords(resource), pattern }))),
        );
      }),
    );
  known.set(stage, rights);
  return rights;
}

/** Rights of one role on one table, ready to be asked. */
export const rightsOn = (stage: string, role: string, table: string) =>
  rightsOf(stage)
    .filter((right) => right.role === role && right.resource === `table ${table}`)
    .map((right) => ({
      ...right,
      matches: (pk: string) => (right.pattern.endsWith('*') ? pk.startsWith(right.pattern.slice(0, -1)) : pk === right.pattern),
    }));

/** `{ "Fn::ImportValue": "…GetAttEnforcement9B2991A5Arn…" }` is `table Enforcement`. */
export function inWords(resource: unknown): string {
  const text = JSON.stringify(resource);
  if (text === '"*"') return 'everything';
  const name =
    /(?:GetAtt|Ref)"?,?:?\[?"?([A-Z][A-Za-z]+?)[0-9A-F]{8}/.exec(text)?.[1] ?? /([A-Z][A-Za-z]+?)[0-9A-F]{8}/.exec(text)?.[1] ?? text;
  const under = /"\/([^"]*)"/.exec(text)?.[1];
  if (/^(Features|Graph|Enforcement|Access)$/.test(name)) return `table ${name}`;
  if (under !== undefined) return `bucket ${name}, objects ${under}`;
  if (/stateMachine/.test(text)) return 'the suspension machine';
  return name;
}
