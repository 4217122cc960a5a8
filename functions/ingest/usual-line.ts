import { STATUSES } from '../../shared/contract/event';
import { instantIn, LONGEST, SHORTEST } from '../../shared/contract/instant';
import { fingerprintIn, NO_TEXT, type PromptFingerprint, templateOf, textFingerprint } from '../../shared/contract/prompt-fingerprint';
import { ABSENT, unitByte } from '../../shared/formats/segment';
import type { AccountHash, AddressHash, KeyedHasher } from '../../shared/identity/keyed-hash';
import { ByteMemo } from './byte-memo';
import { type Fields, fieldsOf, JsonBytes } from './json-bytes';
import { clientOf, emptyRow, type UsageRow } from './usage-row';

const VERSION = Buffer.from('"1.0"');
const TYPE = Buffer.from('"lockstep.usage.v1"');
const MOST_TEXT = 1_048_576;
/** A client print, and the clients that were met with it by what they call themselves. */
type Print = { text: string; clients: Map<string, number> };
const MOST_CLIENTS = 1_000;
const NOTHING_ASKED = textFingerprint(new Uint16Array(0), 0);
/** The first bit of each object's fields: all their names have 32. */
const BITS = { event: 0, data: 7, network: 19, client: 22, prompt: 24, labels: 27 } as const;
/** All seven of the event, and the first three of its data. */
const REQUIRED = 0b11_1111_1111;

/**
 * Reads a usage event out of the bytes of its line. What repeats (identifiers, words, system prompts) is known by its bytes, a
 * prompt is decoded and fingerprinted: no object and no string is made of an event.
 *
 * The schema (shared/contract/event.ts) is the definition: what is taken here gives the row that the schema and `rowOf` give, and a
 * property test says so. `undefined` says nothing. An event of another type, with an escape in an identifier or with a
 * mistake in it is unusual, and JSON.parse and the schema are asked.
 */
export class UsualLines {
  private readonly json = new JsonBytes();
  private readonly row: UsageRow;
  /** Places of the source and of the id. */
  private readonly source = { from: 0, to: 0 };
  private readonly id = { from: 0, to: 0 };
  /** Code units of both. */
  private readonly units = new Uint16Array(1024);
  private agent = '';
  private print: Print;
  private prompt: PromptFingerprint | undefined;
  private system: readonly [number, number] = NO_TEXT;
  private text = NOTHING_ASKED;

  private readonly words = new ByteMemo((text) => text);
  private readonly statuses = new ByteMemo((text) => (STATUSES as readonly string[]).indexOf(text));
  private readonly accounts: ByteMemo<AccountHash>;
  private readonly addresses: ByteMemo<AddressHash>;
  private readonly keys: ByteMemo<number>;
  private readonly prints = new ByteMemo((text): Print => ({ text, clients: new Map() }));
  private readonly noPrint: Print = { text: '', clients: new Map() };
  /** By what is written, escapes and all. */
  private readonly systems = new ByteMemo<readonly [number, number]>(() => NO_TEXT);
  private readonly event: Fields;

  constructor(private readonly hasher: KeyedHasher) {
    this.row = emptyRow(hasher.account(''));
    this.print = this.noPrint;
    this.accounts = new ByteMemo((id) => hasher.account(id));
    this.addresses = new ByteMemo((ip) => hasher.address(ip));
    this.keys = new ByteMemo((key) => hasher.fresh('api-key', key));
    this.event = this.fieldsOfEvent();
  }

  /** The row of the event that the bytes `from` to `to` (not with it) are, good until the next one is read; `undefined` for anything unusual. */
  read(bytes: Buffer, from: number, to: number): UsageRow | undefined {
    const { json, row } = this;
    json.begin(bytes, from, to);
    row.duration = row.tools = row.asn = row.status = 0;
    row.key = row.ip = row.prefix = row.client = 0;
    row.channel = row.country = row.task = row.language = '';
    row.elicits = row.grading = ABSENT;
    row.print = undefined;
    row.scores = undefined;
    if (!json.object(this.event) || (json.seen & REQUIRED) !== REQUIRED || !json.isAtEnd(to)) return undefined;
    this.identify();
    return row;
  }

  private fieldsOfEvent(): Fields {
    const { json, row } = this;
    const data = this.fieldsOfData();
    return fieldsOf(
      {
        specversion: () => json.is(VERSION),
        type: () => json.is(TYPE),
        source: this.plain(1, 512, () => this.note(this.source)),
        id: this.plain(1, 512, () => this.note(this.id)),
        time: () => json.plain(SHORTEST, LONGEST) && this.instant(),
        subject: this.plain(1, 512, () => {
          row.account = this.known(this.accounts);
        }),
        data: () => json.object(data),
      },
      BITS.event,
      json.ignored,
    );
  }

