import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeApi } from './api-description';
import { contractFiles } from './describe-contract';

/**
 * Writes the OpenAPI document and the client's types from it: `npm run api`, after a route changed. The generator needs an
 * older TypeScript than the project, so it is fetched for this command and is no dependency (docs/decisions/0009). A test
 * says when either file is out of date.
 */
const described = join(__dirname, '../../shared/http/openapi.json');
const types = join(__dirname, '../../console/src/client/schema.ts');
const document = `${JSON.stringify(describeApi(), null, 1)}\n`;
writeFileSync(described, document);

for (const [name, content] of Object.entries(contractFiles())) writeFileSync(join(__dirname, '../../docs/contract', name), content);

const generator = [
  '-y',
  '-p',
  'typescript@5.9.3',
  '-p',
  'openapi-typescript@7.13.0',
  'openapi-typescript',
  'shared/http/openapi.json',
  '-o',
  'console/src/client/schema.ts',
];
const { status } = spawnSync('npx', generator, { cwd: join(__dirname, '../..'), stdio: 'inherit', shell: process.platform === 'win32' });
if (status !== 0) process.exit(status ?? 1);

const digest = createHash('sha256').update(document).digest('hex');
writeFileSync(types, `// Generated from openapi.json (SHA-256 ${digest}) by \`npm run api\`.\n${readFileSync(types, 'utf8')}`);
