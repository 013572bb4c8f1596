import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IDeployment } from '../common';
import { Findings } from './Findings';
import type { IDeployForm } from './form';

export interface IRejectionProps {
  rejected: IDeployment;
  form: IDeployForm;
  onChange: (part: Partial<IDeployForm>) => void;
  onOpenRun: (id: number) => void;
  trans: TranslationBundle;
}

/** Why a version did not go live, and what helps. */
export function Rejection(props: IRejectionProps): JSX.Element {
  const { rejected, form, onChange, onOpenRun, trans } = props;
  const { run, cell, reason, findings } = rejected.preflight;
  return (
    <div className="jp-deploy-Rejection jp-deploy-Error" role="alert">
      <p>
        <b>{headline(rejected, trans)}</b>{' '}
        {cell !== null && trans.__('Cell %1: ', cell + 1)}
        {reason}
      </p>
      <Findings
        findings={findings}
        form={form}
        onChange={onChange}
        trans={trans}
      />
      {run !== null && (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-reject"
          onClick={() => onOpenRun(run)}
        >
          {trans.__('Show the run')}
        </button>
      )}
    </div>
  );
}

function headline(rejected: IDeployment, trans: TranslationBundle): string {
  const { version, state } = rejected;
  return state === 'superseded'
    ? trans.__('Version %1 was overtaken by a newer one.', version)
    : trans.__('Version %1 did not go live.', version);
}
