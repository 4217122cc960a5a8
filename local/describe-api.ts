import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeApi } from './api-description';

/** Writes the OpenAPI document that the client is generated from: `npm run api`. A test says when it is out of date. */
writeFileSync(join(__dirname, '../shared/client/openapi.json'), `${JSON.stringify(describeApi(), null, 1)}\n`);
