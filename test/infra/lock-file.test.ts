import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      inBundle: z.boolean().optional(),
      optional: z.boolean().optional(),
      os: z.unknown().optional(),
      link: z.boolean().optional(),
    }),
  ),
});
const root = join(__dirname, '..', '..');
const { packages } = Lock.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
const installed = Object.entries(packages).filter(([path]) => path !== '');

/**
 * Binaries for other platforms than the one that the lock was last written on, whose registry did not know them. npm takes them from
 * whatever registry it asks there, unchecked: none may join them, and whoever writes the lock on such a platform makes this list shorter.
 */
const UNCHECKED_BINARIES = /^node_modules\/(@swc\/core|@unrs\/resolver-binding)-[a-z0-9-]+$/;
const MOST_UNCHECKED = 27;

test('every package is checked against the digest that the lock has of it', () => {
  expect(installed.length).toBeGreaterThan(500);
  // What a package brings in its own archive is checked with it.
  const unchecked = installed.filter(([, { integrity, inBundle }]) => integrity === undefined && !inBundle);
  const excused = unchecked.filter(([path, { optional, os }]) => optional === true && os !== undefined && UNCHECKED_BINARIES.test(path));
  expect(unchecked.map(([path]) => path).filter((path) => !excused.some(([known]) => known === path))).toEqual([]);
  expect(excused.length).toBeLessThanOrEqual(MOST_UNCHECKED);
});

test('a bundled package lies in one that is checked', () => {
  const bundled = installed.filter(([, { inBundle }]) => inBundle);
  expect(bundled.length).toBeGreaterThan(0);
  for (const [path] of bundled) {
    const owner = path.slice(0, path.lastIndexOf('/node_modules/'));
    expect([path, packages[owner]?.integrity]).toEqual([path, expect.stringMatching(/^sha512-/)]);
  }
});

test('digests are SHA-512, and nothing names a registry, a repository or a place on a disk', () => {
  for (const [path, { integrity, resolved, link }] of installed) {
    expect([path, integrity ?? 'sha512-']).toEqual([path, expect.stringMatching(/^sha512-/)]);
    expect([path, resolved, link]).toEqual([path, undefined, undefined]);
  }
});
