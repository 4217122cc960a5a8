import { openAppeal } from '../../functions/appeals/appeal';
import { type Appeals, openAppeals } from '../../functions/appeals/appeals';
import { reviewAppeal } from '../../functions/appeals/review';
import { advance } from '../../functions/enforcement/case/advance';
import { type Enforcement, openEnforcement } from '../../functions/enforcement/enforcement';
import { ACCOUNT_CHAIN } from '../../shared/domain/cases/action';
import { appealId } from '../../shared/domain/cases/appeal';
import { HOUR } from '../../shared/domain/time';
import { Crash, MortalProcess } from '../support/mortal';
import { MEMORY } from '../support/sides';
import { account, buildCampaign } from '../support/worlds/build-campaign';
import { APPEAL_KEYS, BEN, CLEO, enforcementWorld, says } from '../support/worlds/enforcement-world';

/** Dies at exactly its nth look at the dice, whatever it is about to do then. */
const diesAt = (n: number) => {
  let looks = 0;
  return { next: () => (++looks === n ? 0 : 0.99), looks: () => looks };
};

/** Opens, reviews twice and carries out one appeal; the process dies at the nth look and each deed is then done again by another. */
async function story(n: number): Promise<{ died: boolean; wrong: string[] }> {
  const world = await enforcementWorld(MEMORY);
  await world.detect(buildCampaign({ size: 10 }));
  await world.pass(2 * HOUR);
  const token = world.provider.received.find((request) => request.account === account(3))?.appealUrl?.split('#')[1] ?? '';
  const dice = diesAt(n);
  const process = new MortalProcess(dice, 0.5);
  const { clock, stores, enforcement, provider } = world;
  const table = process.table(stores.enforcement);
  const { policy } = enforcement;
  const doomedAppeals = openAppeals({ table, clock, keys: async () => APPEAL_KEYS, policy });
  const doomed = openEnforcement({
    ...enforcement,
    stores: { enforcement: table, graph: process.table(stores.graph), archive: process.objects(stores.archive) },
    provider: process.provider(provider),
  });
  const id = appealId(`C-hydra.0001.${account(3)}.1`);
  const deeds: ((on: { appeals: Appeals; enforcement: Enforcement }) => Promise<unknown>)[] = [
    (on) => openAppeal(token, 'I am a person', on.appeals),
    (on) => reviewAppeal({ ...says(BEN), appeal: id, verdict: 'grant' }, on.appeals),
    (on) => reviewAppeal({ ...says(CLEO), appeal: id, verdict: 'grant' }, on.appeals),
    (on) => advance(on.enforcement),
  ];
  let died = false;
  for (const deed of deeds) {
    try {
      if (!died) await deed({ appeals: doomedAppeals, enforcement: doomed });
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      died = true;
    }
    if (died) await deed({ appeals: world.appeals, enforcement });
  }
  await advance(enforcement);
  const wrong: string[] = [];
  const chain = await enforcement.ledger.history(ACCOUNT_CHAIN, account(3));
  if (provider.suspended().includes(account(3))) wrong.push('still suspended');
  if (chain.filter((entry) => entry.what === 'appeal-granted').length !== 1) wrong.push(chain.map((entry) => entry.what).join());
  const { appealed, granted } = await enforcement.rules.rates('distillation-suspend', 0);
  if (appealed !== 1 || granted !== 1) wrong.push(`counted ${appealed} appeals, ${granted} granted`);
  if ((await enforcement.cases.appeals((await enforcement.cases.openCases())[0]!.id)).length !== 1)
    wrong.push('the case does not know its appeal');
  return { died, wrong };
}

test('an appeal is opened once, granted once, restored and counted once, wherever the process dies', async () => {
  let deaths = 0;
  for (let n = 1; ; n++) {
    const { died, wrong } = await story(n);
    if (wrong.length > 0) throw new Error(`died at look ${n}: ${wrong.join('; ')}`);
    if (died) deaths++;
    // Looks that only decide how long others may run kill nobody; the end is when a whole stretch of them came by.
    if (!died && n > 4 * 40 && n > deaths * 4 + 40) break;
  }
  expect(deaths).toBeGreaterThan(60);
});
