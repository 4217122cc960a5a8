import type { ObjectStore } from '../../../../shared/ports';

/** What tasks of one run hand to one another, in memory. */
export class Spill implements Pick<ObjectStore, 'put' | 'get' | 'delete'> {
  private readonly objects = new Map<string, Uint8Array>();

  async put(key: string, bytes: Uint8Array): Promise<{ kind: 'written' }> {
    this.objects.set(key, bytes);
    return { kind: 'written' };
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.objects.get(key);
  }

  keys(): Iterable<string> {
    return this.objects.keys();
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }
}
