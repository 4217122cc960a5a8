import type { Secrets } from '../ports';

/** The Secrets port on a record, for replay, demo and tests. */
export class MemorySecrets implements Secrets {
  constructor(private readonly values: Readonly<Record<string, string>>) {}

  async get(name: string): Promise<string> {
    const value = this.values[name];
    if (value === undefined || value === '')
      throw new Error(`secret ${name} holds no text: give it to the process that starts the pipeline`);
    return value;
  }
}
