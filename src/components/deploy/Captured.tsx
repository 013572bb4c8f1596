import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatBytes } from '../common/format';
import { Field } from '../common/Field';
import { Findings } from './Findings';
import type { IFinding } from './fixes';
import type { IDeployForm, IFieldErrors, IInspection } from './form';

export interface ICapturedProps {
  inspection: IInspection;
  findings: readonly IFinding[];
  form: IDeployForm;
  errors: IFieldErrors;
  onChange: (part: Partial<IDeployForm>) => void;
  onEdit: (finding: IFinding) => void;
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
      {inspection.packages !== null && <RunsIn {...props} />}
      {form.runsIn === 'locked' && form.packages !== '' && (
        <Packages {...props} />
      )}
      <Findings
        findings={props.findings}
        form={form}
        onChange={onChange}
        onEdit={props.onEdit}
        trans={trans}
      />
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
    parts.push(trans._n('%1 package', '%1 packages', packages));
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

/** Whether production changes when somebody upgrades a package. */
function RunsIn(props: ICapturedProps): JSX.Element {
  const { form, errors, onChange, trans } = props;
  return (
    <Field
      label={trans.__('Packages')}
      error={errors.environment}
      help={
        form.runsIn === 'locked'
          ? trans.__(
              'Each run has exactly what this kernel has now; the check builds it.'
            )
          : trans.__(
              'A later upgrade of a package in this kernel changes the runs too.'
            )
      }
    >
      {attributes => (
        <select
          {...attributes}
          value={form.runsIn}
          onChange={event =>
            onChange({ runsIn: event.target.value as IDeployForm['runsIn'] })
          }
        >
          <option value="live">
            {trans.__('what the kernel has when a run starts')}
          </option>
          <option value="locked">{trans.__('always those of now')}</option>
        </select>
      )}
    </Field>
  );
}

/** What was added to the kernel's own packages. */
function Packages(props: ICapturedProps): JSX.Element {
  const { form, errors, onChange, trans } = props;
  return (
    <Field
      label={trans.__('and beside them')}
      error={errors.packages}
      help={trans.__('One on each line, for example humanize or humanize>=4')}
    >
      {attributes => (
        <textarea
          {...attributes}
          rows={2}
          spellCheck={false}
          value={form.packages}
          onChange={event => onChange({ packages: event.target.value })}
        />
      )}
    </Field>
  );
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
