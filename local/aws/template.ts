import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const Template = z.looseObject({
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() })).default({}),
});
export type Resource = z.infer<typeof Resource>;

/** What CloudFormation's functions answer once a resource exists: `Ref`, and attributes by name. */
export type Physical = { ref: string; attributes?: Readonly<Record<string, string>> };

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

/**
 * The templates of an app that was synthesized, read as far as our own need it. Intrinsic functions that they do not use are
 * refused loudly rather than guessed.
 */
export class Templates {
  readonly resources: { id: string; stack: string; resource: Resource }[] = [];
  private readonly exports = new Map<string, { stack: string; value: unknown }>();
  private readonly outputs = new Map<string, { stack: string; value: unknown }>();
  private readonly physical = new Map<string, Physical>();

  constructor(
    readonly folder: string,
    stacks: readonly string[],
  ) {
    for (const stack of stacks) {
      const template = Template.parse(JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8')));
      for (const [id, resource] of Object.entries(template.Resources)) this.resources.push({ id, stack, resource });
      for (const [name, { Value: value, Export }] of Object.entries(template.Outputs)) {
        this.outputs.set(name, { stack, value });
        if (typeof Export?.Name === 'string') this.exports.set(Export.Name, { stack, value });
      }
    }
  }

  of(type: string): { id: string; stack: string; resource: Resource }[] {
    return this.resources.filter(({ resource }) => resource.Type === type);
  }

  exists(stack: string, id: string, physical: Physical): void {
    this.physical.set(`${stack}/${id}`, physical);
  }

  /** The value of one of the stacks' outputs. */
  output(name: string): string {
    const found = this.outputs.get(name);
    if (!found) throw new Error(`no stack has an output ${name}`);
    return String(this.resolve(found.value, found.stack));
  }

  resolve(value: unknown, stack: string): unknown {
    if (Array.isArray(value)) return value.map((part) => this.resolve(part, stack));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) return this.call(only[0], only[1], stack);
    return Object.fromEntries(entries.map(([name, part]) => [name, this.resolve(part, stack)]));
  }

  private call(name: string, argument: unknown, stack: string): unknown {
    switch (name) {
      case 'Ref':
        return this.reference(String(argument), stack);
      case 'Fn::GetAtt':
        return this.attribute(z.tuple([z.string(), z.string()]).parse(argument), stack);
      case 'Fn::Join': {
        const [separator, parts] = z.tuple([z.string(), z.array(z.unknown())]).parse(argument);
        return parts.map((part) => String(this.resolve(part, stack))).join(separator);
      }
      case 'Fn::Select': {
        const [index, list] = z.tuple([z.coerce.number(), z.unknown()]).parse(argument);
        return z.array(z.unknown()).parse(this.resolve(list, stack))[index];
      }
      case 'Fn::Split': {
        const [separator, text] = z.tuple([z.string(), z.unknown()]).parse(argument);
        return String(this.resolve(text, stack)).split(separator);
      }
      case 'Fn::Sub':
        return z
          .string()
          .parse(argument)
          .replace(/\$\{([^}]+)\}/g, (_, variable: string) => String(this.reference(variable, stack)));
      case 'Fn::ImportValue': {
        const exported = this.exports.get(String(this.resolve(argument, stack)));
        if (!exported) throw new Error(`nothing is exported as ${JSON.stringify(argument)}`);
        return this.resolve(exported.value, exported.stack);
      }
      default:
        throw new Error(`the templates use ${name}, which npm run local does not know: teach it in local/aws/template.ts`);
    }
  }

  private reference(id: string, stack: string): unknown {
    const pseudo = PSEUDO[id];
    if (pseudo !== undefined) return pseudo;
    if (id === 'AWS::StackId') return `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stack}/local`;
    if (id === 'AWS::StackName') return stack;
    return this.known(id, stack).ref;
  }

  private attribute([id, name]: [string, string], stack: string): string {
    const value = this.known(id, stack).attributes?.[name];
    if (value === undefined) throw new Error(`${id} has no attribute ${name} here`);
    return value;
  }

  private known(id: string, stack: string): Physical {
    const physical = this.physical.get(`${stack}/${id}`);
    if (!physical) throw new Error(`${stack}/${id} is used before it exists`);
    return physical;
  }
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};