  private fieldsOfData(): Fields {
    const { json, row } = this;
    const network = this.fieldsOfNetwork();
    const client = this.fieldsOfClient();
    const prompt = this.fieldsOfPrompt();
    const labels = this.fieldsOfLabels();
    return fieldsOf(
      {
        model: this.plain(1, 128, () => {
          row.model = this.known(this.words);
        }),
        inputTokens: this.count((number) => {
          row.input = number;
        }),
        outputTokens: this.count((number) => {
          row.output = number;
        }),
        status: () => {
          if (!json.plain(0, 16)) return false;
          row.status = this.known(this.statuses);
          return row.status >= 0;
        },
        durationMs: this.count((number) => {
          row.duration = number;
        }),
        apiKey: this.plain(0, 512, () => {
          row.key = this.known(this.keys);
        }),
        channel: this.plain(1, 128, () => {
          row.channel = this.known(this.words);
        }),
        tools: this.count((number) => {
          row.tools = number;
        }),
        network: () => json.object(network),
        client: () => {
          this.agent = '';
          this.print = this.noPrint;
          const before = json.seen;
          if (!json.object(client)) return false;
          // An object without either says no more than none.
          if (json.seen !== before) row.client = this.client();
          return true;
        },
        prompt: () => {
          this.prompt = undefined;
          this.system = NO_TEXT;
          this.text = NOTHING_ASKED;
          if (!json.object(prompt)) return false;
          const { template, sketch, length, traits } = this.text;
          row.print = this.prompt ?? { system: this.system, template, sketch, length, traits };
          return true;
        },
        labels: () => json.object(labels),
      },
      BITS.data,
      json.ignored,
    );
  }

  private fieldsOfNetwork(): Fields {
    const { json, row } = this;
    return fieldsOf(
      {
        ip: this.plain(0, 64, () => {
          const { ip, prefix } = this.known(this.addresses);
          row.ip = ip;
          row.prefix = prefix;
        }),
        asn: this.count((number) => {
          row.asn = number;
        }),
        country: this.plain(0, 2, () => {
          row.country = this.known(this.words);
        }),
      },
      BITS.network,
      json.ignored,
    );
  }

  private fieldsOfClient(): Fields {
    return fieldsOf(
      {
        userAgent: this.plain(0, 1024, () => {
          this.agent = this.known(this.words);
        }),
        fingerprint: this.plain(0, 512, () => {
          this.print = this.known(this.prints);
        }),
      },
      BITS.client,
      this.json.ignored,
    );
  }

  private fieldsOfPrompt(): Fields {
    const { json } = this;
    return fieldsOf(
      {
        system: () => {
          const { bytes, at } = json;
          if (!json.written()) return false;
          const { from, to, hash, at: end } = json;
          const known = this.systems.find(bytes, from, to, hash);
          if (known >= 0) this.system = this.systems.valueOf(known);
          else {
            json.at = at;
            const length = json.decoded();
            if (length < 0 || length > MOST_TEXT || json.at !== end) return false;
            this.system = this.systems.keep(bytes, from, to, hash, length === 0 ? NO_TEXT : templateOf(json.units, length));
          }
          return true;
        },
        text: () => {
          const length = json.decoded();
          if (length < 0 || length > MOST_TEXT) return false;
          this.text = textFingerprint(json.units, length);
          return true;
        },
        fingerprint: () => {
          if (!json.plain(0, 128)) return false;
          this.prompt = fingerprintIn(json.bytes, json.from, json.to);
          return this.prompt !== undefined;
        },
      },
      BITS.prompt,
      json.ignored,
    );
  }

  private fieldsOfLabels(): Fields {
    const { json, row } = this;
    return fieldsOf(
      {
        task: this.plain(1, 128, () => {
          row.task = this.known(this.words);
        }),
        language: this.plain(1, 128, () => {
          row.language = this.known(this.words);
        }),
        elicitsReasoning: this.share((share) => {
          row.elicits = unitByte(share);
        }),
        grading: this.share((share) => {
          row.grading = unitByte(share);
        }),
        scores: () => {
          const scores: Record<string, number> = {};
          row.scores = scores;
          return json.named(1, 128, (name) => {
            if (name in scores || !json.share()) return false;
            scores[name] = json.number;
            return true;
          });
        },
      },
      BITS.labels,
      json.ignored,
    );
  }

  private plain(least: number, most: number, take: () => void): () => boolean {
    return () => {
      if (!this.json.plain(least, most)) return false;
      take();
      return true;
    };
  }

  private count(take: (number: number) => void): () => boolean {
    return () => {
      if (!this.json.count()) return false;
      take(this.json.number);
      return true;
    };
  }

  private share(take: (share: number) => void): () => boolean {
    return () => {
      if (!this.json.share()) return false;
      take(this.json.number);
      return true;
    };
  }

  /** What is known of the text that was read last. */
  private known<T>(memo: ByteMemo<T>): T {
    const { bytes, from, to, hash } = this.json;
    return memo.of(bytes, from, to, hash);
  }

  private note(place: { from: number; to: number }): void {
    place.from = this.json.from;
    place.to = this.json.to;
  }

  private instant(): boolean {
    const at = instantIn(this.json.bytes, this.json.from, this.json.to);
    if (at === undefined) return false;
    this.row.at = at;
    return true;
  }

  private client(): number {
    const { text, clients } = this.print;
    let client = clients.get(this.agent);
    if (client === undefined) {
      client = clientOf(this.hasher, text, this.agent);
      if (clients.size >= MOST_CLIENTS) clients.clear();
      clients.set(this.agent, client);
    }
    return client;
  }

  private identify(): void {
    const { source, id, units } = this;
    const { bytes } = this.json;
    let length = 0;
    for (let at = source.from; at < source.to; at++) units[length++] = bytes[at]!;
    const middle = length;
    for (let at = id.from; at < id.to; at++) units[length++] = bytes[at]!;
    this.hasher.identify(units, middle, length, this.row);
  }
}
