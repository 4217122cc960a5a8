import { resolve } from 'node:path';

/** A path as its giver meant it: `npm run` changes to the project's folder and says in INIT_CWD where it was called. */
export const givenPath = (path: string): string => resolve(process.env.INIT_CWD ?? '.', path);
