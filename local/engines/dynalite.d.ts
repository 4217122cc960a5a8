declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An HTTP server that speaks DynamoDB; `path`: a LevelDB folder, in memory without one. */
  function dynalite(options?: { createTableMs?: number; deleteTableMs?: number; path?: string }): Server;
  export = dynalite;
}
