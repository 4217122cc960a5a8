/** How a cloud is written to: what it calls its parts. Any other cloud is written to in words that fit all. */
export type Partner = { cloud: string; desk: string; tenant: string; tenants: string; payer: string };

const KNOWN: Readonly<Record<string, Omit<Partner, 'cloud'>>> = {
  bedrock: { desk: 'AWS Trust & Safety', tenant: 'AWS account', tenants: 'AWS accounts', payer: 'management (payer) account' },
  vertex: {
    desk: 'Google Cloud Trust & Safety',
    tenant: 'Google Cloud project',
    tenants: 'Google Cloud projects',
    payer: 'Cloud Billing account',
  },
  foundry: { desk: 'Microsoft abuse desk', tenant: 'Azure subscription', tenants: 'Azure subscriptions', payer: 'billing account' },
};

export const partnerOf = (cloud: string): Partner => ({
  cloud,
  ...(KNOWN[cloud] ?? { desk: `Abuse desk of ${cloud}`, tenant: 'tenant', tenants: 'tenants', payer: 'billing account' }),
});
