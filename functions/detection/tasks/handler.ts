import { bucket } from '../../../shared/lambda/adapters';
import { environment } from '../../../shared/lambda/environment';
import { ScreenEnv } from '../../../shared/wiring';
import { CalledTask, doTask } from './called-task';

const env = environment(ScreenEnv);
const archive = bucket(env.ARCHIVE_BUCKET);

export const handler = (event: unknown) => doTask(CalledTask.parse(event), archive);
