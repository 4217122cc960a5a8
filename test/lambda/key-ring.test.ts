import { Webhook } from 'standardwebhooks';
import { checkAppealToken, signAppealLink } from '../../shared/identity/appeal-link';
import { accountKey, caseId } from '../../shared/identity/ids';
import { KeyedHasher } from '../../shared/identity/keyed-hash';
import { appealKeys, derivedKey, keysOf, openerOf, webhookSecrets } from '../../shared/lambda/key-ring';

const [old, fresh] = ['o'.repeat(64), 'n'.repeat(64)];

test('a secret holds one key a line, the first in use', () => {
  expect(keysOf(`${fresh}\n${old}\n`)).toEqual([fresh, old]);
  expect(keysOf(old)).toEqual([old]);
  expect(() => keysOf(' \n')).toThrow('holds none');
});

test('an account id sealed before a change of keys can be opened until its key is taken out', () => {
  const { sealed } = new KeyedHasher(old).account('acct-81f3');
  expect(openerOf(`${fresh}\n${old}`)(sealed)).toBe('acct-81f3');
  expect(openerOf(`${fresh}\n${old}`)(new KeyedHasher(fresh).account('acct-2').sealed)).toBe('acct-2');
  expect(() => openerOf(fresh)(sealed)).toThrow('no longer holds');
});

test('an appeal link signed before a change of keys works until its key is taken out', async () => {
  const subject = { account: accountKey('a'), case: caseId('c'), sequence: 1 };
  const link = await signAppealLink(subject, { keys: appealKeys(old), baseUrl: 'https://x/appeal', now: 0, validDays: 1 });
  const token = link.split('#')[1] ?? '';
  expect((await checkAppealToken(token, { keys: appealKeys(`${fresh}\n${old}`), now: 1 })).kind).toBe('valid');
  expect((await checkAppealToken(token, { keys: appealKeys(fresh), now: 1 })).kind).toBe('invalid');
});

test('a request signed while two webhook keys stand is verified by a receiver that holds either', () => {
  const now = new Date();
  const signature = webhookSecrets(`${fresh}\n${old}`)
    .map((secret) => new Webhook(secret).sign('id', now, '{}'))
    .join(' ');
  const headers = { 'webhook-id': 'id', 'webhook-timestamp': String(Math.floor(now.getTime() / 1000)), 'webhook-signature': signature };
  for (const key of [old, fresh]) expect(new Webhook(`whsec_${key}`).verify('{}', headers)).toEqual({});
  expect(webhookSecrets('whsec_AAAA')).toEqual(['whsec_AAAA']);
});

test('keys derived for different purposes differ', () => {
  expect(derivedKey(old, 'cursor')).not.toBe(derivedKey(old, 'appeal-link'));
});
