import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IDeployment } from '../common';
import { Findings } from './Findings';
import type { IFinding } from './fixes';
import type { IDeployForm } from './form';

export interface IRejectionProps {
  rejected: IDeployment;
  /** What was found in it and still is. */
  findings: readonly IFinding[];
  form: IDeployForm;
  onChange: (part: Partial<IDeployForm>) => void;
  onEdit: (finding: IFinding) => void;
  onOpenRun: (id: number) => void;
  trans: TranslationBundle;
}

/** Why a version did not go live, and what helps. */
export function Rejection(props: IRejectionProps): JSX.Element {
  const { rejected, findings, form, onChange, onOpenRun, trans } = props;
  const { run, cell, reason } = rejected.preflight;
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
        onEdit={props.onEdit}
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
