import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import { ErrorNotice, StateIcon, useNow } from '../common';
import type { IDeployment, IRun } from '../common';
import { candidateWord } from '../panel/order';
import { DriftLine } from './DriftLine';
import { RunsView } from './RunsView';
import { VersionsView } from './VersionsView';
import type { RunsStore } from './store';
import { deploymentLine } from './summary';

/** Loaded when it is opened: the charts have a library of their own. */
const HistoryView = React.lazy(async () => ({
  default: (await import('../history/HistoryView')).HistoryView
}));

const PublishedView = React.lazy(async () => ({
  default: (await import('../published/PublishedView')).PublishedView
}));

export interface IDeploymentActions {
  runNow: (deployment: IDeployment) => void;
  setPaused: (deployment: IDeployment, paused: boolean) => void;
  openNotebook: (deployment: IDeployment) => void;
  openRun: (run: Pick<IRun, 'id'>) => void;
  cancel: (run: IRun) => void;
  compare: (a: number, b: number) => void;
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
        <Candidate {...props} />
        <DriftLine
          name={deployment.name}
          live={deployment.version}
          api={props.api}
          trans={trans}
        />
      </div>
      <Actions {...props} />
    </header>
  );
}

/** The newest version, where that is not live. */
function Candidate(
  props: IDeploymentViewProps & { deployment: IDeployment }
): JSX.Element | null {
  const { deployment, actions, trans } = props;
  const { candidate } = deployment;
  if (!candidate) {
    return null;
  }
  const { run, cell, reason } = candidate;
  return (
    <p className="jp-deploy-Candidate">
      {candidateWord(deployment, trans)}
      {cell !== null && trans.__(', cell %1', cell + 1)}
      {reason && `: ${reason}`}{' '}
      {run !== null && (
        <button
          type="button"
          className="jp-deploy-Link"
          onClick={() => actions.openRun({ id: run })}
        >
          {trans.__('Show its run')}
        </button>
      )}
    </p>
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

const TABS = ['runs', 'history', 'outputs', 'versions'] as const;
type ITab = (typeof TABS)[number];

function tabName(tab: ITab, trans: TranslationBundle): string {
  switch (tab) {
    case 'runs':
      return trans.__('Runs');
    case 'history':
      return trans.__('History');
    case 'outputs':
      return trans.__('Outputs');
    case 'versions':
      return trans.__('Versions');
  }
}

function Tabs(props: {
  tab: ITab;
  onChange: (tab: ITab) => void;
  id: string;
  trans: TranslationBundle;
}): JSX.Element {
  const bar = React.useRef<HTMLDivElement>(null);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step !== undefined) {
      const next = TABS.indexOf(props.tab) + step + TABS.length;
      const other = TABS[next % TABS.length];
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
      {TABS.map(tab => (
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
          {tabName(tab, props.trans)}
        </button>
      ))}
    </div>
  );
}

function Panel(props: IDeploymentViewProps & { tab: ITab }): JSX.Element {
  const { store, api, actions, trans } = props;
  switch (props.tab) {
    case 'runs':
      return (
        <RunsView
          store={store}
          trans={trans}
          onOpen={actions.openRun}
          onCancel={actions.cancel}
          onCompare={actions.compare}
        />
      );
    case 'history':
      return (
        <React.Suspense
          fallback={
            <p className="jp-deploy-Empty">{trans.__('Loading history…')}</p>
          }
        >
          <HistoryView
            name={store.name}
            api={api}
            onOpen={id => actions.openRun({ id })}
            trans={trans}
          />
        </React.Suspense>
      );
    case 'outputs':
      return (
        <React.Suspense
          fallback={
            <p className="jp-deploy-Empty">{trans.__('Loading outputs…')}</p>
          }
        >
          <PublishedView
            name={store.name}
            api={api}
            onOpen={id => actions.openRun({ id })}
            trans={trans}
          />
        </React.Suspense>
      );
    case 'versions':
      return (
        <VersionsView
          name={store.name}
          live={store.deployment?.version}
          api={api}
          trans={trans}
        />
      );
  }
}

/** The page of one deployment. */
export function DeploymentView(props: IDeploymentViewProps): JSX.Element {
  const { store, trans } = props;
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
        <Panel {...props} tab={tab} />
      </div>
    </div>
  );
}
