import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { dropHistory, foundCampaign } from './campaign';
import { folded, leftovers, poison, sendEvents, signedIn } from './checks';
import { bootstrap, DEVIATIONS, deploy, destroy, synthesize } from './deployment';
import { history } from './history';
import { startMiniStack } from './ministack';
import { bePatient, Outside } from './outside';
import { screenedByFunctions } from './screened';
import { ProviderSide, putPolicyLive, suspendedAndUndone } from './suspension';

/** What synthesizing and bundling takes on two idle cores. */
const BUNDLING_MS = 30_000;
const log = join(__dirname, '..', '..', '.lockstep', 'ministack.log');

/** `npm run test:deploy`: bootstrap, deploy, use from outside, destroy, on an emulator that executes the functions. */
async function main(): Promise<void> {
  mkdirSync(join(log, '..'), { recursive: true });
  for (const deviation of DEVIATIONS) console.log(`not as on AWS: ${deviation}`);
  const emulator = await startMiniStack(log);
  const provider = new ProviderSide();
  const traffic = history();
  try {
    const webhook = await provider.receiver.listen();
    const began = Date.now();
    await step('synthesize and bundle dev', async () => synthesize(emulator, webhook));
    bePatient(Date.now() - began, BUNDLING_MS);
    await step('cdk bootstrap', () => bootstrap(emulator));
    const outside = new Outside(emulator.endpoint, await step('cdk deploy --all', () => deploy(emulator)));
    await provider.join(outside);
    await step('usage events go in by queue and by file', () => sendEvents(outside));
    await step('a message that is none is kept with the refused, with its reason', () => poison(outside));
    await step('the schedule fires, hours are folded, every event counts once', () => folded(outside));
    await step('the API asks for a token of the user pool', () => signedIn(outside));
    const [admin, reviewer] = [await outside.token('ann', 'admin'), await outside.token('ben', 'reviewer')];
    await step('three days of history go in as a file', () => dropHistory(outside, traffic));
    const campaign = await step('detection fires, the API shows the campaign and its accounts', () => foundCampaign(outside, admin));
    await step('a screen is carried out by a Distributed Map', () => screenedByFunctions(outside));
    await step('a policy is drafted, reviewed, measured on a replay, and live', () => putPolicyLive(outside, traffic, admin, reviewer));
    await step('the campaign is suspended to the end, then undone', () => suspendedAndUndone(outside, provider, campaign, reviewer));
    await step('cdk destroy --all', () => destroy(emulator));
    await step('what is left is what must be kept', () => leftovers(outside));
  } finally {
    provider.receiver.close();
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
