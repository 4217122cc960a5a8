import type { LedgerEntry } from '../../../shared/domain/cases/ledger';
import { subjectOfChain } from '../../../shared/domain/cases/ledger-events';
import { type OcsfEvent, ocsfOfCall, ocsfOfEntry } from '../../../shared/formats/siem/ocsf';
import { AccessLog } from '../../../shared/http/access-log';
import { campaignId } from '../../../shared/identity/ids';
import type { Clock, Table } from '../../../shared/ports';
import type { CampaignStore } from '../../../shared/stores/campaigns/campaign-store';
import { LedgerStore } from '../../../shared/stores/cases/ledger-store';

export type SiemPorts = { enforcement: Table; access: Table; campaigns: Pick<CampaignStore, 'get'>; clock: Clock };
export type SiemPage = { events: OcsfEvent[]; next?: string };
export type SiemQuery = { day: string; of: 'ledger' | 'access'; limit: number; after?: string };

/** One page of one UTC day. The ledger's is oldest first, the access log's newest first. */
export async function siemEvents({ day, of, limit, after }: SiemQuery, ports: SiemPorts): Promise<SiemPage> {
  if (of === 'access') {
    const page = await new AccessLog(ports.access).page(day, limit, after);
    return { events: page.entries.map(ocsfOfCall), ...(page.next === undefined ? {} : { next: page.next }) };
  }
  const ledger = new LedgerStore(ports.enforcement, ports.clock);
  const page = await ledger.feed(Date.parse(`${day}T00:00:00Z`), { limit, ...(after === undefined ? {} : { after }) });
  const events: OcsfEvent[] = [];
  for (const entry of page.entries) {
    const event = ocsfOfEntry(entry, await foundIn(entry, ports));
    if (event) events.push(event);
  }
  return { events, ...(page.next === undefined ? {} : { next: page.next }) };
}

/** All of one UTC day. */
export async function siemDay(day: string, of: SiemQuery['of'], ports: SiemPorts): Promise<OcsfEvent[]> {
  const events: OcsfEvent[] = [];
  let after: string | undefined;
  do {
    const page = await siemEvents({ day, of, limit: 500, ...(after === undefined ? {} : { after }) }, ports);
    events.push(...page.events);
    after = page.next;
  } while (after !== undefined);
  return events;
}

/** The campaign as it stands now; a decision about one that is gone is told without it. */
async function foundIn(entry: LedgerEntry, { campaigns }: SiemPorts) {
  const about = subjectOfChain(entry.chain);
  if (about?.subject !== 'decision') return undefined;
  const campaign = await campaigns.get(campaignId(about.id));
  return campaign && { ...campaign, accounts: campaign.members.length };
}
