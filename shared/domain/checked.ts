import type { z } from 'zod';

/** What was about to be written and its reader would refuse: a defect of the writer. Nothing was written. */
export class NotReadable extends Error {}

/** The value, as its reader will take it. Throws NotReadable, which names the record and the field, and no value. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, record: string): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new NotReadable(`${record} is not written: its reader would refuse ${issue?.path.join('.') || 'it'} (${issue?.code})`);
}

/** The value as JSON, checked as it will be read: JSON turns what is no number into null. */
export function checkedJson(schema: z.ZodType, value: unknown, record: string): string {
  const text = JSON.stringify(value);
  checked(schema, JSON.parse(text), record);
  return text;
}
