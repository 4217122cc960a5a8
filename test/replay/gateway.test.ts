import { Gateway } from '../../local/provider/gateway';
import { accountKey, caseId, sealedId } from '../../shared/identity/ids';
import { MemoryTable } from '../../shared/memory/memory-table';
import { SimulatedClock } from '../../shared/memory/simulated-clock';
import type { ActionRequest } from '../../shared/ports';

test('what becomes of a request is told by its time, whenever it is asked about', async () => {
  const clock = new SimulatedClock(0);
  const gateway = new Gateway(clock, new MemoryTable(clock));
  const account = accountKey('A'.repeat(22));
  const ask = (kind: ActionRequest['kind'], sequence: number): Promise<unknown> =>
    gateway.request({
      id: `r-${sequence}`,
      kind,
      account,
      sealed: sealedId('s'),
      sequence,
      case: caseId('case-1'),
      classification: 'distillation',
      reasonCode: 'distillation',
      text: '',
      hints: [],
    });
  const steps = [
    ['limit', 10],
    ['suspend', 20],
    ['suspend', 25],
    ['restore', 30],
    ['challenge', 40],
  ] as const;
  for (const [place, [kind, at]] of steps.entries()) {
    clock.advanceTo(at);
    await ask(kind, place + 1);
  }
  expect([0, 9, 10, 19, 20, 29, 30, 39, 40, 99].map((at) => gateway.effect(account)?.(at))).toEqual([
    undefined,
    undefined,
    'limited',
    'limited',
    'blocked',
    'blocked',
    undefined,
    undefined,
    'limited',
    'limited',
  ]);
  expect(gateway.effect(accountKey('B'.repeat(22)))).toBeUndefined();
});
