import type { Cursors } from '../../shared/http/cursor';
import type { Clock, Stores } from '../../shared/ports';

/** What the read side needs. It holds no permission to write any of it. */
export type QueryPorts = { stores: Stores; clock: Clock; cursors: Cursors };
