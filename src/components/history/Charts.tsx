import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import { ErrorNotice } from '../common';
import { Chart } from './Chart';
import type { IPoint } from './Chart';
import { formatNumber, metricPoints, orderMetrics } from './metrics';
import type { IMetricSeries, IPast } from './history';

/** Charts of metrics that are open from the start. */
const OPEN = 2;

export interface IChartsProps {
  name: string;
  api: DeployApi;
  /** Newest first. */
  runs: readonly IPast[];
  metrics: readonly IMetricSeries[];
  format: (seconds: number) => string;
  onOpen: (run: number) => void;
  trans: TranslationBundle;
}

function durationPoints(runs: readonly IPast[]): IPoint[] {
  return runs
    .filter(run => run.seconds !== null)
    .map(run => ({
      run: run.id,
      at: run.at,
      value: run.seconds,
      failed: run.state === 'failed'
    }))
    .reverse();
}

/** The whole series of one metric, asked for when it is shown. */
function MetricChart(
  props: IChartsProps & { metric: IMetricSeries }
): JSX.Element {
  const { api, name, metric, runs, trans } = props;
  const [series, setSeries] = React.useState(metric);
  const [error, setError] = React.useState<unknown>(null);
  React.useEffect(() => {
    let current = true;
    api.metrics(name, [metric.name], runs.length).then(
      found => current && found.length > 0 && setSeries(found[0]),
      problem => current && setError(problem)
    );
    return () => {
      current = false;
    };
  }, [api, name, metric.name, runs.length]);
  const points = React.useMemo(
    () => metricPoints(series, runs),
    [series, runs]
  );
  if (error) {
    return <ErrorNotice error={error} trans={trans} />;
  }
  const label = metric.unit ? `${metric.name} (${metric.unit})` : metric.name;
  return (
    <Chart
      label={label}
      points={points}
      format={formatNumber}
      onOpen={props.onOpen}
      trans={trans}
    />
  );
}

/** Duration and metrics over the runs. */
export function Charts(props: IChartsProps): JSX.Element {
  const { runs, trans } = props;
  const metrics = React.useMemo(
    () => orderMetrics(props.metrics),
    [props.metrics]
  );
  const [shown, setShown] = React.useState<readonly string[]>(() =>
    metrics.slice(0, OPEN).map(metric => metric.name)
  );
  const points = React.useMemo(() => durationPoints(runs), [runs]);
  const rest = metrics.filter(metric => !shown.includes(metric.name));
  return (
    <div className="jp-deploy-Charts">
      <Chart
        label={trans.__('Duration')}
        points={points}
        format={props.format}
        onOpen={props.onOpen}
        trans={trans}
      />
      {metrics
        .filter(metric => shown.includes(metric.name))
        .map(metric => (
          <MetricChart key={metric.name} {...props} metric={metric} />
        ))}
      {rest.length > 0 && (
        <label className="jp-deploy-Charts-more">
          {trans.__('Another metric')}
          <select
            className="jp-mod-styled"
            value=""
            onChange={event => setShown([...shown, event.target.value])}
          >
            <option value="">{trans.__('Choose…')}</option>
            {rest.map(metric => (
              <option key={metric.name} value={metric.name}>
                {metric.name}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
