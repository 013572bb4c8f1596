import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Change } from './Change';
import type { IProposal } from './fixes';
import type { IInspection } from './form';

export interface IPossibleProps {
  values: IInspection['possible_parameters'];
  onEdit: (proposal: IProposal) => void;
  trans: TranslationBundle;
}

/** Values that the notebook sets, each with the change that makes it a parameter. */
export function Possible(props: IPossibleProps): JSX.Element | null {
  const { values, onEdit, trans } = props;
  if (values.length === 0) {
    return null;
  }
  return (
    <details className="jp-deploy-Fold">
      <summary>{trans.__('Make a value of the notebook a parameter')}</summary>
      <ul
        className="jp-deploy-Possible"
        aria-label={trans.__('Values of the notebook')}
      >
        {values.map(({ name, default_source, cell, edits }) => (
          <li key={name}>
            <code title={default_source}>{`${name} = ${default_source}`}</code>{' '}
            <span className="jp-deploy-Muted">
              {trans.__('cell %1', cell + 1)}
            </span>
            <Change
              edits={edits}
              more={null}
              label={trans.__('Make %1 a parameter…', name)}
              onAccept={() => onEdit({ edits, action: null })}
              trans={trans}
            />
          </li>
        ))}
      </ul>
    </details>
  );
}
