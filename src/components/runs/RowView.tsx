import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import {
  Duration,
  ProgressBar,
  RelativeTime,
  StateIcon,
  formatClock,
  formatParameters,
  triggerWord
} from '../common';
import type { IRun } from '../common';
import { isOpen } from '../run/verdict';
import { isComparable } from './choice';
import { runMoment } from './rows';

/** Pixels; style/deployment.css says the same. */
export const ROW_HEIGHT = 30;

export interface IRowViewProps {
  run: IRun;
  index: number;
  active: boolean;
  id: string;
  trans: TranslationBundle;
  onOpen: (run: IRun) => void;
  onCancel: (run: IRun) => void;
  cancelling: boolean;
  /** Whether it is chosen to be compared. */
  chosen: boolean;
  onChoose: (run: IRun) => void;
}

function Details({ run, trans }: IRowViewProps): JSX.Element {
  if (run.state === 'running' && run.progress) {
    return <ProgressBar progress={run.progress} trans={trans} />;
  }
  const parameters = formatParameters(run.parameters);
  return (
    <span
      className="jp-deploy-Row-text"
      title={[run.reason, parameters].filter(Boolean).join('\n')}
    >
      {run.reason}
      {run.reason && parameters && ' · '}
      <span className="jp-deploy-Muted">{parameters}</span>
    </span>
  );
}

/** One run as a row of the grid. */
export function RowView(props: IRowViewProps): JSX.Element {
  const { run, trans } = props;
  const at = runMoment(run);
  return (
    <div
      id={props.id}
      role="row"
      aria-rowindex={props.index + 1}
      aria-selected={props.active}
      className={`jp-deploy-Row${props.active ? ' jp-mod-active' : ''}`}
      onClick={() => props.onOpen(run)}
    >
      <span role="gridcell" className="jp-deploy-Row-choice">
        <Choice {...props} />
        <StateIcon state={run.state} verdict={run.verdict} trans={trans} />
      </span>
      <span role="gridcell" className="jp-deploy-Row-started">
        {formatClock(new Date(at))}{' '}
        <span className="jp-deploy-Muted">
          <RelativeTime at={at} style="short" />
        </span>
      </span>
      <span role="gridcell" className="jp-deploy-Row-duration">
        <Duration
          seconds={run.duration}
          since={run.state === 'running' ? run.started_at : null}
        />
      </span>
      <span role="gridcell" className="jp-deploy-Row-details">
        <Details {...props} />
      </span>
      <span role="gridcell" className="jp-deploy-Row-version">
        {run.version}
      </span>
      <span role="gridcell" className="jp-deploy-Row-trigger">
        {triggerWord(run.trigger, trans)}
      </span>
      <span role="gridcell" className="jp-deploy-Row-action">
        {isOpen(run) ? <CancelButton {...props} /> : `#${run.id}`}
      </span>
    </div>
  );
}

/** The keyboard chooses with the space bar, from the list. */
function Choice(props: IRowViewProps): JSX.Element {
  const { run, trans } = props;
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      aria-label={trans.__('Compare run %1', run.id)}
      title={trans.__('Choose two runs to compare them')}
      disabled={!isComparable(run)}
      checked={props.chosen}
      onClick={event => event.stopPropagation()}
      onChange={() => props.onChoose(run)}
    />
  );
}

function CancelButton(props: IRowViewProps): JSX.Element {
  const { run, trans, onCancel, cancelling } = props;
  return (
    <button
      type="button"
      className="jp-Button jp-mod-styled jp-mod-minimal jp-deploy-Row-cancel"
      disabled={cancelling}
      aria-label={trans.__('Cancel run %1', run.id)}
      onClick={event => {
        event.stopPropagation();
        onCancel(run);
      }}
    >
      {cancelling ? trans.__('Stopping…') : trans.__('Cancel')}
    </button>
  );
}
