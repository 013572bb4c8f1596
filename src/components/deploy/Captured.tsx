import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatBytes } from '../common/format';
import { Field } from '../common/Field';
import type { IDeployForm, IFieldErrors, IInspection } from './form';

export interface ICapturedProps {
  inspection: IInspection;
  form: IDeployForm;
  errors: IFieldErrors;
  onChange: (part: Partial<IDeployForm>) => void;
  trans: TranslationBundle;
}

/** What the version will hold besides the notebook. */
export function Captured(props: ICapturedProps): JSX.Element {
  const { inspection, form, errors, onChange, trans } = props;
  return (
    <fieldset>
      <legend>{trans.__('Takes along')}</legend>
      <p className="jp-deploy-Takes">{circumstances(inspection, trans)}</p>
      <Field
        label={trans.__('Files')}
        error={errors.files}
        help={trans.__(
          'Code and data that the notebook reads, as seen from its folder: one path or pattern on each line, for example lib/*.py'
        )}
      >
        {attributes => (
          <textarea
            {...attributes}
            rows={2}
            spellCheck={false}
            value={form.files}
            onChange={event => onChange({ files: event.target.value })}
          />
        )}
      </Field>
      <FileList inspection={inspection} trans={trans} />
      <Findings inspection={inspection} trans={trans} />
    </fieldset>
  );
}

/** "Kernel Python 3 · 87 packages · commit 1a2b3c4 with local changes" */
function circumstances(
  inspection: IInspection,
  trans: TranslationBundle
): string {
  const { kernel, packages, git } = inspection;
  const parts = [trans.__('Kernel “%1”', kernel.display_name)];
  if (packages !== null) {
    parts.push(
      trans._n(
        '%1 package (recorded, not copied)',
        '%1 packages (recorded, not copied)',
        packages
      )
    );
  }
  if (git) {
    const commit = git.commit.slice(0, 7);
    parts.push(
      git.dirty
        ? trans.__('commit %1 with local changes', commit)
        : trans.__('commit %1', commit)
    );
  }
  return parts.join(' · ');
}

interface IInspectionProps {
  inspection: IInspection;
  trans: TranslationBundle;
}

function FileList({ inspection, trans }: IInspectionProps): JSX.Element | null {
  const { files } = inspection;
  if (files.length === 0) {
    return null;
  }
  const total = files.reduce((sum, file) => sum + file.size, 0);
  return (
    <details className="jp-deploy-Fold">
      <summary>
        {trans._n(
          '%1 file, %2',
          '%1 files, %2',
          files.length,
          formatBytes(total)
        )}
      </summary>
      <ul className="jp-deploy-Files">
        {files.map(file => (
          <li key={file.path}>
            <span>{file.path}</span>
            <span className="jp-deploy-Number">{formatBytes(file.size)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What was mended or is worth knowing; each says its cell and what helps. */
function Findings({ inspection, trans }: IInspectionProps): JSX.Element | null {
  if (inspection.findings.length === 0) {
    return null;
  }
  return (
    <ul className="jp-deploy-Findings" aria-label={trans.__('Worth knowing')}>
      {inspection.findings.map((finding, index) => (
        <li key={index}>
          {finding.message}
          {finding.fix && (
            <span className="jp-deploy-Muted"> {finding.fix}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
