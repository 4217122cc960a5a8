import { existsSync, readFileSync } from 'node:fs';
import { givenPath } from './given-path';
import { Scenario } from './scenario';
import { SCENARIOS, scenarioNamed } from './scenarios';

/** A scenario by name, or from a JSON file of the same shape. */
export const readScenario = (name: string): { kind: 'read'; scenario: Scenario } | { kind: 'refused'; because: string } => {
  const named = scenarioNamed(name);
  if (named) return { kind: 'read', scenario: named };
  const file = givenPath(name);
  if (!existsSync(file))
    return { kind: 'refused', because: `No scenario and no file is called "${name}". Names: ${Object.keys(SCENARIOS).join(', ')}.` };
  try {
    const parsed = Scenario.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (parsed.success) return { kind: 'read', scenario: parsed.data };
    return {
      kind: 'refused',
      because: `${name}: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
    };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'refused', because: `${name} is not JSON: ${error.message}` };
    throw error;
  }
};
