import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IRun } from '../common';
import { metricRows } from './metrics';

export interface IMetricsSectionProps {
  run: IRun;
  /** The last good run before this one; null where there is none. */
  lastGood: IRun | null;
  trans: TranslationBundle;
}

/** So many are searched rather than read. */
const MANY = 12;

/** The numbers of a run, and how they changed since the last good one. */
export function MetricsSection(
  props: IMetricsSectionProps
): JSX.Element | null {
  const { run, lastGood, trans } = props;
  const [text, setText] = React.useState('');
  const rows = React.useMemo(
    () =>
      metricRows(run.metrics, lastGood?.metrics ?? null, {
        fresh: trans.__('new'),
        was: value => trans.__('was %1', value)
      }),
    [run.metrics, lastGood, trans]
  );
  if (rows.length === 0) {
    return null;
  }
  const wanted = text.trim().toLowerCase();
  const found = rows.filter(row => row.name.toLowerCase().includes(wanted));
  return (
    <section>
      <h3 id={`jp-deploy-metrics-${run.id}`}>{trans.__('Metrics')}</h3>
      {rows.length > MANY && (
        <input
          type="search"
          className="jp-mod-styled jp-deploy-MetricSearch"
          value={text}
          aria-label={trans.__('Search metrics')}
          placeholder={trans._n('%1 metric', '%1 metrics', rows.length)}
          onChange={event => setText(event.target.value)}
        />
      )}
      <div
        className="jp-deploy-Metrics"
        role="group"
        aria-labelledby={`jp-deploy-metrics-${run.id}`}
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col">{trans.__('Value')}</th>
              {lastGood && (
                <th scope="col">{trans.__('Since run %1', lastGood.id)}</th>
              )}
            </tr>
          </thead>
          <tbody>
            {found.map(row => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <td>{row.value}</td>
                {lastGood && <td>{row.change}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
