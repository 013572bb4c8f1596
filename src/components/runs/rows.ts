import {
  daysAgo,
  formatDate,
  formatParameters,
  pageLocale
} from '../common/format';
import type { IRun } from '../common/types';
import type { TranslationBundle } from '@jupyterlab/translation';

/** What the list shows: a day's heading or a run. */
export type IRow =
  | {
      readonly kind: 'day';
      readonly label: string;
      readonly count: number;
      /** The day's newest run: names the heading apart from others. */
      readonly first: number;
    }
  | { readonly kind: 'run'; readonly run: IRun };

export interface IRunFilter {
  readonly state: IRun['state'] | '';
  readonly trigger: IRun['trigger'] | '';
  readonly text: string;
}

export const noFilter: IRunFilter = { state: '', trigger: '', text: '' };

/** The moment a row stands for: when it began, else when it should have. */
export function runMoment(run: IRun): string {
  return run.started_at ?? run.due_at ?? run.created_at;
}

function haystack(run: IRun): string {
  return [
    `#${run.id}`,
    formatParameters(run.parameters),
    run.reason ?? '',
    `v${run.version}`
  ]
    .join(' ')
    .toLowerCase();
}

/** Runs that fulfil every part of the filter; each word of the text must occur. */
export function filterRuns(
  runs: readonly IRun[],
  filter: IRunFilter
): readonly IRun[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!filter.state && !filter.trigger && words.length === 0) {
    return runs;
  }
  return runs.filter(run => {
    if (filter.state && run.state !== filter.state) {
      return false;
    }
    if (filter.trigger && run.trigger !== filter.trigger) {
      return false;
    }
    const text = words.length ? haystack(run) : '';
    return words.every(word => text.includes(word));
  });
}

/** "Today", "Yesterday", "Mon, 12 Nov". */
export function dayLabel(
  moment: Date,
  now: Date,
  trans: TranslationBundle
): string {
  const days = daysAgo(moment, now);
  if (days === 0) {
    return trans.__('Today');
  }
  if (days === 1) {
    return trans.__('Yesterday');
  }
  const weekday = moment.toLocaleDateString(pageLocale(), { weekday: 'long' });
  return `${weekday}, ${formatDate(moment, now)}`;
}

/** Runs, newest first, with a heading before each day. */
export function groupByDay(
  runs: readonly IRun[],
  now: Date,
  trans: TranslationBundle
): IRow[] {
  const rows: IRow[] = [];
  for (const group of days(runs)) {
    const label = dayLabel(new Date(runMoment(group[0])), now, trans);
    rows.push({
      kind: 'day',
      label,
      count: group.length,
      first: group[0].id
    });
    rows.push(...group.map(run => ({ kind: 'run' as const, run })));
  }
  return rows;
}

function days(runs: readonly IRun[]): IRun[][] {
  const groups: IRun[][] = [];
  let last = '';
  for (const run of runs) {
    const day = new Date(runMoment(run)).toDateString();
    if (day !== last) {
      groups.push([]);
      last = day;
    }
    groups[groups.length - 1].push(run);
  }
  return groups;
}

/** The known runs with newer news of some of them, newest first. */
export function mergeRuns(
  known: readonly IRun[],
  news: readonly IRun[]
): IRun[] {
  const byId = new Map(known.map(run => [run.id, run]));
  news.forEach(run => byId.set(run.id, run));
  return [...byId.values()].sort((a, b) => b.id - a.id);
}
