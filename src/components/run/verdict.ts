import type { TranslationBundle } from '@jupyterlab/translation';
import {
  formatDuration,
  formatElapsed,
  formatRelative
} from '../common/format';
import type { IRun } from '../common/types';

/** A run that may still change. */
export function isOpen(run: Pick<IRun, 'state'>): boolean {
  return run.state === 'queued' || run.state === 'running';
}

/** A cell as people count and as the sentences of the server do: all cells, from 1. */
export function cellNumber(index: number | null): number | null {
  return index === null ? null : index + 1;
}

/** The first line of a reason without its full stop: sentences end only once. */
function because(reason: string | null): string {
  const line = (reason ?? '').trim().split('\n', 1)[0].trim();
  return line.replace(/[.\s]+$/, '');
}

/** Reasons of the server begin with what the sentence says already. */
function afterCancelled(reason: string): string {
  return /^cancelled/i.test(reason)
    ? reason.split(/[:;] /).slice(1).join('; ')
    : reason;
}

/** "Failed after 3 min: the reason." or, without a reason, "Failed after 3 min." */
function sentence(start: string, reason: string): string {
  return reason ? `${start}: ${reason}.` : `${start}.`;
}

/** How the run is, in one sentence. */
export function verdictSentence(
  run: IRun,
  trans: TranslationBundle,
  now: Date
): string {
  const reason = because(run.reason);
  switch (run.state) {
    case 'queued':
      return sentence(queued(run, trans, now), reason);
    case 'running':
      return running(run, trans, now);
    case 'succeeded':
      return succeeded(run, trans, reason);
    case 'failed':
      return failed(run, trans, reason);
    case 'cancelled':
      return sentence(cancelled(run, trans), afterCancelled(reason));
    case 'missed':
      return sentence(trans.__('Missed'), reason);
    case 'skipped':
      return sentence(trans.__('Skipped'), reason);
  }
}

function queued(run: IRun, trans: TranslationBundle, now: Date): string {
  const tries = run.attempts.length;
  if (tries > 0 && run.not_before) {
    const moment = formatRelative(new Date(run.not_before), now);
    return trans.__('Attempt %1 failed, the next one starts %2', tries, moment);
  }
  return trans.__(
    'Queued for %1, starts as soon as there is room',
    since(run.created_at, now)
  );
}

function since(start: string, now: Date): string {
  return formatElapsed((now.getTime() - Date.parse(start)) / 1000);
}

function running(run: IRun, trans: TranslationBundle, now: Date): string {
  const elapsed = since(run.started_at ?? run.created_at, now);
  if (!run.progress || run.progress.cell === 0) {
    return trans.__('Running: the kernel is starting, %1', elapsed);
  }
  return trans.__(
    'Running: cell %1 of %2, %3',
    run.progress.cell,
    run.progress.cells,
    elapsed
  );
}

function succeeded(
  run: IRun,
  trans: TranslationBundle,
  reason: string
): string {
  const took = formatDuration(run.duration ?? 0);
  if (run.verdict === 'succeeded_with_warnings') {
    return sentence(trans.__('Finished with a warning after %1', took), reason);
  }
  return trans.__('Succeeded in %1.', took);
}

function failed(run: IRun, trans: TranslationBundle, reason: string): string {
  if (run.started_at === null) {
    return sentence(trans.__('Failed before it started'), reason);
  }
  const took = formatDuration(run.duration ?? 0);
  const cell = cellNumber(run.cell);
  return sentence(
    cell === null
      ? trans.__('Failed after %1', took)
      : trans.__('Failed in cell %1 after %2', cell, took),
    reason
  );
}

function cancelled(run: IRun, trans: TranslationBundle): string {
  if (run.duration === null || run.started_at === null) {
    return trans.__('Cancelled before it started');
  }
  const took = formatDuration(run.duration);
  const cell = cellNumber(run.cell);
  return cell === null
    ? trans.__('Cancelled after %1', took)
    : trans.__('Cancelled in cell %1 after %2', cell, took);
}
