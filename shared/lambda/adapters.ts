import { dynamoDb, s3, sqs } from '../aws/clients';
import { DynamoTable } from '../aws/dynamo-table';
import { S3ObjectStore } from '../aws/s3-object-store';
import { SqsQueue, takeOffQueue } from '../aws/sqs-queue';
import { systemClock } from '../aws/system-clock';

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
const [database, objects, queues] = [once(dynamoDb), once(s3), once(sqs)];

/** The ports that a function's environment names, over one client a service for the whole instance. */
export const table = (name: string) => new DynamoTable(database(), name, systemClock);
export const bucket = (name: string) => new S3ObjectStore(objects(), name);
export const queue = (url: string) => new SqsQueue(queues(), url);
/** Takes messages off the queue that they came from. */
export const takeOff: ReturnType<typeof takeOffQueue> = (records) => takeOffQueue(queues())(records);
