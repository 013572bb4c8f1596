import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import { ErrorNotice, formatDuration, useNow } from '../common';
import { Calendar } from './Calendar';
import { Charts } from './Charts';
import { historySentence, pastRuns } from './history';
import type { IHistory, IMetricSeries } from './history';
import { Matrix } from './Matrix';

/** Runs that the page shows. */
const MOST = 10_000;

export interface IHistoryViewProps {
  name: string;
  api: DeployApi;
  onOpen: (run: number) => void;
  trans: TranslationBundle;
}

interface ILoaded {
  readonly history: IHistory;
  readonly metrics: readonly IMetricSeries[];
}

async function load(api: DeployApi, name: string): Promise<ILoaded> {
  const [history, metrics] = await Promise.all([
    api.history(name, MOST),
    api.metrics(name)
  ]);
  return { history, metrics };
}

/** How the runs of a deployment went: since when it fails, cells over runs, charts, due times. */
export function HistoryView(props: IHistoryViewProps): JSX.Element {
  const { name, api, trans } = props;
  const [loaded, setLoaded] = React.useState<ILoaded | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const refresh = React.useCallback(() => {
    setError(null);
    load(api, name).then(setLoaded, setError);
  }, [api, name]);
  React.useEffect(refresh, [refresh]);
  const now = useNow(60_000);
  const runs = React.useMemo(
    () => (loaded ? pastRuns(loaded.history) : []),
    [loaded]
  );
  const byId = React.useMemo(
    () => new Map(runs.map(run => [run.id, run])),
    [runs]
  );
  if (error) {
    return (
      <ErrorNotice
        error={error}
        trans={trans}
        title={trans.__('The history could not be loaded.')}
        retry={refresh}
      />
    );
  }
  if (!loaded) {
    return <p className="jp-deploy-Empty">{trans.__('Loading history…')}</p>;
  }
  const { history, metrics } = loaded;
  return (
    <div
      className="jp-deploy-Reading"
      tabIndex={0}
      role="region"
      aria-label={trans.__('History')}
    >
      <p>
        {historySentence(history, now, trans)}{' '}
        <button type="button" className="jp-deploy-Link" onClick={refresh}>
          {trans.__('Refresh')}
        </button>
      </p>
      {history.matrix.cells.length > 0 && (
        <section>
          <h3>{trans.__('Cells over runs')}</h3>
          <Matrix
            matrix={history.matrix}
            runs={byId}
            onOpen={props.onOpen}
            trans={trans}
          />
        </section>
      )}
      {runs.length > 0 && (
        <section>
          <h3>{trans.__('Charts')}</h3>
          <Charts
            name={name}
            api={api}
            runs={runs}
            metrics={metrics}
            format={formatDuration}
            onOpen={props.onOpen}
            trans={trans}
          />
        </section>
      )}
      <section>
        <h3>{trans.__('Due times')}</h3>
        <Calendar
          runs={runs}
          more={history.more}
          onOpen={props.onOpen}
          trans={trans}
        />
      </section>
    </div>
  );
}
