import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { LABELS } from '../../../simulator/actor';
import { Report } from '../report';

/** A line a world: what its accounts were, and what the pipeline's report said. */
const World = z.object({
  world: z.string(),
  truths: z
    .array(
      z.object({
        id: z.string(),
        kind: z.string(),
        group: z.string().optional(),
        label: z.enum(LABELS),
        total: z.number(),
        first: z.number().optional(),
      }),
    )
    .readonly(),
  report: Report,
  campaigns: z.array(
    z.object({ name: z.string(), members: z.number(), leaked: z.number(), contained: z.number(), hoursToDetection: z.number().optional() }),
  ),
});
export type World = z.infer<typeof World>;

/** Hours are left out: only whether and when an account began matters here. */
export const worldLine = (world: World): string => `${JSON.stringify(World.parse(world))}\n`;

export async function readWorlds(file: string): Promise<World[]> {
  const worlds: World[] = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity }))
    if (line) worlds.push(World.parse(JSON.parse(line)));
  return worlds;
}
