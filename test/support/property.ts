import fc from 'fast-check';

/**
 * Properties of `npm test` draw the same inputs in every run, so that a change is judged by itself and what fails fails again. The nightly
 * run draws others each time (`npm run test:properties`), and prints the seed of what it found: LOCKSTEP_SEED=… draws that again.
 */
const SEED = 20_260_601;

const given = process.env.LOCKSTEP_SEED;
if (given !== 'new') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: given === undefined ? SEED : Number(given) });

export { fc };
