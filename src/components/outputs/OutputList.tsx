import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatBytes } from '../common';
import type { IOutputFile, IRun } from '../common';
import { kindOf } from './preview';

export interface IOutputListProps {
  run: IRun;
  outputUrl: (file: string) => string;
  onView: (file: IOutputFile) => void;
  trans: TranslationBundle;
}

/** The files that a run left. */
export function OutputList(props: IOutputListProps): JSX.Element | null {
  const { run, outputUrl, onView, trans } = props;
  if (run.outputs.length === 0) {
    return null;
  }
  return (
    <section>
      <h3>{trans.__('Files')}</h3>
      <ul className="jp-deploy-Files">
        {run.outputs.map(file => (
          <li key={file.name} title={file.media_type}>
            <a href={outputUrl(file.name)} download={file.name}>
              {file.name}
            </a>
            {kindOf(file) && file.name !== 'output.ipynb' && (
              <button
                type="button"
                className="jp-deploy-Link"
                aria-label={trans.__('View %1', file.name)}
                onClick={() => onView(file)}
              >
                {trans.__('View')}
              </button>
            )}
            <span className="jp-deploy-Number">{formatBytes(file.size)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
