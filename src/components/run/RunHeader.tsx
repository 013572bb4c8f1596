import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ErrorNotice, StateIcon, useNow } from '../common';
import type { IRun } from '../common';
import { timelineBars } from './cells';
import { cutCells } from './ledger';
import type { RunSession } from './session';
import { Timeline } from './Timeline';
import { usualByCell } from './usual';
import { isOpen, verdictSentence } from './verdict';
import { Why } from './Why';

export interface IRunActions {
  cancel: () => void;
  runAgain: (run: IRun) => void;
  openNotebook: (run: IRun) => void;
  openDeployment: (run: IRun) => void;
  /** With the last good run before it. */
  compare: (run: IRun) => void;
  openDocument: (run: IRun) => void;
  openDraft: (run: IRun) => void;
  /** Show what there is to download, beneath this button. */
  download: (run: IRun, button: HTMLElement) => void;
  showCell: (source: number) => void;
}

export interface IRunHeaderProps {
  session: RunSession;
  actions: IRunActions;
  problem: unknown;
  busy: boolean;
  /** What was asked for is made. */
  saving: boolean;
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

function Actions(props: IRunHeaderProps & { run: IRun }): JSX.Element {
  const { run, session, actions, busy, trans } = props;
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
      {written && !isOpen(run) && (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-reject"
          title={trans.__('What changed in the results, and why')}
          onClick={() => actions.compare(run)}
        >
          {trans.__('Compare with last good')}
        </button>
      )}
      {written && (
        <>
          <button
            type="button"
            className="jp-Button jp-mod-styled jp-mod-reject"
            title={trans.__('Read the executed notebook beside others')}
            onClick={() => actions.openDocument(run)}
          >
            {trans.__('Open as document')}
          </button>
          <button
            type="button"
            className="jp-Button jp-mod-styled jp-mod-reject"
            aria-haspopup="menu"
            disabled={props.saving}
            onClick={event => actions.download(run, event.currentTarget)}
          >
            {props.saving ? trans.__('Preparing…') : trans.__('Download')}
            <caretDownIcon.react tag="span" elementSize="normal" />
          </button>
        </>
      )}
      <button
        type="button"
        className="jp-Button jp-mod-styled jp-mod-reject"
        disabled={busy}
        title={trans.__(
          'A new notebook in the folder of the file browser, with the source and parameters of this run'
        )}
        onClick={() => actions.openDraft(run)}
      >
        {trans.__('Open as draft')}
      </button>
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

/** What was printed beyond the limit is not on the page. */
function CutNotice(props: {
  session: RunSession;
  trans: TranslationBundle;
}): JSX.Element | null {
  const cut = cutCells(props.session.ledger);
  if (cut.length === 0) {
    return null;
  }
  return (
    <p className="jp-deploy-Cut">
      {props.trans._n(
        'The output of cell %2 was cut where it became too long; the rest was not kept.',
        'The outputs of cells %2 were cut where they became too long; the rest was not kept.',
        cut.length,
        cut.join(', ')
      )}
    </p>
  );
}

/** Verdict, buttons and the timeline of cells. */
export function RunHeader(props: IRunHeaderProps): JSX.Element {
  const { session, trans, actions } = props;
  const { run, error, ledger } = session;
  const usual = usualByCell(session.usual);
  const bars = timelineBars(session.sourceCells, ledger, usual);
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
      <CutNotice session={session} trans={trans} />
      {run?.state === 'failed' && (
        <Why
          load={() => session.why()}
          showCell={actions.showCell}
          trans={trans}
        />
      )}
      {run && bars.length > 0 && (
        <Timeline bars={bars} onShow={actions.showCell} trans={trans} />
      )}
    </>
  );
}
