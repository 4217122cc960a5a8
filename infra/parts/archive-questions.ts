import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ACCOUNT_COLUMNS, ACCOUNT_FILES } from '../../shared/wiring';

/** Of one query, at most: at 5 dollars a terabyte, five cents. A month of hourly files of ten million accounts is more. */
const SCANNED_BYTES = 10 * 2 ** 30;
/** Where answers are put, in the archive; its lifecycle removes them. */
export const ANSWERS = 'answers/';

/**
 * The archive for analysts (docs/query.md): a Glue table over the account files, whose partitions follow from their names (nothing is
 * crawled), and an Athena workgroup that limits what a query scans and encrypts what it answers.
 */
export class ArchiveQuestions extends Construct {
  constructor(scope: Construct, id: string, archive: IBucket) {
    super(scope, id);
    const { account, stackName } = Stack.of(this);
    const database = `${stackName.replaceAll('-', '_')}_archive`;
    const made = new CfnDatabase(this, 'Database', { catalogId: account, databaseInput: { name: database } });
    const location = `s3://${archive.bucketName}/${ACCOUNT_FILES}`;
    new CfnTable(this, 'Accounts', {
      catalogId: account,
      databaseName: database,
      tableInput: {
        name: 'accounts_by_hour',
        description: 'Every account as it stood after an hour. Identifiers are keyed hashes.',
        tableType: 'EXTERNAL_TABLE',
        parameters: {
          'projection.enabled': 'true',
          'projection.day.type': 'date',
          'projection.day.format': 'yyyy-MM-dd',
          'projection.day.range': 'NOW-20DAYS,NOW',
          'projection.hour.type': 'integer',
          'projection.hour.range': '0,23',
          'projection.hour.digits': '2',
          'storage.location.template': `${location}day=\${day}/hour=\${hour}/`,
        },
        partitionKeys: [
          { name: 'day', type: 'string' },
          { name: 'hour', type: 'string' },
        ],
        storageDescriptor: {
          location,
          inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
          serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
          columns: Object.entries(ACCOUNT_COLUMNS).map(([name, type]) => ({ name, type })),
        },
      },
    }).addResourceDependency(made);
    const group = new CfnWorkGroup(this, 'WorkGroup', {
      name: `${stackName}-archive`,
      description: 'Questions to the archive: limited in what they scan, answers encrypted.',
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: SCANNED_BYTES,
        resultConfiguration: {
          outputLocation: `s3://${archive.bucketName}/${ANSWERS}`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
    group.applyRemovalPolicy(RemovalPolicy.DESTROY);
    new CfnOutput(this, 'Asked', {
      value: `${group.name}: ${database}.accounts_by_hour`,
      description: 'Athena workgroup and table (docs/query.md)',
    });
  }
}
