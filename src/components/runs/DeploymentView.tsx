import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import { ErrorNotice, StateIcon, useNow } from '../common';
import type { IDeployment, IRun } from '../common';
import { RunsView } from './RunsView';
import { VersionsView } from './VersionsView';
import type { RunsStore } from './store';
import { deploymentLine } from './summary';

export interface IDeploymentActions {
  runNow: (deployment: IDeployment) => void;
  setPaused: (deployment: IDeployment, paused: boolean) => void;
  openNotebook: (deployment: IDeployment) => void;
  openRun: (run: IRun) => void;
  cancel: (run: IRun) => void;
}

export interface IDeploymentViewProps {
  store: RunsStore;
  api: DeployApi;
  actions: IDeploymentActions;
  /** What the last click met, shown until the next one. */
  problem: unknown;
  /** A click is being worked on. */
  busy: boolean;
  trans: TranslationBundle;
}

function Header(
  props: IDeploymentViewProps & { deployment: IDeployment }
): JSX.Element {
  const { deployment, trans } = props;
  const now = useNow(30_000);
  const last = deployment.last_run;
  return (
    <header className="jp-deploy-Header">
      <div className="jp-deploy-Header-text">
        <h2>
          <StateIcon
            state={last?.state ?? null}
            verdict={last?.verdict}
            trans={trans}
            word={false}
          />
          {deployment.name}
        </h2>
        <p>{deploymentLine(deployment, now, trans).join(' · ')}</p>
      </div>
      <Actions {...props} />
    </header>
  );
}

function Actions(
  props: IDeploymentViewProps & { deployment: IDeployment }
): JSX.Element {
  const { deployment, actions, busy, trans } = props;
  return (
    <div className="jp-deploy-Actions">
      <button
        type="button"
        className="jp-Button jp-mod-styled jp-mod-accept"
        disabled={busy}
        onClick={() => actions.runNow(deployment)}
      >
        {trans.__('Run now')}
      </button>
      {deployment.schedule && (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-reject"
          disabled={busy}
          onClick={() => actions.setPaused(deployment, !deployment.paused)}
        >
          {deployment.paused ? trans.__('Resume') : trans.__('Pause')}
        </button>
      )}
      <button
        type="button"
        className="jp-Button jp-mod-styled jp-mod-reject"
        onClick={() => actions.openNotebook(deployment)}
      >
        {trans.__('Open notebook')}
      </button>
    </div>
  );
}

type ITab = 'runs' | 'versions';

function Tabs(props: {
  tab: ITab;
  onChange: (tab: ITab) => void;
  id: string;
  trans: TranslationBundle;
}): JSX.Element {
  const names: Record<ITab, string> = {
    runs: props.trans.__('Runs'),
    versions: props.trans.__('Versions')
  };
  const other: ITab = props.tab === 'runs' ? 'versions' : 'runs';
  const bar = React.useRef<HTMLDivElement>(null);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      props.onChange(other);
      bar.current?.querySelector<HTMLElement>(`[data-tab=${other}]`)?.focus();
    }
  };
  return (
    <div
      ref={bar}
      className="jp-deploy-Tabs"
      role="tablist"
      onKeyDown={onKeyDown}
    >
      {(['runs', 'versions'] as const).map(tab => (
        <button
          key={tab}
          type="button"
          role="tab"
          data-tab={tab}
          id={`${props.id}-${tab}`}
          aria-selected={tab === props.tab}
          aria-controls={`${props.id}-panel`}
          tabIndex={tab === props.tab ? 0 : -1}
          onClick={() => props.onChange(tab)}
        >
          {names[tab]}
        </button>
      ))}
    </div>
  );
}

/** The page of one deployment. */
export function DeploymentView(props: IDeploymentViewProps): JSX.Element {
  const { store, api, actions, trans } = props;
  const [tab, setTab] = React.useState<ITab>('runs');
  const id = React.useId();
  const deployment = store.deployment;
  return (
    <div className="jp-deploy-Deployment">
      {deployment ? (
        <Header {...props} deployment={deployment} />
      ) : (
        <header className="jp-deploy-Header">
          <h2>{store.name}</h2>
        </header>
      )}
      {props.problem ? (
        <ErrorNotice error={props.problem} trans={trans} />
      ) : null}
      <Tabs tab={tab} onChange={setTab} id={id} trans={trans} />
      <div
        className="jp-deploy-TabPanel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${tab}`}
      >
        {tab === 'runs' ? (
          <RunsView
            store={store}
            trans={trans}
            onOpen={actions.openRun}
            onCancel={actions.cancel}
          />
        ) : (
          <VersionsView
            name={store.name}
            live={deployment?.version}
            api={api}
            trans={trans}
          />
        )}
      </div>
    </div>
  );
}
