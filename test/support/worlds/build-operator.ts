import type { KnownOperator } from '../../../shared/domain/campaigns/known-operator';
import { DAY } from '../../../shared/domain/time';
import { hash64, operatorId } from '../../../shared/identity/ids';
import { T0 } from './build-campaign';

/** An import of one card that forty of fifty accounts paid with, looked for from T0 on. */
export const buildOperator = (over: Partial<KnownOperator> = {}): KnownOperator => ({
  id: operatorId('o-3f2a1b2c9d0e'),
  name: 'june',
  source: 'Lockstep',
  classification: 'distillation',
  accounts: 50,
  indicators: [{ type: 'payment-instrument', family: 'payment', hash: hash64('00000000000a1'), members: 40 }],
  importedAt: T0,
  until: T0 + 180 * DAY,
  because: 'the other region sent it',
  by: 'ben',
  revoked: false,
  ...over,
});
