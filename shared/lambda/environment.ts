import type { z } from 'zod';
import type { EnvironmentSchema } from '../wiring';

/** The function's environment by its schema in shared/wiring.ts. The error names what is missing or unfit, and prints nothing that is set. */
export function environment<Schema extends EnvironmentSchema>(schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(process.env);
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))];
  throw new Error(`environment: ${names.join(', ')} missing or unfit (shared/wiring.ts says what each must be)`);
}
