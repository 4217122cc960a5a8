import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { CommandAnswer } from '../domain/person';
import { REASON } from '../domain/plain-text';
import { problem } from './problem';

/** How commands answer over HTTP, the same for every one. */
export const CommandView = z
  .object({
    kind: z.enum(['done', 'already']).openapi({ description: '`already`: somebody did it before; nothing changed now.' }),
    because: z.string(),
  })
  .openapi('CommandAnswer');

export const Because = z
  .string()
  .min(3, 'Say why, in at least three characters: it is kept in the ledger.')
  .max(500, 'Say why in at most 500 characters.')
  .regex(REASON, 'Say why in one line, in at least three characters that one can see: it is kept in the ledger.')
  .transform((text) => text.trim())
  .openapi({
    type: 'string',
    minLength: 3,
    maxLength: 500,
    pattern: REASON.source,
    description: 'Why: one line, kept in the ledger beside the change.',
  });

export const BecauseBody = z.strictObject({ because: Because }).openapi('Reason');

export function answerCommand(c: Context, answer: CommandAnswer<object>) {
  switch (answer.kind) {
    case 'done':
    case 'already':
      return c.json({ kind: answer.kind, because: answer.because }, 200);
    case 'refused':
      return problem(c, 'refused', sentence(answer.because));
    case 'unknown':
      return problem(c, 'not-found', sentence(answer.because));
    default:
      return answer satisfies never;
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
