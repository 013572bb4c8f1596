import { pageLocale } from '../common/format';
import type { IPoint } from './Chart';
import type { IMetricSeries, IPast } from './history';

/** Recorded ones first, then by name. */
export function orderMetrics(
  metrics: readonly IMetricSeries[]
): IMetricSeries[] {
  return [...metrics].sort(
    (a, b) =>
      Number(a.source !== 'sdk') - Number(b.source !== 'sdk') ||
      a.name.localeCompare(b.name)
  );
}

/** What is no number leaves a gap. */
export function metricPoints(
  series: IMetricSeries,
  runs: readonly IPast[]
): IPoint[] {
  const byId = new Map(runs.map(run => [run.id, run]));
  return series.values.flatMap(({ run, value }) => {
    const past = byId.get(run);
    return past
      ? [
          {
            run,
            at: past.at,
            value: typeof value === 'number' ? value : null,
            failed: past.state === 'failed'
          }
        ]
      : [];
  });
}

export function formatNumber(value: number): string {
  return value.toLocaleString(pageLocale(), { maximumSignificantDigits: 6 });
}
