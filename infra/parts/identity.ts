import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnUserPoolGroup, FeaturePlan, Mfa, OAuthScope, UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';

/** The issuer whose tokens count, and the audience they must be for. */
export type TrustedIssuer = { readonly issuer: string; readonly audience: string; readonly keysUrl: string };

/** Who may sign in: people of a user pool of ours, or of the operator's own identity provider (its groups must be named as below). */
export type Identity =
  | { readonly kind: 'user-pool'; readonly mfa: 'required' | 'optional' }
  | { readonly kind: 'oidc'; readonly issuer: TrustedIssuer };

const GROUPS = {
  viewer: 'sees accounts, campaigns and cases',
  reviewer: 'approves, rejects, undoes, decides appeals, stops everything',
  admin: 'puts policies live and arms enforcement again',
} as const;

/** Analysts, invited by an admin: nobody signs up. Kept when the stack goes: ledger entries name these people. */
export function peoplePool(scope: Construct, id: string, mfa: 'required' | 'optional', deletionProtection: boolean): UserPool {
  const pool = new UserPool(scope, id, {
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    mfa: mfa === 'required' ? Mfa.REQUIRED : Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    passwordPolicy: { minLength: 14, requireDigits: true, requireLowercase: true, requireUppercase: true, requireSymbols: true },
    featurePlan: FeaturePlan.ESSENTIALS,
    deletionProtection,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  for (const [groupName, description] of Object.entries(GROUPS)) {
    new CfnUserPoolGroup(scope, `${id}${groupName}`, { userPoolId: pool.userPoolId, groupName, description });
  }
  pool.addDomain('SignIn', { cognitoDomain: { domainPrefix: `${Stack.of(scope).stackName}-${Stack.of(scope).account}` } });
  Validations.of(pool).acknowledge(
    { id: 'AwsSolutions-COG8', reason: 'the Plus plan costs by user; a second factor is asked for, and nobody can sign up' },
    ...(mfa === 'optional' ? [{ id: 'AwsSolutions-COG2', reason: 'a development stage: people may set up a second factor' }] : []),
  );
  return pool;
}

/** The console as a client of the pool: authorization code with PKCE, no secret. */
export function consoleClient(scope: Construct, pool: UserPool, origin: string): TrustedIssuer {
  const client = new UserPoolClient(scope, 'Client', {
    userPool: pool,
    generateSecret: false,
    preventUserExistenceErrors: true,
    authFlows: { userSrp: true },
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
      callbackUrls: [`${origin}/signed-in`],
      logoutUrls: [`${origin}/`],
    },
  });
  const { region, urlSuffix } = Stack.of(pool);
  const issuer = `https://cognito-idp.${region}.${urlSuffix}/${pool.userPoolId}`;
  return { issuer, audience: client.userPoolClientId, keysUrl: `${issuer}/.well-known/jwks.json` };
}
