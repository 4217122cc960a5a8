import { Template } from 'aws-cdk-lib/assertions';
import { type Source, sourcePolicies } from '../../cli/source-policies';
import { lockstep, makeApp } from '../../infra/app';
import { stages } from '../../infra/stages';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/0c4d';
const where = { account: '111122223333', region: 'eu-central-1', role: 'arn:aws:iam::444455556666:role/reader' };
const only = (...sources: Source[]) => {
  const [policy, ...others] = sourcePolicies(sources, where);
  expect(others).toEqual([]);
  return policy!;
};

test('Bedrock may write its logs, of this account and region only; our role may read under the prefix, and nothing more', () => {
  expect(only({ bucket: 'logs', prefix: 'AWSLogs/' }).policy.Statement).toEqual([
    {
      Sid: 'BedrockWritesInvocationLogs',
      Effect: 'Allow',
      Principal: { Service: 'bedrock.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: ['arn:aws:s3:::logs/AWSLogs/111122223333/BedrockModelInvocationLogs/*'],
      Condition: {
        StringEquals: { 'aws:SourceAccount': '111122223333' },
        ArnLike: { 'aws:SourceArn': 'arn:aws:bedrock:eu-central-1:111122223333:*' },
      },
    },
    {
      Sid: 'LockstepReads',
      Effect: 'Allow',
      Principal: { AWS: where.role },
      Action: 's3:GetObject',
      Resource: ['arn:aws:s3:::logs/AWSLogs/*'],
    },
    { Sid: 'LockstepLists', Effect: 'Allow', Principal: { AWS: where.role }, Action: 's3:ListBucket', Resource: 'arn:aws:s3:::logs' },
  ]);
});

test.each<[string, string]>([
  ['', 'AWSLogs/'],
  ['AWSLogs/', 'AWSLogs/'],
  ['AWSLogs/111122223333/BedrockModelInvocationLogs/', 'AWSLogs/'],
  ['team-a/AWSLogs/', 'team-a/AWSLogs/'],
  ['team-a', 'team-a/AWSLogs/'],
  ['team-a/', 'team-a/AWSLogs/'],
])('prefix %j: Bedrock writes under %s', (prefix, folder) => {
  expect(only({ bucket: 'logs', prefix }).policy.Statement[0]?.Resource).toEqual([
    `arn:aws:s3:::logs/${folder}111122223333/BedrockModelInvocationLogs/*`,
  ]);
});

test('two prefixes of a bucket are one policy, since a bucket has one; two buckets are two', () => {
  const policies = sourcePolicies(
    [
      { bucket: 'logs', prefix: 'a/' },
      { bucket: 'logs', prefix: 'b/' },
      { bucket: 'others', prefix: '' },
    ],
    where,
  );
  expect(policies.map(({ bucket, policy }) => [bucket, policy.Statement[1]?.Resource])).toEqual([
    ['logs', ['arn:aws:s3:::logs/a/*', 'arn:aws:s3:::logs/b/*']],
    ['others', ['arn:aws:s3:::others/*']],
  ]);
});

test('where a key encrypts, Bedrock may use it for its logs and our role may decrypt; the role is given the same', () => {
  const sources = [{ bucket: 'logs', prefix: 'AWSLogs/', key: KEY }];
  expect(sourcePolicies(sources, where)[0]?.key).toMatchObject({
    arn: KEY,
    statements: [
      { Principal: { Service: 'bedrock.amazonaws.com' }, Action: 'kms:GenerateDataKey', Condition: { StringEquals: {} } },
      { Principal: { AWS: where.role }, Action: 'kms:Decrypt' },
    ],
  });
  const { dev } = stages;
  const { pipeline } = lockstep(makeApp({ context: { 'aws:cdk:bundling-stacks': [] } }), 'dev', {
    stage: { ...dev, ingest: { ...dev.ingest, sources } },
  });
  const policies = Object.entries(Template.fromStack(pipeline).findResources('AWS::IAM::Policy'));
  const reader = policies.filter(([id]) => id.startsWith('IngestIngestFiles')).map(([, one]) => JSON.stringify(one.Properties));
  expect(reader).toHaveLength(1);
  expect(reader[0]).toContain(`{"Action":"kms:Decrypt","Effect":"Allow","Resource":"${KEY}"}`);
  expect(reader[0]).toContain(':s3:::logs/AWSLogs/*');
});
