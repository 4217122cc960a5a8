import { numberOf, readOptions } from '../../cli/command-line';

const OPTIONS = { scale: { type: 'string', default: '1' }, quick: { type: 'boolean', default: false } } as const;

class Ended extends Error {}

/** What a command says, and the code it ends with. */
function saying(run: () => unknown): { code: number | undefined; said: string } {
  let code: number | undefined;
  const said: string[] = [];
  const note = (text: unknown) => void said.push(String(text));
  const spies = [
    jest.spyOn(console, 'error').mockImplementation(note),
    jest.spyOn(console, 'log').mockImplementation(note),
    jest.spyOn(process, 'exit').mockImplementation((given) => {
      code = Number(given);
      throw new Ended();
    }),
  ];
  try {
    run();
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { code, said: said.join('\n') };
}

describe('the options of a command', () => {
  test('are read, with their defaults', () => {
    expect(readOptions('usage: it', OPTIONS, ['--scale', '0.5'])).toMatchObject({ scale: '0.5', quick: false });
  });

  test.each([
    [['--fast'], "Unknown option '--fast'"],
    [['--scale'], "Option '--scale <value>' argument missing"],
    [['june'], "Unexpected argument 'june'"],
  ])('%j is refused with its name and the usage', (args, because) => {
    const { code, said } = saying(() => readOptions('usage: it', OPTIONS, args));
    expect({ code, first: said.split('\n')[0] }).toEqual({ code: 2, first: because });
    expect(said).toContain('usage: it');
  });

  test('--help prints the usage', () => {
    expect(saying(() => readOptions('usage: it', OPTIONS, ['--help', '--fast']))).toEqual({ code: 0, said: 'usage: it' });
  });

  test.each([
    ['', {}, 'give a number of 0 or more'],
    ['ten', {}, 'give a number of 0 or more'],
    ['-1', {}, 'give a number of 0 or more'],
    ['Infinity', {}, 'give a number of 0 or more'],
    ['0.5', { from: 1 }, 'give a number of 1 or more'],
    ['1.5', { whole: true }, 'give a whole number of 0 or more'],
  ])('a number cannot be %j', (text, range, because) => {
    expect(saying(() => numberOf('scale', text, range))).toEqual({ code: 2, said: `--scale ${text}: ${because}` });
  });

  test('a number may be written as 100e6', () => {
    expect(numberOf('events-per-day', '100e6', { whole: true })).toBe(100_000_000);
  });
});
