import { z } from 'zod';
import { fingerprintPrompt, fingerprintText } from '../../shared/contract/prompt-fingerprint';

const Line = z.looseObject({ data: z.looseObject({ prompt: z.object({ system: z.string().optional(), text: z.string() }).optional() }) });

/** The line as a gateway sends it that never sends text. */
export function fingerprinted(line: string): string {
  const event = Line.parse(JSON.parse(line));
  const { prompt } = event.data;
  if (!prompt) return line;
  return JSON.stringify({ ...event, data: { ...event.data, prompt: { fingerprint: fingerprintText(fingerprintPrompt(prompt)) } } });
}
