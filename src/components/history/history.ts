import type { TranslationBundle } from '@jupyterlab/translation';
import type { components } from '../../api/schema';
import { formatDuration } from '../common/format';
import { dayAndClock } from '../runs/summary';

export type IHistory = components['schemas']['History'];
export type ICellHistory = components['schemas']['CellHistory'];
export type IMetricSeries = components['schemas']['MetricSeries'];
type IRunState = components['schemas']['RunState'];

/** One run of the history. */
export interface IPast {
  readonly id: number;
  readonly at: Date;
  readonly state: IRunState;
  readonly verdict: string | null;
  readonly due: boolean;
  readonly seconds: number | null;
  readonly cell: number | null;
  readonly reason: string | null;
}

/** The columns of the answer as runs, newest first. */
export function pastRuns(history: IHistory): IPast[] {
  const { id, at, state, verdict, due, seconds, cell, reason } = history.runs;
  return id.map((number, index) => ({
    id: number,
    at: new Date(at[index]),
    state: state[index],
    verdict: verdict[index],
    due: due[index],
    seconds: seconds[index],
    cell: cell[index],
    reason: reason[index]
  }));
}

/** How it goes, in one sentence. */
export function historySentence(
  history: IHistory,
  now: Date,
  trans: TranslationBundle
): string {
  const { failing, usual, runs } = history;
  if (runs.id.length === 0) {
    return trans.__('Nothing has run yet.');
  }
  const takes =
    usual === null
      ? ''
      : trans.__('A good run takes %1.', formatDuration(usual));
  if (!failing) {
    return takes || trans.__('No run has ended yet.');
  }
  const since = dayAndClock(failing.since.at, now, trans);
  const { cell } = failing;
  const fails =
    cell === null || failing.since.cell !== cell
      ? trans.__('Fails since %1 (run %2).', since, failing.since.run)
      : trans.__(
          'Fails in cell %1 since %2 (run %3).',
          cell + 1,
          since,
          failing.since.run
        );
  const moved =
    cell === null || failing.since.cell === cell
      ? ''
      : trans.__('Now it is cell %1.', cell + 1);
  const good = failing.last_good
    ? trans.__('The last good one was run %1.', failing.last_good.run)
    : trans.__('No run before was good.');
  return [fails, moved, good, takes].filter(Boolean).join(' ');
}

export type IMark =
  'none' | 'usual' | 'slow' | 'slower' | 'failed' | 'skipped' | 'unfinished';

/** A cell is slow when it takes so much longer than usual. */
const SLOW = 1.5;
const SLOWER = 3;
/** Seconds: what passes in less is never slow. */
const SHORT = 1;

/** How a cell went in one run: what colour and sign tell. */
export function markOf(row: ICellHistory, run: number): IMark {
  const seconds = row.seconds[run];
  switch (row.status[run]) {
    case null:
    case undefined:
      return 'none';
    case 'error':
      return 'failed';
    case 'skipped':
      return 'skipped';
    case 'unfinished':
      return 'unfinished';
  }
  const share = row.usual && seconds !== null ? seconds / row.usual : 1;
  if (seconds === null || seconds < SHORT || share < SLOW) {
    return 'usual';
  }
  return share < SLOWER ? 'slow' : 'slower';
}

export function markWord(mark: IMark, trans: TranslationBundle): string {
  switch (mark) {
    case 'none':
      return trans.__('not run');
    case 'usual':
      return trans.__('as usual');
    case 'slow':
      return trans.__('slower than usual');
    case 'slower':
      return trans.__('much slower than usual');
    case 'failed':
      return trans.__('failed');
    case 'skipped':
      return trans.__('skipped');
    case 'unfinished':
      return trans.__('cut off');
  }
}

/** One day of the calendar with the runs that were due on it, earliest first. */
export interface IDay {
  readonly date: Date;
  readonly inMonth: boolean;
  readonly runs: readonly IPast[];
}

/** Key of a local day. */
export function dayKey(at: Date): string {
  return `${at.getFullYear()}-${at.getMonth()}-${at.getDate()}`;
}

/** The weeks of a month, Monday first; `month` is any moment of it. */
export function weeksOf(month: Date, runs: readonly IPast[]): IDay[][] {
  const byDay = new Map<string, IPast[]>();
  for (const run of [...runs].reverse()) {
    if (run.due) {
      const key = dayKey(run.at);
      byDay.set(key, [...(byDay.get(key) ?? []), run]);
    }
  }
  const first = new Date(month.getFullYear(), month.getMonth(), 1);
  const last = new Date(month.getFullYear(), month.getMonth() + 1, 0);
  const before = (first.getDay() + 6) % 7;
  const weeks = Math.ceil((before + last.getDate()) / 7);
  return [...Array(weeks).keys()].map(week =>
    [...Array(7).keys()].map(weekday => {
      const date = new Date(
        first.getFullYear(),
        first.getMonth(),
        1 - before + week * 7 + weekday
      );
      return {
        date,
        inMonth: date.getMonth() === month.getMonth(),
        runs: byDay.get(dayKey(date)) ?? []
      };
    })
  );
}

/** How many runs of each state, the most telling state first. */
export function countStates(runs: readonly IPast[]): [IRunState, number][] {
  const order: IRunState[] = [
    'failed',
    'missed',
    'running',
    'queued',
    'cancelled',
    'skipped',
    'succeeded'
  ];
  return order
    .map(state => [state, runs.filter(run => run.state === state).length])
    .filter((one): one is [IRunState, number] => Number(one[1]) > 0);
}
