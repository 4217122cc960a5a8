import type { Api } from './api';

/** The description of API v1, from the very schemas that validate it. */
export function describe(api: Api) {
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token of the configured OIDC issuer whose groups or roles name viewer, reviewer or admin.',
  });
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Lockstep',
      version: '1',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      description:
        'Networks of accounts that extract a model in lockstep: what was found, why, what was done, and how it is undone. Times are RFC 3339 in UTC. Problems are RFC 9457 and name the field. Commands take an Idempotency-Key. Lists answer `items` and, unless it was the last page, `next` to pass as `cursor`.',
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Cases', description: 'The suspension workflow.' },
      { name: 'Campaigns', description: 'Networks with an identity over time.' },
      { name: 'Accounts', description: 'Flagged accounts and why.' },
      { name: 'Exonerations', description: 'Standing words of people that decisions heed.' },
      { name: 'Indicators', description: 'Operators known from elsewhere: STIX 2.1 in.' },
      { name: 'Policies', description: 'Every number that judges people, and replays of candidates.' },
      { name: 'Appeals', description: 'For people who were acted on (no login) and for those who review.' },
      { name: 'Ledger', description: 'Everything anybody did.' },
      { name: 'Events', description: 'What arrives, from whom, and how it is sent over HTTP.' },
      { name: 'Status' },
    ],
  });
  withPlainPatterns(document);
  return document;
}

/** The library writes an expression with flags as `…$/u`, whose last two characters would be asked of every text. In JSON Schema `u` is meant anyway. */
function withPlainPatterns(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [name, value] of Object.entries(node)) {
    if (name === 'pattern' && typeof value === 'string') Object.assign(node, { pattern: value.replace(/\/u$/, '') });
    else withPlainPatterns(value);
  }
}
