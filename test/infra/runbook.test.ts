import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { templatesOf } from './templates';

const runbook = readFileSync(join(__dirname, '..', '..', 'docs', 'runbook.md'), 'utf8');
const sections = [...runbook.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading).sort();
const { pipeline } = templatesOf('prod');
const alarms = pipeline.resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);

test('every alarm has its section in the runbook, and every section its alarm', () => {
  const names = alarms.map(({ AlarmName }) => String(AlarmName).split('/').slice(1).join('/'));
  expect(names.sort()).toEqual(sections);
});

test('every alarm says what the customer loses, and tells somebody', () => {
  for (const { AlarmDescription, AlarmActions, AlarmName } of alarms) {
    const heading = String(AlarmName).split('/').slice(1).join('/');
    expect(AlarmDescription).toMatch(/^[A-Z].{30,} What to do: docs\/runbook.md, "/);
    expect(AlarmDescription).toContain(`"${heading}"`);
    expect(AlarmActions).toHaveLength(1);
  }
});
