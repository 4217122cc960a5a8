import { z } from 'zod';

const ObjectCreated = z.object({ detail: z.object({ object: z.object({ key: z.string() }) }) });

/** The key in S3's "Object Created" event, as EventBridge put it on a queue. */
export const objectCreated = (body: string): string => ObjectCreated.parse(JSON.parse(body)).detail.object.key;
