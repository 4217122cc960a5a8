import { recognised } from '../../campaigns/known-operators';
import { abstains, type Detector } from './detector';

/**
 * Each member that counts here reaches the member's bar of ten nats and more. Yet the list came from elsewhere and nobody here can
 * check it: below ten times, the finding never makes its family count towards an action, however well it fits.
 */
const RATIO = 9;

export const knownOperator: Detector = {
  name: 'known-operator',
  family: 'infrastructure',
  question: 'Do members carry the indicators of an operator known from elsewhere?',
  ask({ members, operators }) {
    if (operators.length === 0) return abstains('no operator is known from elsewhere');
    const [found] = recognised(members, operators);
    if (!found) return abstains(`of ${operators.length} operators known from elsewhere, most members carry the indicators of none`);
    const { operator, carrying, matched, family, because } = found;
    const numbers = { members: members.length, carrying, matched, indicators: operator.indicators.length };
    return { kind: 'evidence', because: `${because}.`, ratio: RATIO, numbers, family };
  },
};
