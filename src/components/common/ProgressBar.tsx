import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IProgress } from './types';

export interface IProgressBarProps {
  progress: IProgress;
  trans: TranslationBundle;
}

/** "cell 7 of 23" and a bar. */
export function ProgressBar(props: IProgressBarProps): JSX.Element {
  const { cell, cells } = props.progress;
  const text = props.trans.__('cell %1 of %2', cell, cells);
  const share = cells > 0 ? Math.min(1, cell / cells) : 0;
  return (
    <span className="jp-deploy-Progress">
      <span
        className="jp-deploy-Progress-track"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={cells}
        aria-valuenow={cell}
        aria-valuetext={text}
        aria-label={props.trans.__('Progress')}
      >
        <span
          className="jp-deploy-Progress-bar"
          style={{ width: `${share * 100}%` }}
        />
      </span>
      <span className="jp-deploy-Progress-text">{text}</span>
    </span>
  );
}
