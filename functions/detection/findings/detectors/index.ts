import { elicitation, grading, sharedPrompts } from './content-detectors';
import { dealtLoad } from './dealt-load';
import type { Detector } from './detector';
import { knownOperator } from './known-operator';
import { addressPool, clientBuild, emailDomain, sharedPayment, signupOrigin, systemPrompt } from './sharing-detectors';
import { signupBurst } from './signup-burst';
import { coTimed, evenness, releasePivot, roundTheClock, takeOver } from './timing-detectors';
import { contentTest } from './two-sample';

/** Every question there is. Everything else lists detectors and names none. */
export const DETECTORS: readonly Detector[] = [
  sharedPayment,
  clientBuild,
  addressPool,
  signupOrigin,
  emailDomain,
  signupBurst,
  systemPrompt,
  sharedPrompts,
  contentTest,
  elicitation,
  grading,
  coTimed,
  evenness,
  dealtLoad,
  roundTheClock,
  releasePivot,
  takeOver,
  knownOperator,
];
