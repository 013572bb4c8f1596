import type { components } from '../api/schema';
import type { IDeploymentSummary, ILastRun } from '../tokens';

type IRun = components['schemas']['Run'];

export function isUnderWay(run: ILastRun | null): run is ILastRun {
  return run !== null && (run.state === 'queued' || run.state === 'running');
}

export function someUnderWay(list: readonly IDeploymentSummary[]): boolean {
  return list.some(deployment => isUnderWay(deployment.last_run));
}

export interface IMerged {
  readonly deployments: readonly IDeploymentSummary[];
  /** The list knows less than `running` tells: read it whole. */
  readonly stale: boolean;
}

/** The list with the progress of the runs that are running now. */
export function mergeRunning(
  list: readonly IDeploymentSummary[],
  running: readonly IRun[]
): IMerged {
  const byId = new Map(running.map(run => [run.id, run]));
  let stale = false;
  const deployments = list.map(deployment => {
    const last = deployment.last_run;
    const news = last && byId.get(last.id);
    if (!news) {
      stale ||= last?.state === 'running';
      return deployment;
    }
    byId.delete(last.id);
    return { ...deployment, last_run: { ...last, ...lastRun(news) } };
  });
  return { deployments, stale: stale || startedSince(list, byId.values()) };
}

/** Overlapping runs are older than the last one, and a deleted deployment's tell nothing. */
function startedSince(
  list: readonly IDeploymentSummary[],
  others: Iterable<IRun>
): boolean {
  const last = new Map(list.map(item => [item.name, item.last_run?.id ?? 0]));
  return [...others].some(
    run => run.id > (last.get(run.deployment) ?? Infinity)
  );
}

function lastRun(run: IRun): ILastRun {
  const { id, state, verdict, reason, cell, duration, progress } = run;
  const { created_at, started_at, ended_at } = run;
  return {
    id,
    state,
    verdict,
    reason,
    cell,
    created_at,
    started_at,
    ended_at,
    duration,
    progress
  };
}
