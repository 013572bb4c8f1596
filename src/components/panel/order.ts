import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDeploymentSummary, ILastRun } from '../../tokens';
import { formatDuration } from '../common/format';
import { stateName } from '../common/StateIcon';
import { cellNumber } from '../run/verdict';
import { dayAndClock } from '../runs/summary';

/** "version 4 is being checked": of the newest version where that is not live. */
export function candidateWord(
  { candidate }: IDeploymentSummary,
  trans: TranslationBundle
): string | null {
  if (!candidate) {
    return null;
  }
  return candidate.state === 'candidate'
    ? trans.__('version %1 is being checked', candidate.version)
    : trans.__('version %1 was rejected', candidate.version);
}

/** Lower is sooner: what asks for a person comes first. */
function urgency(deployment: IDeploymentSummary): number {
  if (deployment.candidate?.state === 'rejected') {
    return 0;
  }
  const last = deployment.last_run;
  switch (stateName(last?.state ?? null, last?.verdict)) {
    case 'failed':
      return 0;
    case 'missed':
      return 1;
    case 'warning':
      return 2;
    default:
      return 3;
  }
}

/** Those whose name or notebook has every word of the text; urgent ones first. */
export function arrange(
  deployments: readonly IDeploymentSummary[],
  text: string
): IDeploymentSummary[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return deployments
    .filter(item => {
      const haystack = `${item.name} ${item.notebook}`.toLowerCase();
      return words.every(word => haystack.includes(word));
    })
    .sort(
      (a, b) => urgency(a) - urgency(b) || a.name.localeCompare(b.name, 'en')
    );
}

/** "ok today 06:02, 14 min", "failed in cell 5, yesterday 06:02" */
export function lastResult(
  last: ILastRun | null,
  now: Date,
  trans: TranslationBundle
): string {
  if (!last) {
    return trans.__('never run yet');
  }
  const at = dayAndClock(
    last.ended_at ?? last.started_at ?? last.created_at,
    now,
    trans
  );
  const took = last.duration === null ? '' : formatDuration(last.duration);
  switch (last.state) {
    case 'queued':
      return trans.__('waiting to start');
    case 'running':
      return running(last, trans);
    case 'succeeded':
      return last.verdict === 'succeeded_with_warnings'
        ? trans.__('warning, %1, %2', at, took)
        : trans.__('ok %1, %2', at, took);
    case 'failed':
      return last.cell === null
        ? trans.__('failed, %1', at)
        : trans.__('failed in cell %1, %2', cellNumber(last.cell), at);
    case 'cancelled':
      return trans.__('cancelled %1', at);
    case 'missed':
      return trans.__('missed %1', at);
    case 'skipped':
      return trans.__('skipped %1', at);
  }
}

function running(last: ILastRun, trans: TranslationBundle): string {
  const progress = last.progress;
  return progress && progress.cell > 0
    ? trans.__('running, cell %1 of %2', progress.cell, progress.cells)
    : trans.__('running, the kernel starts');
}

/** "tomorrow 06:00", "paused", or nothing without a schedule. */
export function nextFire(
  deployment: IDeploymentSummary,
  now: Date,
  trans: TranslationBundle
): string {
  if (deployment.paused) {
    return trans.__('paused');
  }
  const [next] = deployment.next_fires;
  return next ? dayAndClock(next, now, trans) : '';
}
