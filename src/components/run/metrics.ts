import { pageLocale } from '../common/format';
import type { IRun } from '../common/types';

type IValue = IRun['metrics'][string];

export interface IMetricRow {
  readonly name: string;
  readonly value: string;
  /** Against the last good run: "+0.02", "new", "was 3"; empty when nothing is to be said. */
  readonly change: string;
  readonly changed: boolean;
}

/** So small a share of the values is rounding, as in a comparison of runs. */
const ROUNDING = 1e-9;

/** What a change is said with. */
export interface IWords {
  readonly fresh: string;
  was(value: string): string;
}

/** The run's metrics, those that changed first; without a run to compare with no change. */
export function metricRows(
  metrics: IRun['metrics'],
  before: IRun['metrics'] | null,
  words: IWords
): IMetricRow[] {
  const rows = Object.entries(metrics).map(([name, value]) => {
    const change = before ? changeOf(value, before[name], words) : '';
    return {
      name,
      value: formatMetric(value),
      change,
      changed: change !== ''
    };
  });
  return rows.sort((a, b) => Number(b.changed) - Number(a.changed));
}

export function formatMetric(value: IValue): string {
  switch (value) {
    case 'nan':
      return 'NaN';
    case 'inf':
      return '∞';
    case '-inf':
      return '−∞';
    default:
      return Number(value).toLocaleString(pageLocale(), {
        maximumSignificantDigits: 6
      });
  }
}

function changeOf(
  value: IValue,
  before: IValue | undefined,
  words: IWords
): string {
  if (before === undefined) {
    return words.fresh;
  }
  if (value === before) {
    return '';
  }
  if (typeof value !== 'number' || typeof before !== 'number') {
    return words.was(formatMetric(before));
  }
  const size = Math.max(Math.abs(value), Math.abs(before));
  if (Math.abs(value - before) <= ROUNDING * size) {
    return '';
  }
  return (value - before).toLocaleString(pageLocale(), {
    maximumSignificantDigits: 3,
    signDisplay: 'exceptZero'
  });
}
