import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Change } from './Change';
import { fixed } from './fixes';
import type { IFinding } from './fixes';
import type { IDeployForm } from './form';

export interface IFindingsProps {
  findings: readonly IFinding[];
  form: IDeployForm;
  onChange: (part: Partial<IDeployForm>) => void;
  /** The finding's change of the notebook is accepted. */
  onEdit: (finding: IFinding) => void;
  trans: TranslationBundle;
}

/** What was mended or is worth knowing; each says its cell and what helps, some by a click. */
export function Findings(props: IFindingsProps): JSX.Element | null {
  const { findings, trans } = props;
  if (findings.length === 0) {
    return null;
  }
  return (
    <ul className="jp-deploy-Findings" aria-label={trans.__('Worth knowing')}>
      {findings.map((finding, index) => (
        <li key={`${finding.message} ${index}`}>
          {finding.cell !== null && (
            <b>{trans.__('Cell %1: ', finding.cell + 1)}</b>
          )}
          {finding.message}
          <Remedy {...props} finding={finding} />
        </li>
      ))}
    </ul>
  );
}

function Remedy(props: IFindingsProps & { finding: IFinding }): JSX.Element {
  const { finding, trans } = props;
  return (
    <>
      {finding.fix && <span className="jp-deploy-Muted"> {finding.fix}</span>}
      {finding.edits?.length ? (
        <Change
          edits={finding.edits}
          more={finding.action ? actionText(finding, trans) : null}
          onAccept={() => props.onEdit(finding)}
          trans={trans}
        />
      ) : (
        <Fix {...props} />
      )}
    </>
  );
}

function Fix(
  props: IFindingsProps & { finding: IFinding }
): JSX.Element | null {
  const { finding, form, onChange, trans } = props;
  const part = fixed(form, finding);
  return (
    part && (
      <button
        type="button"
        className="jp-Button jp-mod-styled jp-mod-accept jp-deploy-Fix"
        onClick={() => onChange(part)}
      >
        {actionText(finding, trans)}
      </button>
    )
  );
}

function actionText(finding: IFinding, trans: TranslationBundle): string {
  const [names] = Object.values(finding.action ?? {});
  const listed = (names ?? []).join(', ');
  if (finding.action?.secrets) {
    return trans.__('Use the secret %1', listed);
  }
  return finding.action?.files
    ? trans.__('Take along %1', listed)
    : trans.__('Add the package %1', listed);
}
