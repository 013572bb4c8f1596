import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorNotice, VirtualList, useNow } from '../common';
import type { IRun } from '../common';
import { choose, isComparable } from './choice';
import { CompareBar } from './CompareBar';
import { Filters } from './Filters';
import { ROW_HEIGHT, RowView } from './RowView';
import { filterRuns, groupByDay, noFilter } from './rows';
import type { IRow, IRunFilter } from './rows';
import type { RunsStore } from './store';

export interface IRunsViewProps {
  store: RunsStore;
  trans: TranslationBundle;
  onOpen: (run: IRun) => void;
  onCancel: (run: IRun) => void;
  onCompare: (a: number, b: number) => void;
}

function keyOf(row: IRow): string {
  return row.kind === 'run' ? `run-${row.run.id}` : `day-${row.first}`;
}

function Header({ trans }: { trans: TranslationBundle }): JSX.Element {
  return (
    <div role="row" className="jp-deploy-Row jp-deploy-Row-header">
      <span role="columnheader">{trans.__('State')}</span>
      <span role="columnheader" className="jp-deploy-Row-started">
        {trans.__('Started')}
      </span>
      <span role="columnheader" className="jp-deploy-Row-duration">
        {trans.__('Duration')}
      </span>
      <span role="columnheader" className="jp-deploy-Row-details">
        {trans.__('Details')}
      </span>
      <span role="columnheader" className="jp-deploy-Row-version">
        {trans.__('Version')}
      </span>
      <span role="columnheader" className="jp-deploy-Row-trigger">
        {trans.__('Started by')}
      </span>
      <span role="columnheader" className="jp-deploy-Row-action">
        {trans.__('Run')}
      </span>
    </div>
  );
}

function Day(props: {
  row: IRow & { kind: 'day' };
  index: number;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <div
      role="row"
      aria-rowindex={props.index + 1}
      className="jp-deploy-Row-day"
    >
      <span role="gridcell">
        {props.row.label}{' '}
        <span className="jp-deploy-Muted">
          {props.trans._n('%1 run', '%1 runs', props.row.count)}
        </span>
      </span>
    </div>
  );
}

/** Why the list holds nothing, in one sentence. */
function Nothing(props: {
  store: RunsStore;
  filtered: boolean;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { store, trans } = props;
  if (!store.loaded || store.loadingMore) {
    return <p className="jp-deploy-Empty">{trans.__('Loading runs…')}</p>;
  }
  if (store.error) {
    return null;
  }
  return (
    <p className="jp-deploy-Empty">
      {props.filtered
        ? trans.__('No run matches the filter.')
        : trans.__('Nothing has run yet. “Run now” starts the first run.')}
    </p>
  );
}

/** The runs of a deployment by day, with filters. */
export function RunsView(props: IRunsViewProps): JSX.Element {
  const { store, trans } = props;
  const [filter, setFilter] = React.useState<IRunFilter>({
    ...noFilter,
    state: store.state
  });
  const [chosen, setChosen] = React.useState<readonly number[]>([]);
  const toggle = (run: IRun): void => {
    if (isComparable(run)) {
      setChosen(choose(chosen, run.id));
    }
  };
  const today = useNow(60_000);
  const runs = store.runs;
  const found = React.useMemo(() => filterRuns(runs, filter), [runs, filter]);
  const rows = React.useMemo(
    () => groupByDay(found, today, trans),
    [found, today, trans]
  );
  // Anew with every change: a filter may hide a whole page, and the end stays in sight.
  const onEnd = React.useCallback(() => void store.more(), [store, runs]);
  const change = (changed: IRunFilter): void => {
    setFilter(changed);
    if (changed.state !== store.state) {
      store.setState(changed.state);
    }
  };
  const filtered = Boolean(filter.state || filter.trigger || filter.text);
  const more = store.next === null ? '' : '+';
  return (
    <div className="jp-deploy-Runs">
      <Filters
        filter={filter}
        onChange={change}
        trans={trans}
        summary={trans._n('%1%2 run', '%1%2 runs', found.length, more)}
      />
      <CompareBar
        chosen={chosen}
        onCompare={props.onCompare}
        onClear={() => setChosen([])}
        trans={trans}
      />
      {store.error ? (
        <ErrorNotice
          error={store.error}
          trans={trans}
          title={trans.__('The runs could not be loaded.')}
          retry={() => store.hint()}
        />
      ) : null}
      {rows.length === 0 && (
        <Nothing store={store} filtered={filtered} trans={trans} />
      )}
      <VirtualList
        rows={rows}
        rowHeight={ROW_HEIGHT}
        keyOf={keyOf}
        label={trans.__('Runs')}
        header={<Header trans={trans} />}
        isHeading={row => row.kind === 'day'}
        onOpen={row => row.kind === 'run' && props.onOpen(row.run)}
        onToggle={row => row.kind === 'run' && toggle(row.run)}
        onEnd={onEnd}
        renderRow={(row, index, active, id) =>
          row.kind === 'day' ? (
            <Day row={row} index={index} trans={trans} />
          ) : (
            <RowView
              run={row.run}
              index={index}
              active={active}
              id={id}
              trans={trans}
              onOpen={props.onOpen}
              onCancel={props.onCancel}
              cancelling={store.cancelling.has(row.run.id)}
              chosen={chosen.includes(row.run.id)}
              onChoose={toggle}
            />
          )
        }
      />
    </div>
  );
}
