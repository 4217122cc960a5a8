import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startMiniStack } from './engines/ministack';
import { folded, poison, sendEvents, signedIn } from './proof/checks';
import { bootstrap, DEVIATIONS, deploy, destroy, synthesize } from './proof/deployment';
import { Outside } from './proof/outside';

const log = join(__dirname, '..', '.lockstep', 'ministack.log');

/** `npm run test:deploy`: bootstrap, deploy, use from outside, destroy, on an emulator that executes the functions. */
async function main(): Promise<void> {
  mkdirSync(join(log, '..'), { recursive: true });
  const emulator = await startMiniStack(log);
  try {
    for (const deviation of DEVIATIONS) console.log(`not as on AWS: ${deviation}`);
    await step('synthesize and bundle dev', async () => synthesize(emulator));
    await step('cdk bootstrap', async () => bootstrap(emulator));
    const outputs = await step('cdk deploy --all', async () => deploy(emulator));
    const outside = new Outside(emulator.endpoint, outputs);
    await step('usage events go in by queue and by file', () => sendEvents(outside));
    await step('a poison message ends in the dead letters, with its reason', () => poison(outside));
    await step('the schedule fires, hours are folded, every event counts once', () => folded(outside));
    await step('the API asks for a token of the user pool', () => signedIn(outside));
    await step('cdk destroy --all', async () => destroy(emulator));
  } catch (error) {
    console.error(error);
    if (process.env.LOCKSTEP_KEEP) await new Promise((r) => setTimeout(r, 3600_000));
    throw error;
  } finally {
    await emulator.stop();
  }
}

async function step<T>(what: string, does: () => Promise<T>): Promise<T> {
  const began = Date.now();
  const result = await does();
  console.log(`ok  ${what} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  return result;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
