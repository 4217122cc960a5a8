import { actingPorts } from '../../../shared/lambda/acting';
import { environment } from '../../../shared/lambda/environment';
import { logger } from '../../../shared/lambda/observe';
import { ActingEnv } from '../../../shared/wiring';
import { CaseStep, caseStep } from '../case/case-step';
import { openEnforcement } from '../enforcement';

const enforcement = openEnforcement(actingPorts(environment(ActingEnv)));

/** One state of the suspension machine (infra/machines/suspension-machine.ts). */
export const handler = async (asked: unknown) => {
  const { step, ...rest } = CaseStep.parse(asked);
  const now = await caseStep(CaseStep.parse(asked), enforcement);
  logger.info('case', { step, id: rest.case, now: now.kind, because: now.because });
  return now;
};
