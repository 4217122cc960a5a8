import { type Stage, stageNamed } from '../infra/stages';
import { readOptions, refuse } from './command-line';

const USAGE = `usage: npm run source-policies -- --stage dev|staging|prod --account ID --region REGION [--role FileReaderRoleArn]
                                    [--bucket NAME [--prefix PREFIX] [--key KEY_ARN]]

What the owner of each bucket in ingest.sources (infra/stages.ts) has to attach: the bucket's policy (Bedrock may write its invocation
logs, our role may read), the statements for the key of a bucket that is encrypted with one, and the notification of new objects.
It changes nothing and asks AWS nothing. --account and --region: where Bedrock runs. --role: the output of that name of the deployed
stage, without which a placeholder stands. --bucket: for one that is in no stage yet.`;

export type Source = Stage['ingest']['sources'][number];
export type Where = { account: string; region: string; partition?: string; role: string };
type Statement = {
  Sid: string;
  Effect: 'Allow' | 'Deny';
  Principal: { Service: string } | { AWS: string } | '*';
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
};
export type SourcePolicy = {
  bucket: string;
  /** For `aws s3api put-bucket-policy`; a policy that the bucket has already must be merged with it. */
  policy: { Version: '2012-10-17'; Statement: Statement[] };
  /** To be added to the policy of the bucket's key. */
  key?: { arn: string; statements: Statement[] };
  notification: { EventBridgeConfiguration: Record<string, never> };
};

/** Pure: one policy a bucket, whatever prefixes of it are read. */
export function sourcePolicies(sources: readonly Source[], { account, region, partition = 'aws', role }: Where): SourcePolicy[] {
  const onlyBedrock = {
    StringEquals: { 'aws:SourceAccount': account },
    ArnLike: { 'aws:SourceArn': `arn:${partition}:bedrock:${region}:${account}:*` },
  };
  return [...new Set(sources.map(({ bucket }) => bucket))].map((bucket) => {
    const own = sources.filter((source) => source.bucket === bucket);
    const arn = `arn:${partition}:s3:::${bucket}`;
    const prefixes = [...new Set(own.map(({ prefix }) => prefix))];
    const key = own.find((source) => source.key !== undefined)?.key;
    return {
      bucket,
      policy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'BedrockWritesInvocationLogs',
            Effect: 'Allow',
            Principal: { Service: 'bedrock.amazonaws.com' },
            Action: 's3:PutObject',
            Resource: [...new Set(prefixes.map((prefix) => `${arn}/${logsFolder(prefix)}AWSLogs/${account}/BedrockModelInvocationLogs/*`))],
            Condition: onlyBedrock,
          },
          {
            Sid: 'LockstepReads',
            Effect: 'Allow',
            Principal: { AWS: role },
            Action: 's3:GetObject',
            Resource: prefixes.map((prefix) => `${arn}/${prefix}*`),
          },
          // Without it S3 answers 403 for an object that is gone, and the file is tried again and again.
          { Sid: 'LockstepLists', Effect: 'Allow', Principal: { AWS: role }, Action: 's3:ListBucket', Resource: arn },
        ],
      },
      ...(key === undefined
        ? {}
        : {
            key: {
              arn: key,
              statements: [
                {
                  Sid: 'BedrockEncryptsInvocationLogs',
                  Effect: 'Allow',
                  Principal: { Service: 'bedrock.amazonaws.com' },
                  Action: 'kms:GenerateDataKey',
                  Resource: '*',
                  Condition: onlyBedrock,
                },
                { Sid: 'LockstepDecrypts', Effect: 'Allow', Principal: { AWS: role }, Action: 'kms:Decrypt', Resource: '*' },
              ],
            },
          }),
      notification: { EventBridgeConfiguration: {} },
    };
  });
}

/** What stands before `AWSLogs/`: the key prefix that Bedrock's logging is configured with. */
function logsFolder(prefix: string): string {
  const at = prefix.indexOf('AWSLogs/');
  if (at >= 0) return prefix.slice(0, at);
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

const PLACEHOLDER = 'FileReaderRoleArn';

function main(): void {
  const values = readOptions(USAGE, {
    stage: { type: 'string' },
    account: { type: 'string' },
    region: { type: 'string', default: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION },
    role: { type: 'string', default: PLACEHOLDER },
    bucket: { type: 'string' },
    prefix: { type: 'string', default: 'AWSLogs/' },
    key: { type: 'string' },
  });
  const { account, region, role, bucket, prefix, key } = values;
  if (account === undefined || !/^\d{12}$/.test(account)) refuse(`--account: give the 12 digits of the AWS account\n\n${USAGE}`);
  if (region === undefined) refuse(`--region is missing\n\n${USAGE}`);
  if ((values.stage === undefined) === (bucket === undefined)) refuse(`give --stage or --bucket\n\n${USAGE}`);
  const sources: readonly Source[] =
    bucket === undefined ? stageNamed(values.stage).stage.ingest.sources : [{ bucket, prefix, ...(key === undefined ? {} : { key }) }];
  if (sources.length === 0) refuse(`the stage ${values.stage} has no ingest.sources: docs/producers.md`);
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  for (const { bucket: name, policy, key: encrypting, notification } of sourcePolicies(sources, { account, region, partition, role })) {
    console.log(`# ${name}: merge with the policy that it has (aws s3api get-bucket-policy --bucket ${name})`);
    console.log(`aws s3api put-bucket-policy --bucket ${name} --policy '${JSON.stringify(policy, undefined, 2)}'`);
    console.log(
      `aws s3api put-bucket-notification-configuration --bucket ${name} --notification-configuration '${JSON.stringify(notification)}'`,
    );
    if (encrypting) {
      console.log(`# ${encrypting.arn}: add these statements to its policy (aws kms get-key-policy, put-key-policy)`);
      console.log(JSON.stringify(encrypting.statements, undefined, 2));
    }
  }
  if (role === PLACEHOLDER) console.error(`Put the stage's output FileReaderRoleArn for ${PLACEHOLDER}, or give it with --role.`);
}

if (require.main === module) main();
