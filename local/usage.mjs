/** What --help prints of tasks that read no options of their own: `npm run NAME -- --help` starts none of them. */
export const USAGE = {
  test: `npm test [-- JEST OPTIONS]

Formatter, linter, types and every test that needs Node alone. JEST OPTIONS: a path (test/ingest), -t 'NAME', -w 1.`,
  'test:properties': `npm run test:properties [-- JEST OPTIONS]

Every suite that draws its inputs, with new ones in each run; a failure prints its seed. LOCKSTEP_SEED=N draws those of N again.`,
  'test:browser': `npm run test:browser [-- JEST OPTIONS]

The console in headless Chromium (apt-get install chromium). JEST OPTIONS: a name (ten-tasks), -t 'NAME'.`,
  'test:deploy': `npm run test:deploy

Deploys stage dev to an emulator (MiniStack, from PyPI) that executes the functions, sends traffic until a campaign is suspended, undoes it,
destroys everything. About five minutes. Needs Python 3.10.`,
  'test:litellm': `npm run test:litellm

LiteLLM's own proxy and logger (from PyPI) send to ingest: every message must be read. Needs Python 3.10.`,
  'test:dynamodb-local': `npm run test:dynamodb-local

The contract of the tables against AWS's DynamoDB Local, fetched on demand. Needs a Java 17 JDK.`,
  checks: `npm run checks [-- cfn-lint | checkov | schemathesis [none | viewer | reviewer | admin]…]

What others wrote to find faults, over templates and API: cfn-lint and checkov read every stage, schemathesis asks the API as nobody, viewer,
reviewer and admin. Without a name all of it. LOCKSTEP_EXAMPLES=N: requests an operation. Needs Python 3.10 and PyPI. Exit code 1 when
anything is to be looked at.`,
  drill: `npm run drill [-- restore | rotation | erasure | upgrade]…

What the runbook asks for when things went wrong, done on an emulator (MiniStack, from PyPI). Without a name all four.`,
  'taxii-check': `npm run taxii-check

OASIS's own client (taxii2-client, from PyPI) reads and writes the exchange. Needs Python 3.10.`,
  api: `npm run api

Writes shared/http/openapi.json and the console's types from the routes.`,
  'docs:tables': `npm run docs:tables

Writes the tables of docs/ that are made from the code.`,
  'docs:picture': `npm run docs:picture

Takes the README's picture of the console. Needs Chromium.`,
  'console:build': `npm run console:build

Builds the console into dist/console.`,
  'bench:list': `npm run bench:list [-- ACCOUNTS]

How fast the list of flagged accounts answers, with 100,000 of them or as many as given.`,
  'bench:graph': `npm run bench:graph [-- ACCOUNTS]

The link graph of one campaign of 25,000 accounts or as many as given, in headless Chromium: time until it is painted, frames a second while
it is dragged and zoomed; a picture of it under .lockstep/. Needs Chromium.`,
};
