import type { System } from './evaluate';
export const replaySystem =
  (_options: { detectEveryHours?: number; policy?: string }): System =>
  async () => {
    throw new Error('local/replay is not merged yet');
  };
