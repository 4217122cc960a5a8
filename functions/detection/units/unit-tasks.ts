import { z } from 'zod';
import type { Profile } from '../profiles/profile';
import type { Board } from '../screen/tasks/board';
import { TraitIds } from '../traits/trait-ids';
import { settled } from './settled';
import { type JudgedUnit, type Part, type Settling, UnitJudge } from './unit-judge';
import { BATCH, type MADE, PACKED, profileAt, RulesObject, readBatch, releasesOf, SettlingObject } from './unit-objects';

/**
 * ask: who of the sample asks unusually; look: parts for the first time; content: whether only content holds anybody together; test: parts that
 * are made of several, for their tests; settle: parts that waited for others.
 */
export const UNIT_STEPS = ['ask', 'look', 'content', 'test', 'settle'] as const;
/** A batch of parts. */
export const UnitTask = z.object({ step: z.enum(UNIT_STEPS), at: z.int().min(0) });
export type UnitTask = z.infer<typeof UnitTask>;
export type UnitStep = UnitTask['step'];

/**
 * The tasks by which units are judged. Each reads its batch and what all share, and writes what it made, the same bytes whenever it is done
 * again, and removes nothing: so it may run anywhere, twice, or again after it failed.
 */
export class UnitTasks {
  constructor(private readonly board: Board) {}

  async do({ step, at }: UnitTask): Promise<void> {
    await this.board.putJson(`units/${step}/made/${at}`, await this.made(step, at));
  }

  private async made(step: UnitStep, at: number): Promise<z.infer<(typeof MADE)[UnitStep]>> {
    const rules = RulesObject.parse(await this.board.getJson('units/rules'));
    const judge = new UnitJudge({ ...rules, releases: releasesOf(rules) }, await this.sample());
    const { parts, among } = readBatch(await this.board.get(`units/${step}/${at}`, BATCH), rules);
    const { start, provenance, names } = rules.tracking;
    const tracking = { start, provenance, names: new Set(names) };
    const make = (unit: JudgedUnit) => settled(unit, rules.policy, tracking);
    switch (step) {
      case 'ask':
        return judge.askers(accountsIn(parts), among);
      case 'look':
        return parts.map((part) => judge.look(part, among, make));
      case 'content':
        return judge.isAnyByContent(accountsIn(parts), among);
      case 'test': {
        const settling = await this.settling(step);
        return parts.map((part) => judge.tests(part, among, settling));
      }
      case 'settle': {
        const settling = await this.settling(step);
        return parts.map((part) => judge.settle(part, among, settling, make));
      }
      default:
        throw new Error(`no step is called ${step satisfies never}`);
    }
  }

  private async sample(): Promise<Profile[]> {
    const packed = await this.board.get('units/sample', PACKED);
    return Array.from(packed.ends, (_, at) => profileAt(packed, at)).filter((profile) => profile !== undefined);
  }

  private async settling(step: UnitStep): Promise<Settling> {
    const { upTo, popular } = SettlingObject.parse(await this.board.getJson(`units/${step}/settling`));
    const ids = new TraitIds();
    for (const [type, hash] of popular) ids.of(type, hash);
    return { upTo, popular: ids };
  }
}

const accountsIn = (parts: readonly Part[]): Part['accounts'] => parts.flatMap(({ accounts }) => accounts);
