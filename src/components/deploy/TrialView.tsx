import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ProgressBar, useNow } from '../common';
import type { IDeployment, IRun } from '../common';
import { formatDuration } from '../common/format';

export interface ITrialViewProps {
  candidate: IDeployment;
  run: IRun | null;
  trans: TranslationBundle;
}

/** How far the notebook has come that is tried before it goes live. */
export function TrialView(props: ITrialViewProps): JSX.Element {
  const { candidate, run, trans } = props;
  const now = useNow(1000);
  const since = run?.started_at ?? run?.created_at ?? candidate.created_at;
  const elapsed = Math.max(0, (now.getTime() - Date.parse(since)) / 1000);
  return (
    <div className="jp-deploy-Trial" role="status">
      <p>{sentence(props)}</p>
      {run?.progress && run.progress.cell > 0 ? (
        <ProgressBar progress={run.progress} trans={trans} />
      ) : (
        <p className="jp-deploy-Muted">
          {trans.__('Its environment and its kernel are made ready…')}
        </p>
      )}
      <p className="jp-deploy-Muted">{formatDuration(elapsed)}</p>
      <p className="jp-deploy-Muted">
        {trans.__(
          'You can close this: it goes on, and the version goes live by itself when it ends well.'
        )}
      </p>
    </div>
  );
}

function sentence({ candidate, trans }: ITrialViewProps): string {
  const { version, preflight } = candidate;
  switch (preflight.mode) {
    case 'sample':
      return trans.__(
        'Version %1 is tried with its sample, in an empty folder with only what it takes along.',
        version
      );
    case 'imports':
      return trans.__(
        'What version %1 imports is tried, in an empty folder with only what it takes along.',
        version
      );
    default:
      return trans.__(
        'Version %1 is tried, in an empty folder with only what it takes along.',
        version
      );
  }
}
