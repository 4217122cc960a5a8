// One instance of a function: loads the bundle that goes to Lambda, under the environment that the template gives it.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

const { bundle, handler, name, memoryMiB, timeoutMs } = workerData;
const loaded = createRequire(bundle)(bundle);
parentPort.postMessage({ kind: 'ready' });
parentPort.on('message', async ({ id, event }) => {
  const deadline = Date.now() + timeoutMs;
  const context = {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    memoryLimitInMB: String(memoryMiB),
    awsRequestId: id,
    logGroupName: name,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    parentPort.postMessage({ kind: 'answer', id, answer: (await loaded[handler](event, context)) ?? null });
  } catch (error) {
    parentPort.postMessage({
      kind: 'failure',
      id,
      error: { name: error?.name ?? 'Error', message: String(error?.message ?? error), stack: error?.stack },
    });
  }
});
