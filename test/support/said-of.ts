import type { Assessment } from '../../functions/detection/findings/assess';

/** All that was found out about each network, to be compared: without the index that holds it, members by account. */
export const saidOf = (assessments: readonly Assessment[]) =>
  assessments.map(({ network, unlike, ...others }) => ({
    ...others,
    foundBy: network.foundBy,
    unlike: [...unlike],
    members: network.members.map(({ entry, ...member }) => ({ ...member, account: entry.profile.account })),
  }));
