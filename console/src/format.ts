/** How numbers and times read, everywhere the same. Times are UTC: an incident has one clock. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const time = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });

export const count = (value: number): string => whole.format(value);
export const compact = (value: number): string => (value < 10_000 ? whole.format(value) : short.format(value));
export const percent = (share: number, digits = share > 0 && share < 0.1 ? 1 : 0): string => `${(share * 100).toFixed(digits)} %`;
const dateShort = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
export const shortDay = (iso: string): string => dateShort.format(new Date(iso));
export const day = (iso: string): string => date.format(new Date(iso));
export const moment = (iso: string): string => `${time.format(new Date(iso))} UTC`;
/** `1 account`, `240 accounts`. */
export const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;
/** What an action does to so many accounts, as a person would say it. `keys`: how many API keys of the one account it is about, where these are named. */
export function doing(action: string, accounts: number, keys = 0): string {
  const of = plural(accounts, 'account');
  switch (action) {
    case 'disable-key':
      return keys > 0 ? `Disable ${plural(keys, 'key')} of ${of}` : `Disable the keys of ${of}`;
    case 'challenge':
      return `Ask ${of} to verify`;
    case 'limit':
    case 'warn':
    case 'suspend':
    case 'watch':
      return `${action.charAt(0).toUpperCase()}${action.slice(1)} ${of}`;
    default:
      return `${words(action)} ${of}`;
  }
}
/** `coding, 61 %` to `a, b and c`. */
export const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
/** `in 3 h`, `2 days ago`, by the clock of the API (a demo's clock is simulated). */
export function relative(iso: string, now: string): string {
  const seconds = (Date.parse(iso) - Date.parse(now)) / 1000;
  const size = Math.abs(seconds);
  const [value, unit] =
    size < 5400 ? [Math.round(size / 60), 'min'] : size < 172_800 ? [Math.round(size / 3600), 'h'] : [Math.round(size / 86_400), 'days'];
  if (value === 0) return 'now';
  return seconds < 0 ? `${value} ${unit} ago` : `in ${value} ${unit}`;
}
/** The first characters of a key are enough to tell accounts apart on a page; the whole key is in the title. */
export const brief = (key: string): string => key.slice(0, 8);

/** Clouds by the names people know; any other is called what the events call it. */
export const CLOUD_NAMES: Readonly<Record<string, string>> = {
  bedrock: 'Amazon Bedrock',
  vertex: 'Google Vertex AI',
  foundry: 'Microsoft Foundry',
};

export const CLASSIFICATION_NAMES = {
  distillation: 'Distillation',
  reselling: 'Reselling',
  'hijacked-keys': 'Hijacked keys',
  'shared-origin': 'Shared origin',
  unclear: 'Unclear',
} as const;
export const ROLE_NAMES = {
  core: 'Core',
  peripheral: 'Peripheral',
  'suspected-victim': 'Suspected victim',
  bystander: 'Bystander',
} as const;
/** How probable a classification is, in words; of an unclear group the figure is that of the likeliest class. */
export const probable = (classification: keyof typeof CLASSIFICATION_NAMES, probability: number): string =>
  classification === 'unclear' ? `no class above ${percent(probability)}` : percent(probability, 1);
/** The likeliest of the classes that a group could be of: what an unclear one might be after all. */
export function bestGuess(probabilities: Record<string, number>): string {
  const [name, share] = Object.entries(probabilities)
    .filter(([name]) => name !== 'unclear')
    .sort(([, one], [, other]) => other - one)[0] ?? ['nothing', 0];
  return `Best guess: ${words(name)}, ${percent(share)}`;
}
/** Sentences as one text: those that end in a stop follow one another, the others are parted by semicolons. */
export const sentences = (all: readonly string[]): string =>
  all.reduce((text, one) => (text === '' ? one : `${text}${/[.!?]$/.test(text) ? ' ' : '; '}${one}`), '');

export const words = (name: string): string => name.replace(/-/g, ' ');

/** A sentence of the server as a person writes it: its counts with separators (`1,140 accounts`), years and ids as they are. */
export const readable = (text: string): string =>
  text.replace(/\b(\d{4,9})(?= (?:of the )?(?:accounts?|members?|requests?|exchanges|prompts|people|others?|pairs|times)\b)/g, (digits) =>
    count(Number(digits)),
  );

/** Over the reasons about an account. What an action is in force on is not left alone, though the policy adds nothing to it. */
export const whyTitle = ({ inForce, left }: { inForce: boolean; left: boolean }): string =>
  left && !inForce ? 'Why it is left alone' : 'Why this account';
