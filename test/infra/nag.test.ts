import { join } from 'node:path';
import { type IPolicyValidationContext, type PolicyValidationPluginReport, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { lockstep, makeApp } from '../../infra/app';
import { stages } from '../../infra/stages';

/**
 * cdk-nag acknowledges a finding about permissions only by its full text, in which references to other stacks are spelt out. Here
 * the rule may be acknowledged as a whole, with a reason; invariants.test.ts in turn lists every wildcard there is.
 */
class Checks extends AwsSolutionsChecks {
  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const report = super.validate(context);
    const violations = report.violations
      .map((violation) => ({
        ...violation,
        violatingResources: violation.violatingResources.filter(({ constructPath }) => !isExplained(violation.ruleName, constructPath)),
      }))
      .filter(({ violatingResources }) => violatingResources.length > 0);
    return { ...report, success: violations.length === 0, violations };
  }
}

let root: IConstruct;
function isExplained(rule: string, path: string | undefined): boolean {
  const [whole] = rule.split('[');
  let construct: IConstruct | undefined = path
    ?.split('/')
    .reduce<IConstruct | undefined>((parent, id) => parent?.node.tryFindChild(id), root);
  for (; construct; construct = construct.node.scope) {
    for (const { type, data } of construct.node.metadata) {
      if (
        type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY &&
        Object.keys(data).some((id) => id.replace(/^annotation::/i, '') === whole)
      )
        return true;
    }
  }
  return false;
}

test.each(Object.keys(stages))('%s: every finding of cdk-nag is repaired, or explained where it arises', (stage) => {
  const app = makeApp({ context: { 'aws:cdk:bundling-stacks': [] } });
  root = app;
  // Any folder will do for the console's files: what is checked is how they get there.
  lockstep(app, stage, { consoleFiles: join(__dirname, '..', '..', 'console', 'public') });
  Validations.of(app).addPlugins(new Checks(app));
  expect(() => app.synth()).not.toThrow();
});
