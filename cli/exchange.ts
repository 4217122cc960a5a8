import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { groupHash, matched, SHORTEST_SALT } from '../functions/exchange/group';
import { type Item, itemsOf } from '../functions/exchange/normalise';
import { type Answered, pull, standing } from '../functions/exchange/taxii/pull';
import { CLASSIFICATIONS } from '../shared/domain/campaigns/campaign';
import {
  identityOf,
  indicatorOf,
  LONGEST_SHARED,
  OPINIONS,
  opinionOf,
  revocationOf,
  type Saying,
  type SharedIndicator,
  SharedObject,
  sharedObject,
  sightingOf,
} from '../shared/domain/campaigns/shared-indicator';
import { knownBundle, type Tlp } from '../shared/domain/campaigns/stix';
import { DAY } from '../shared/domain/time';
import { KeyedHasher } from '../shared/identity/keyed-hash';
import { numberOf, readOptions, refuse } from './command-line';

const HELP = `npm run exchange -- publish --file mine.ndjson --campaign NAME --to COLLECTION [--days 90] [--tlp amber] --lab NAME
npm run exchange -- pull --from COLLECTION --out pulled.json [--since TIME]
npm run exchange -- match --pulled pulled.json --file met.ndjson --accounts N --out known.stix.json [--classification distillation] [--sightings TO --lab NAME]
npm run exchange -- opine agree|disagree --pulled pulled.json --ids ID,… --to COLLECTION --lab NAME
npm run exchange -- revoke --pulled pulled.json --ids ID,… --to COLLECTION

Labs of a group tell each other indicators under the salt of the group, over TAXII 2.1.
  COLLECTION  https://…/taxii2/exchange/collections/ID/ ; the key for it in LOCKSTEP_EXCHANGE_KEY
  the salt    in LOCKSTEP_GROUP_SALT, ${SHORTEST_SALT} characters or more, agreed on elsewhere
  --file      lines of {"type":"email-domain","value":"example.net"}; cards and persons are refused
  match       needs LOCKSTEP_IDENTIFIER_KEY: what is met is called by its own hash, for POST /v1/indicators
Nothing that comes in acts on anybody.`;

/** One answer, bytes and ms; TAXII servers answer pages of some hundred objects. */
const LARGEST_ANSWER = 8 * 1024 * 1024;
const PATIENCE = 30_000;
const AT_ONCE = 200;

const secret = (name: string, shortest: number): string => {
  const text = process.env[name] ?? '';
  return text.length < shortest ? refuse(`${name} must have ${shortest} characters or more\n${HELP}`) : text;
};

async function bounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > LARGEST_ANSWER) throw new Error(`it answers more than ${LARGEST_ANSWER / 1024 / 1024} MB`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function ask(url: string, init: RequestInit): Promise<Answered> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
      headers: { accept: TAXII, authorization: `Bearer ${secret('LOCKSTEP_EXCHANGE_KEY', 8)}`, ...init.headers },
    });
    const added = response.headers.get('x-taxii-date-added-last');
    const body = await bounded(response);
    return {
      kind: 'answer',
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body,
      ...(added === null ? {} : { added }),
    };
  } catch (error) {
    const because =
      error instanceof Error && error.name === 'TimeoutError' ? `no whole answer within ${PATIENCE / 1_000} s` : String(error);
    return { kind: 'failed', because };
  }
}
const TAXII = 'application/taxii+json;version=2.1';
/** The key goes with every request: in clear text only to this machine. */
const COLLECTION = /^(https:\/\/[^\s@]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\/[^\s@]*)\/collections\/[0-9a-f-]{36}\/$/;
const collectionAt = (text: string | undefined, name: string): string =>
  text !== undefined && COLLECTION.test(text)
    ? text
    : refuse(`--${name} is the https address of a collection: https://…/collections/ID/\n${HELP}`);

const Status = z.looseObject({
  success_count: z.int(),
  failures: z.array(z.looseObject({ id: z.string(), message: z.string().optional() })).default([]),
});

async function post(to: string, objects: readonly SharedObject[]): Promise<void> {
  let taken = 0;
  for (let from = 0; from < objects.length; from += AT_ONCE) {
    const body = JSON.stringify({ objects: objects.slice(from, from + AT_ONCE) });
    const answer = await ask(`${to}objects/`, { method: 'POST', body, headers: { 'content-type': TAXII } });
    if (answer.kind === 'failed') return refuse(answer.because);
    if (answer.status !== 202) return refuse(`it answers ${answer.status}: ${answer.body.slice(0, 200)}`);
    const status = Status.parse(JSON.parse(answer.body));
    taken += status.success_count;
    for (const { id, message = '' } of status.failures) console.error(`${id.slice(0, 60)}: ${message.slice(0, 200)}`);
  }
  console.log(`${taken} of ${objects.length} objects taken`);
}

function items(file: string | undefined): Item[] {
  if (file === undefined) return refuse(`--file is missing\n${HELP}`);
  const read = itemsOf(readFileSync(file, 'utf8').split('\n'));
  for (const { line, because } of read.refused.slice(0, 10)) console.error(`line ${line} is left out: ${because}`);
  return read.items;
}

