import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** Grants read as sentences: `may(fold).read(archive, ['plans/*', 'chunks/*'])`. None gives more than it says. */
export const may = (who: IFunction) => ({
  /**
   * Objects under these prefixes, and the names of all: without the right to list, S3 answers 403 for an object that is not there,
   * and a condition on the prefix does not help, because a GET names none.
   */
  read(bucket: IBucket, prefixes: readonly string[]): void {
    allow(
      who,
      ['s3:GetObject'],
      prefixes.map((prefix) => bucket.arnForObjects(prefix)),
    );
    allow(who, ['s3:ListBucket'], [bucket.bucketArn]);
  },
  write(bucket: IBucket, prefixes: readonly string[]): void {
    allow(
      who,
      ['s3:PutObject'],
      prefixes.map((prefix) => bucket.arnForObjects(prefix)),
    );
  },
  remove(bucket: IBucket, prefixes: readonly string[]): void {
    allow(
      who,
      ['s3:DeleteObject'],
      prefixes.map((prefix) => bucket.arnForObjects(prefix)),
    );
  },
  /** What is written into a bucket that has a key of its own. */
  encryptFor(bucket: IBucket): void {
    if (bucket.encryptionKey) allow(who, ['kms:GenerateDataKey'], [bucket.encryptionKey.keyArn]);
  },
  /** What is read from a bucket that has a key of its own. */
  decryptFrom(bucket: IBucket): void {
    if (bucket.encryptionKey) allow(who, ['kms:Decrypt'], [bucket.encryptionKey.keyArn]);
  },
  /** Rows whose partition key begins so; every row when none is named. Never a scan. */
  readRows(table: ITableV2, partitions?: readonly string[]): void {
    allow(who, ['dynamodb:GetItem', 'dynamodb:Query'], [table.tableArn], partitions && leading(partitions));
  },
  /** Many rows by their keys in one request. */
  readRowsTogether(table: ITableV2, partitions: readonly string[]): void {
    allow(who, ['dynamodb:BatchGetItem'], [table.tableArn], leading(partitions));
  },
  writeRows(table: ITableV2, partitions?: readonly string[]): void {
    allow(who, ['dynamodb:PutItem', 'dynamodb:UpdateItem'], [table.tableArn], partitions && leading(partitions));
  },
  deleteRows(table: ITableV2, partitions?: readonly string[]): void {
    allow(who, ['dynamodb:DeleteItem'], [table.tableArn], partitions && leading(partitions));
  },
  sendTo(queue: IQueue): void {
    allow(who, ['sqs:SendMessage'], [queue.queueArn]);
  },
  readSecret(secretArn: string): void {
    allow(who, ['secretsmanager:GetSecretValue'], [secretArn]);
  },
});

const leading = (partitions: readonly string[]) => ({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } });

function allow(
  who: IGrantable,
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, readonly string[]>>,
): void {
  who.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) }));
}
