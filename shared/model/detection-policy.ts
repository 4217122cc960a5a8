import { z } from 'zod';

/** A number that judges people, with the reason it has this value. */
export const Reasoned = <T extends z.ZodType>(value: T) => z.object({ value, reason: z.string().min(10) });
export type Reasoned<T> = { value: T; reason: string };

const positive = z.number().positive();
const share = z.number().min(0).max(1);

/** What detection is tuned by. Owned by functions/detection; replayed on the past before it goes live. */
export const DetectionPolicy = z.object({
  windowDays: Reasoned(z.int().min(1).max(60)),
  minimumNetwork: Reasoned(z.int().min(3)),
  linkThreshold: Reasoned(positive),
  memberThreshold: Reasoned(positive),
  falseDiscoveryRate: Reasoned(share),
});
export type DetectionPolicy = z.infer<typeof DetectionPolicy>;
