import { Report } from '../../cli/replay/report';
import { reportPage } from '../../cli/replay/report-page';
import { buildCampaign } from '../support/worlds/build-campaign';

const HOSTILE = '<img src=x onerror=alert(1)>"&\'';
const report = (over: Partial<Report> = {}): Report =>
  Report.parse({
    events: { read: 10, accepted: 9, duplicate: 1, rejected: 0 },
    from: '2026-04-22T00:00:00.000Z',
    to: '2026-04-25T00:00:00.000Z',
    seconds: 1,
    peakMemoryMiB: 1,
    policy: { version: 'recommended-1', digest: '0123456789abcdef' },
    campaigns: [
      {
        id: 'C-hydra',
        kind: 'distillation',
        firstSeen: '2026-04-22T00:00:00.000Z',
        detectedAt: '2026-04-22T03:00:00.000Z',
        containedAt: '2026-04-22T04:00:00.000Z',
        accounts: ['acct-1', HOSTILE],
        exchanges: 25,
        inputTokens: 1,
        outputTokens: 2,
        exchangesBeforeDetection: 5,
        exchangesBeforeContainment: 25,
        exchangesPrevented: 75,
        targets: { coding: 0.6, 'agentic-reasoning': 0.4 },
        evidence: [{ family: 'payment', because: `2 accounts pay with one card ${HOSTILE}`, strength: 0.99 }],
        probability: 0.998,
        typicality: 0.4,
        legs: { coordination: true, concealment: true, purpose: true },
        reasons: [],
      },
    ],
    accounts: [
      {
        id: HOSTILE,
        standing: 'suspended',
        campaign: 'C-hydra',
        detectedAt: '2026-04-22T03:00:00.000Z',
        actedAt: '2026-04-22T04:00:00.000Z',
        exchangesBeforeAction: 3,
        because: ['pays with a shared card'],
      },
    ],
    ...over,
  });
const hydra = buildCampaign({
  size: 2,
  timeline: [
    [Date.parse('2026-04-22T00:00:00Z'), 20, 0],
    [Date.parse('2026-04-22T01:00:00Z'), 5, 75],
  ],
});

test('four sentences, leaked and prevented as shares of everything sent, the hours drawn', () => {
  const page = reportPage(report(), [hydra]);
  expect(page).toContain('Lockstep: 1 campaign in 9 events');
  expect(page).toContain('They ask mostly for coding (60 %) and agentic reasoning (40 %).');
  expect(page).toContain('25 requests (25 %) went through and 75 (75 %) were prevented.');
  expect(page.match(/<rect /g)).toHaveLength(3);
  expect(page).toContain('<td>suspended</td>');
});

test('it stands alone, and what comes from data is text', () => {
  const page = reportPage(report(), [hydra]);
  expect(page).not.toMatch(/<script|<img|<link|https?:|url\(|@import/);
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(page).toContain("default-src 'none'");
});

test('nothing found says why', () => {
  const page = reportPage({ ...report({ campaigns: [], accounts: [] }), because: ['no event was accepted: 2 not-json'] }, []);
  expect(page).toContain('0 campaigns');
  expect(page).toContain('no event was accepted: 2 not-json');
});
