import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ErrorNotice, StateIcon, useNow } from '../common';
import type { IRun } from '../common';
import { timelineBars } from './cells';
import type { RunSession } from './session';
import { Timeline } from './Timeline';
import { isOpen, verdictSentence } from './verdict';

export interface IRunActions {
  cancel: () => void;
  runAgain: (run: IRun) => void;
  openNotebook: (run: IRun) => void;
  openDeployment: (run: IRun) => void;
  showCell: (source: number) => void;
}

export interface IRunHeaderProps {
  session: RunSession;
  actions: IRunActions;
  /** Address of an output file. */
  outputUrl: (file: string) => string;
  problem: unknown;
  busy: boolean;
  trans: TranslationBundle;
}

function Verdict(props: IRunHeaderProps & { run: IRun }): JSX.Element {
  const { run, trans } = props;
  const now = useNow(isOpen(run) ? 1000 : null);
  return (
    <div className="jp-deploy-Header-text">
      <h2 role="status">
        <StateIcon
          state={run.state}
          verdict={run.verdict}
          trans={trans}
          word={false}
        />
        <span>{verdictSentence(run, trans, now)}</span>
      </h2>
      <p>
        <button
          type="button"
          className="jp-deploy-Link"
          onClick={() => props.actions.openDeployment(run)}
        >
          {run.deployment}
        </button>
        {' · '}
        {trans.__('run %1 · version %2', run.id, run.version)}
      </p>
    </div>
  );
}

function Download(props: {
  href: string;
  file: string;
  label: string;
}): JSX.Element {
  return (
    <a
      className="jp-Button jp-mod-styled jp-mod-reject"
      href={props.href}
      download={props.file}
    >
      {props.label}
    </a>
  );
}

function Actions(props: IRunHeaderProps & { run: IRun }): JSX.Element {
  const { run, session, actions, busy, trans } = props;
  const name = `${run.deployment}-${run.id}`;
  const written = run.outputs.some(file => file.name === 'output.ipynb');
  return (
    <div className="jp-deploy-Actions">
      {isOpen(run) ? (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-warn"
          disabled={busy || session.cancelling}
          onClick={() => actions.cancel()}
        >
          {session.cancelling ? trans.__('Cancelling…') : trans.__('Cancel')}
        </button>
      ) : (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-accept"
          disabled={busy}
          title={trans.__('Run the live version with the same parameters')}
          onClick={() => actions.runAgain(run)}
        >
          {trans.__('Run again')}
        </button>
      )}
      {written && (
        <>
          <Download
            href={props.outputUrl('output.ipynb')}
            file={`${name}.ipynb`}
            label={trans.__('Download notebook')}
          />
          <Download
            href={props.outputUrl('output.html')}
            file={`${name}.html`}
            label={trans.__('Download HTML report')}
          />
        </>
      )}
      {session.deployment && (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-reject"
          onClick={() => actions.openNotebook(run)}
        >
          {trans.__('Open notebook')}
        </button>
      )}
    </div>
  );
}

/** Verdict, buttons and the timeline of cells. */
export function RunHeader(props: IRunHeaderProps): JSX.Element {
  const { session, trans, actions } = props;
  const { run, error, ledger } = session;
  const bars = timelineBars(session.sourceCells, ledger);
  return (
    <>
      {run ? (
        <header className="jp-deploy-Header">
          <Verdict {...props} run={run} />
          <Actions {...props} run={run} />
        </header>
      ) : (
        <header className="jp-deploy-Header">
          <h2>{trans.__('Run %1', session.id)}</h2>
        </header>
      )}
      {error ? (
        <ErrorNotice
          error={error}
          trans={trans}
          title={trans.__('The run could not be loaded.')}
          retry={() => session.retry()}
        />
      ) : null}
      {props.problem ? (
        <ErrorNotice error={props.problem} trans={trans} />
      ) : null}
      {run && bars.length > 0 && (
        <Timeline bars={bars} onShow={actions.showCell} trans={trans} />
      )}
    </>
  );
}
