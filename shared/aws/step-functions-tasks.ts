import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DescribeExecutionCommand, ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { ObjectStore } from '../ports';

const LOOK_EVERY_MS = 2_000;

/**
 * Has functions carry out tasks side by side: each item of a list in the archive is the input of one call, under one execution of a state
 * machine whose Distributed Map reads the list. Returns when every task has ended well; throws when one failed for good, with what the
 * machine says of it. The same list started again is the same execution while it is known.
 */
export class StepFunctionsTasks {
  constructor(
    private readonly client: SFNClient,
    private readonly machine: string,
    private readonly archive: Pick<ObjectStore, 'put'>,
    private readonly wait: () => Promise<unknown> = () => setTimeout(LOOK_EVERY_MS),
  ) {}

  /** `key`: where the list is put. */
  async run(items: readonly object[], key: string): Promise<void> {
    const list = JSON.stringify(items);
    await this.archive.put(key, Buffer.from(list, 'utf8'));
    // At most 80 letters and digits; what was begun before under this name is what is asked for.
    const name = createHash('sha256').update(`${key}\n${list}`).digest('hex').slice(0, 64);
    await this.start(name, key);
    const executionArn = `${this.machine.replace(':stateMachine:', ':execution:')}:${name}`;
    for (;;) {
      const { status, error, cause } = await this.client.send(new DescribeExecutionCommand({ executionArn }));
      if (status === 'SUCCEEDED') return;
      if (status !== 'RUNNING') throw new Error(`the tasks of ${key} ${status}: ${error ?? ''} ${cause ?? ''}`.trim());
      await this.wait();
    }
  }

  private async start(name: string, key: string): Promise<void> {
    try {
      await this.client.send(new StartExecutionCommand({ stateMachineArn: this.machine, name, input: JSON.stringify({ tasks: key }) }));
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }
}
