import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T; args: string[] }>>['values'];

/** Says what is wrong with a command's arguments or input, and ends it with exit code 2. */
export function refuse(because: string): never {
  console.error(because);
  process.exit(2);
}

/** A command's options. `--help` prints the usage and ends it; an option that it does not have, or a missing value, is refused. */
export function readOptions<const T extends Options>(usage: string, options: T, args = process.argv.slice(2)): Values<T> {
  if (args.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs({ options, args }).values as Values<T>;
  } catch (error) {
    return refuse(`${(error as Error).message.split('. ')[0]}\n\n${usage}`);
  }
}

type Range = { from?: number; whole?: boolean };

/** The number an option was given; `from`: the least it may be (0). Refused with the option's name when it is none. */
export function numberOf(option: string, text: string, { from = 0, whole = false }: Range = {}): number {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (number >= from && Number.isFinite(number) && (!whole || Number.isInteger(number))) return number;
  return refuse(`--${option} ${text}: give a ${whole ? 'whole ' : ''}number of ${from} or more`);
}

/** One line that is written over on a terminal; a plain line every ten seconds elsewhere. */
export function progressLine(stream: NodeJS.WriteStream): { show(text: string): void; end(): void } {
  const every = stream.isTTY ? 200 : 10_000;
  let last = performance.now() - (stream.isTTY ? every : 0);
  let shown = false;
  return {
    show(text) {
      if (performance.now() - last < every) return;
      last = performance.now();
      stream.write(stream.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
      shown = true;
    },
    end() {
      if (shown && stream.isTTY) stream.write('\n');
    },
  };
}
