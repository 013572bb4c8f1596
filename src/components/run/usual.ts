import type { TranslationBundle } from '@jupyterlab/translation';
import type { components } from '../../api/schema';
import { formatDuration } from '../common/format';
import type { IBar } from './cells';
import { barSeconds } from './cells';
import { cellNumber } from './verdict';

export type IUsual = components['schemas']['Usual'];

/** Seconds by cell; cells that no good run has executed are not there. */
export function usualByCell(usual: IUsual | null): ReadonlyMap<number, number> {
  const known = (usual?.cells ?? []).filter(
    (one): one is { cell: number; seconds: number } => one.seconds !== null
  );
  return new Map(known.map(one => [one.cell, one.seconds]));
}

/** So much longer than usual is slow; what passes in a second never is. */
const SLOW = 1.5;
const SHORT = 1;

export function isSlow(seconds: number | null, usual: number | null): boolean {
  return (
    seconds !== null &&
    usual !== null &&
    seconds >= SHORT &&
    seconds > usual * SLOW
  );
}

/** Seconds until the end if all goes as usual; null where a cell to come is not known. */
export function secondsLeft(bars: readonly IBar[], now: Date): number | null {
  let left = 0;
  for (const bar of bars) {
    if (bar.phase === 'waiting' || bar.phase === 'running') {
      if (bar.usual === null) {
        return null;
      }
      left += Math.max(0, bar.usual - (barSeconds(bar, now) ?? 0));
    }
  }
  return left;
}

/** What is under way against what is usual: "Cell 7 usually takes 40 s · about 3 min left". */
export function outlook(
  bars: readonly IBar[],
  now: Date,
  trans: TranslationBundle
): string {
  const running = bars.find(bar => bar.phase === 'running');
  if (!running) {
    return '';
  }
  const number = cellNumber(running.source);
  const { usual } = running;
  const parts: string[] = [];
  if (usual !== null) {
    const took = formatDuration(usual);
    parts.push(
      isSlow(barSeconds(running, now), usual)
        ? trans.__('Cell %1 takes longer than usual (%2)', number, took)
        : trans.__('Cell %1 usually takes %2', number, took)
    );
  }
  const left = secondsLeft(bars, now);
  if (left !== null && left >= SHORT) {
    parts.push(trans.__('about %1 left', formatDuration(Math.ceil(left))));
  }
  return parts.join(' · ');
}
