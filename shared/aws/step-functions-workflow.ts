import {
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { CaseId } from '../identity/ids';
import type { Table, Workflow } from '../ports';

/** At most 80 letters, digits, dots, hyphens and underscores: Step Functions takes no more. */
export const executionName = (id: CaseId, sequence: number, again?: string): string =>
  [id, sequence, ...(again === undefined ? [] : [again])].join('-');

/** The Workflow port on Step Functions. Where an execution waits for people, functions/enforcement/case/case-step.ts keeps its token. */
export class StepFunctionsWorkflow implements Workflow {
  constructor(
    private readonly client: SFNClient,
    private readonly machine: string,
    private readonly table: Table,
  ) {}

  async start(id: CaseId, sequence: number, again?: string): Promise<void> {
    try {
      await this.client.send(
        new StartExecutionCommand({
          stateMachineArn: this.machine,
          name: executionName(id, sequence, again),
          input: JSON.stringify({ case: id }),
        }),
      );
    } catch (error) {
      // The same start, repeated: the execution runs or ran.
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
  }

  async wake(id: CaseId): Promise<void> {
    const waiting = await this.table.get('WAITING', id);
    if (typeof waiting?.token !== 'string') return;
    try {
      await this.client.send(new SendTaskSuccessCommand({ taskToken: waiting.token, output: '{}' }));
    } catch (error) {
      // It waits no longer: woken before, or timed out and about to look by itself.
      if (!(error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken)) throw error;
    }
  }
}
