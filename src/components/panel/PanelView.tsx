import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type {
  IDeploymentSummary,
  IEngineStatus,
  IModelState
} from '../../tokens';
import { ErrorNotice, VirtualList } from '../common';
import { DeploymentRow, ROW_HEIGHT } from './DeploymentRow';
import { arrange } from './order';

export interface IPanelActions {
  open: (deployment: IDeploymentSummary) => void;
  showMenu: (deployment: IDeploymentSummary, x: number, y: number) => void;
  deploy: () => void;
  refresh: () => void;
}

export interface IPanelViewProps {
  state: IModelState;
  error: Error | null;
  deployments: readonly IDeploymentSummary[];
  engine: IEngineStatus | null;
  actions: IPanelActions;
  trans: TranslationBundle;
}

/** The side panel: one row for each deployment. */
export function PanelView(props: IPanelViewProps): JSX.Element {
  const { state, deployments, actions, trans } = props;
  if (state === 'unsupported') {
    return (
      <p className="jp-deploy-Empty">
        {trans.__(
          'This page has no Jupyter server that can run deployments. Install jupyterlab-deploy where the server runs, and restart it.'
        )}
      </p>
    );
  }
  return (
    <>
      <p className="jp-deploy-Panel-engine" role="status">
        {engineLine(props)}
      </p>
      {state === 'unreachable' && (
        <ErrorNotice
          error={props.error}
          title={trans.__('The deployments cannot be read now.')}
          retry={actions.refresh}
          trans={trans}
        />
      )}
      {state === 'loading' && (
        <p className="jp-deploy-Empty">{trans.__('Loading deployments…')}</p>
      )}
      {state === 'ready' && deployments.length === 0 && <Empty {...props} />}
      {deployments.length > 0 && <List {...props} />}
    </>
  );
}

function engineLine({ state, engine, trans }: IPanelViewProps): string {
  if (state === 'unreachable') {
    return trans.__('The engine does not answer.');
  }
  if (!engine) {
    return '';
  }
  if (!engine.running) {
    return trans.__('The engine rests and starts when it is needed.');
  }
  const busy = trans.__(
    '%1 of %2 slots in use',
    engine.running_runs ?? 0,
    engine.slots ?? 0
  );
  return engine.queued
    ? trans.__('Engine running · %1 · %2 waiting', busy, engine.queued)
    : trans.__('Engine running · %1', busy);
}

function Empty({ actions, trans }: IPanelViewProps): JSX.Element {
  return (
    <div className="jp-deploy-Empty">
      <p>
        {trans.__(
          'Nothing is deployed yet. Deploy a notebook, and it runs here whether or not it is open.'
        )}
      </p>
      <button
        type="button"
        className="jp-Button jp-mod-styled jp-mod-accept"
        onClick={actions.deploy}
      >
        {trans.__('Deploy a notebook')}
      </button>
    </div>
  );
}

function List(props: IPanelViewProps): JSX.Element {
  const { deployments, actions, trans } = props;
  const [text, setText] = React.useState('');
  const rows = React.useMemo(
    () => arrange(deployments, text),
    [deployments, text]
  );
  return (
    <>
      <input
        type="search"
        className="jp-mod-styled jp-deploy-Panel-filter"
        aria-label={trans.__('Filter deployments')}
        placeholder={trans.__('Filter deployments')}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      {rows.length === 0 && (
        <p className="jp-deploy-Empty">
          {trans.__('No deployment matches the filter.')}
        </p>
      )}
      <VirtualList
        rows={rows}
        rowHeight={ROW_HEIGHT}
        keyOf={row => row.name}
        label={trans.__('Deployments')}
        onOpen={actions.open}
        onMenu={actions.showMenu}
        renderRow={(deployment, index, active, id) => (
          <DeploymentRow
            deployment={deployment}
            index={index}
            active={active}
            id={id}
            onOpen={actions.open}
            onMenu={actions.showMenu}
            trans={trans}
          />
        )}
      />
    </>
  );
}
