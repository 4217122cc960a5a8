import { addressComponents } from './address-components';
import type { Baseline } from './baseline';
import { fraudar } from './fraudar';
import { isolationForest } from './isolation-forest';
import { synchrotrap } from './synchrotrap';
import { volume } from './volume';

/** The list: everything that runs baselines runs these. */
export const BASELINES: readonly Baseline[] = [volume, isolationForest, addressComponents, fraudar, synchrotrap];
