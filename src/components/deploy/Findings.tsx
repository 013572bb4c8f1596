import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { components } from '../../api/schema';
import { patternsOf } from './form';
import type { IDeployForm } from './form';

type IFinding = components['schemas']['Finding'];

export interface IFindingsProps {
  findings: readonly IFinding[];
  form: IDeployForm;
  onChange: (part: Partial<IDeployForm>) => void;
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
        <li key={index}>
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
  const { finding, form, onChange, trans } = props;
  const part = fixed(form, finding);
  return (
    <>
      {finding.fix && <span className="jp-deploy-Muted"> {finding.fix}</span>}
      {part && (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-accept jp-deploy-Fix"
          onClick={() => onChange(part)}
        >
          {buttonText(finding, trans)}
        </button>
      )}
    </>
  );
}

function buttonText(finding: IFinding, trans: TranslationBundle): string {
  const [names] = Object.values(finding.action ?? {});
  const listed = (names ?? []).join(', ');
  if (finding.action?.secrets) {
    return trans.__('Use the secret %1', listed);
  }
  return finding.action?.files
    ? trans.__('Take along %1', listed)
    : trans.__('Add the package %1', listed);
}

/** What the fix changes in the form; null when there is none, or nothing left to change. */
export function fixed(
  form: IDeployForm,
  { action }: IFinding
): Partial<IDeployForm> | null {
  if (action?.files) {
    const files = added(form.files, action.files);
    return files === null ? null : { files };
  }
  if (action?.packages) {
    const packages = added(form.packages, action.packages);
    return packages === null ? null : { packages, runsIn: 'locked' };
  }
  if (action?.secrets) {
    const missing = action.secrets.filter(name => !form.secrets.includes(name));
    return missing.length === 0
      ? null
      : { secrets: [...form.secrets, ...missing] };
  }
  return null;
}

/** The lines with these beside them; null when they are there. */
function added(lines: string, more: readonly string[]): string | null {
  const held = patternsOf(lines);
  const missing = more.filter(item => !held.includes(item));
  return missing.length === 0 ? null : [...held, ...missing].join('\n');
}