function pulled(file: string | undefined): SharedObject[] {
  if (file === undefined) return refuse(`--pulled is missing\n${HELP}`);
  return z.array(SharedObject).parse(JSON.parse(readFileSync(file, 'utf8')));
}

const main = async (): Promise<void> => {
  const [what = '', ...rest] = process.argv.slice(2);
  const values = readOptions(HELP, OPTIONS, what === 'opine' ? rest.slice(1) : rest);
  const now = Date.now();
  const tlp =
    z.enum(['white', 'green', 'amber']).safeParse(values.tlp).data ?? refuse('--tlp is white, green or amber: red is for nobody else');
  const says = (): Saying => ({ lab: values.lab ?? refuse(`--lab is missing\n${HELP}`), tlp: tlp as Exclude<Tlp, 'red'>, now });
  const chosen = (): SharedIndicator[] => {
    const ids = new Set((values.ids ?? refuse(`--ids is missing\n${HELP}`)).split(','));
    const found = pulled(values.pulled).filter((one): one is SharedIndicator => one.type === 'indicator' && ids.has(one.id));
    return found.length === ids.size ? found : refuse(`${ids.size - found.length} of these ids are no indicators of ${values.pulled}`);
  };
  switch (what) {
    case 'publish': {
      const salt = secret('LOCKSTEP_GROUP_SALT', SHORTEST_SALT);
      const days = Math.min(LONGEST_SHARED / DAY, numberOf('days', values.days, { from: 1 }));
      const campaign = values.campaign ?? refuse(`--campaign is missing\n${HELP}`);
      const objects = items(values.file).map((item) =>
        indicatorOf({ kind: item.type, hash: groupHash(item, salt), campaign, until: now + days * DAY }, says()),
      );
      return post(collectionAt(values.to, 'to'), [identityOf(says()), ...objects]);
    }
    case 'pull': {
      const from = collectionAt(values.from, 'from');
      const query = (asked: Readonly<Record<string, string>>) => ask(`${from}objects/?${new URLSearchParams(asked)}`, {});
      const found = await pull(query, { now, ...(values.since === undefined ? {} : { since: values.since }) });
      if (found.kind === 'failed') return refuse(`Nothing is taken over: ${found.because}.`);
      for (const { id, because } of found.refused) console.error(`${id} is left out: ${because}`);
      writeFileSync(values.out ?? refuse(`--out is missing\n${HELP}`), `${JSON.stringify(found.objects, null, 2)}\n`);
      const stands = standing(found.objects, now).length;
      return console.log(
        `${found.objects.length} objects on ${found.pages} pages, ${stands} indicators that stand, ${found.refusedInAll} left out${found.last === null ? '' : `; next time: --since ${found.last}`}`,
      );
    }
    case 'match': {
      const found = matched(
        standing(pulled(values.pulled), now),
        items(values.file),
        secret('LOCKSTEP_GROUP_SALT', SHORTEST_SALT),
        new KeyedHasher(secret('LOCKSTEP_IDENTIFIER_KEY', 32)),
      );
      console.log(`${found.length} indicators of the group were met here`);
      if (found.length === 0) return;
      const classification =
        z.enum(CLASSIFICATIONS).safeParse(values.classification).data ?? refuse(`--classification is one of ${CLASSIFICATIONS.join(', ')}`);
      const accounts = numberOf('accounts', values.accounts ?? refuse(`--accounts is missing: of how many accounts is it known\n${HELP}`), {
        from: 1,
        whole: true,
      });
      const bundle = knownBundle(
        { name: `group-${found[0]?.indicator.id.slice(-12)}`, classification, accounts, now, tlp: tlp as Tlp },
        found.flatMap(({ own }) => own),
      );
      writeFileSync(values.out ?? refuse(`--out is missing\n${HELP}`), `${JSON.stringify(bundle, null, 2)}\n`);
      if (values.sightings !== undefined)
        return post(collectionAt(values.sightings, 'sightings'), [
          identityOf(says()),
          ...found.map(({ indicator }) => sightingOf(indicator.id, 1, says())),
        ]);
      return;
    }
    case 'opine': {
      const opinion = z.enum(OPINIONS).safeParse(rest[0]).data ?? refuse(`an opinion is one of ${OPINIONS.join(', ')}`);
      const about = chosen().map(({ id }) => id);
      return post(collectionAt(values.to, 'to'), [identityOf(says()), opinionOf(about, opinion, says())]);
    }
    case 'revoke': {
      const objects = chosen().map((one) => revocationOf(one, now));
      const [unfit] = objects.flatMap((one) => {
        const read = sharedObject(one, now);
        return read.kind === 'refused' ? [read.because] : [];
      });
      return unfit === undefined ? post(collectionAt(values.to, 'to'), objects) : refuse(unfit);
    }
    default:
      return refuse(HELP);
  }
};

const OPTIONS = {
  file: { type: 'string' },
  campaign: { type: 'string' },
  to: { type: 'string' },
  from: { type: 'string' },
  since: { type: 'string' },
  out: { type: 'string' },
  pulled: { type: 'string' },
  ids: { type: 'string' },
  lab: { type: 'string' },
  sightings: { type: 'string' },
  accounts: { type: 'string' },
  classification: { type: 'string', default: 'distillation' },
  days: { type: 'string', default: '90' },
  tlp: { type: 'string', default: 'amber' },
} as const;

void main();
