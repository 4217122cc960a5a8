import { z } from 'zod';
import { KeyNews } from '../../../shared/domain/api-key';
import { CanarySighting } from '../../../shared/domain/campaigns/canary';
import { ReferralNews } from '../../../shared/domain/cases/referral';
import { VerificationNews } from '../../../shared/domain/cases/verification';
import type { Queue } from '../../../shared/ports';
import { takeSighting } from '../canaries/take-sighting';
import type { Enforcement } from '../enforcement';
import { takeChange } from '../keys/take-change';
import { takeAnswer } from '../referrals/take-answer';
import { takeNews } from './take-news';

const News = z.union([VerificationNews, CanarySighting, ReferralNews, KeyNews]);

/** One message of the queue from ingest and from the check of newcomers. Throws on what is neither. */
export async function takeIn(body: string, deps: Enforcement): Promise<{ kind: string; because: string }> {
  const news = News.parse(JSON.parse(body));
  if (news.kind === 'referral') return takeAnswer(news, deps);
  if (news.kind === 'key') return takeChange(news, deps);
  if (news.kind !== 'canary') return takeNews(news, deps);
  const { token, account, sealed, at } = news;
  return takeSighting({ token, place: { kind: 'account', account, sealed }, at, actor: { kind: 'provider' } }, deps);
}

/** Where one process does everything: what is sent is taken at once. */
export const verificationDesk = (deps: Enforcement): Queue => ({
  async send(bodies) {
    for (const body of bodies) await takeIn(body, deps);
  },
});
