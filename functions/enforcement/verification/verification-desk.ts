import { VerificationNews } from '../../../shared/domain/cases/verification';
import type { Queue } from '../../../shared/ports';
import type { Enforcement } from '../enforcement';
import { takeNews } from './take-news';

/** Where one process does everything: what is sent is taken at once. */
export const verificationDesk = (world: Enforcement): Queue => ({
  async send(bodies) {
    for (const body of bodies) await takeNews(VerificationNews.parse(JSON.parse(body)), world);
  },
});
