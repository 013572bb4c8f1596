import type { DeployApi } from '../../api/client';
import type { IDeployment, IRun } from '../common/types';

/** Milliseconds between two looks. */
const LOOK = 400;

/**
 * Follow the run that tries a version: the deployment as that version has it, once it is live
 * or rejected; null when nobody wants to know any more.
 */
export async function followTrial(
  api: DeployApi,
  candidate: IDeployment,
  onChange: (run: IRun) => void,
  isWanted: () => boolean
): Promise<IDeployment | null> {
  const id = candidate.preflight.run;
  while (id !== null && isWanted()) {
    const run = await api.run(id);
    if (run.state !== 'queued' && run.state !== 'running') {
      return api.deployment(candidate.name, candidate.version);
    }
    onChange(run);
    await new Promise(resolve => setTimeout(resolve, LOOK));
  }
  return null;
}
