import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IDeploymentSummary } from '../../tokens';
import { ErrorNotice } from '../common/ErrorNotice';
import { Captured } from './Captured';
import type { DeployDraft } from './draft';
import { Field } from '../common/Field';
import { stillFound } from './fixes';
import type { IProposal } from './fixes';
import { otherNotebook } from './form';
import type { IDeployForm, IInspection } from './form';
import { More } from './More';
import { ParameterField } from './ParameterField';
import { Possible } from './Possible';
import { Rejection } from './Rejection';
import { ScheduleFields } from './ScheduleFields';
import { TrialView } from './TrialView';

export interface IDeployFormProps {
  draft: DeployDraft;
  onOpenRun: (id: number) => void;
  trans: TranslationBundle;
}

/** The body of the deploy dialog. */
export function DeployForm(props: IDeployFormProps): JSX.Element {
  const { draft, trans } = props;
  const { edits, form, inspection, problem, refusals, trial } = draft;
  const node = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (refusals > 0) {
      showFirstError(node.current);
    }
  }, [refusals]);
  React.useEffect(() => {
    if (edits > 0) {
      // The button that had the focus is gone, and the dialog needs it for its keys.
      node.current?.querySelector<HTMLElement>('textarea')?.focus();
    }
  }, [edits]);
  if (trial) {
    return <TrialView {...trial} trans={trans} />;
  }
  return (
    <div ref={node}>
      {problem ? (
        <ErrorNotice
          error={problem}
          trans={trans}
          retry={form ? undefined : () => void draft.load()}
        />
      ) : null}
      {!form && draft.busy && (
        <p className="jp-deploy-Muted" role="status">
          {trans.__('Reading the notebook and its kernel…')}
        </p>
      )}
      {form && inspection && (
        <Parts {...props} form={form} inspection={inspection} />
      )}
    </div>
  );
}

function showFirstError(form: HTMLElement | null): void {
  const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  (wrong ?? form?.querySelector('.jp-deploy-Error'))?.scrollIntoView({
    block: 'nearest'
  });
  wrong?.focus();
}

interface IPartProps extends IDeployFormProps {
  form: IDeployForm;
  inspection: IInspection;
}

function Parts(props: IPartProps): JSX.Element {
  const { draft, form, inspection, trans } = props;
  const change = (part: Partial<IDeployForm>): void => draft.change(part);
  const edit = (proposal: IProposal): void => void draft.edit(proposal);
  return (
    <>
      {draft.rejected && (
        <Rejection
          rejected={draft.rejected}
          findings={stillFound(
            draft.rejected.preflight.findings,
            inspection.findings,
            draft.foundBefore
          )}
          form={form}
          onChange={change}
          onEdit={edit}
          onOpenRun={props.onOpenRun}
          trans={trans}
        />
      )}
      <NameField {...props} />
      <When {...props} />
      <Parameters {...props} />
      <Captured
        inspection={inspection}
        findings={unsaid(draft, inspection)}
        form={form}
        errors={draft.errors}
        onChange={change}
        onEdit={edit}
        trans={trans}
      />
      <More {...props} />
    </>
  );
}

/** What is worth knowing and is not said above already. */
function unsaid(
  { rejected }: DeployDraft,
  { findings }: IInspection
): IInspection['findings'] {
  const said = rejected?.preflight.findings.map(item => item.message) ?? [];
  return findings.filter(item => !said.includes(item.message));
}

function NameField(props: IPartProps): JSX.Element {
  const { draft, form, inspection, trans } = props;
  const { existing } = draft;
  const other = existing && otherNotebook(existing, inspection);
  return (
    <>
      <Field
        label={trans.__('Name')}
        error={draft.errors.name}
        help={nameHelp(existing, other, trans)}
      >
        {attributes => (
          <input
            {...attributes}
            type="text"
            autoFocus
            spellCheck={false}
            value={form.name}
            onChange={event =>
              draft.change({ name: event.target.value, replace: false })
            }
          />
        )}
      </Field>
      {other && (
        <div className="jp-deploy-Choices">
          <label>
            <input
              type="checkbox"
              checked={form.replace}
              onChange={event =>
                draft.change({ replace: event.target.checked })
              }
            />
            {trans.__('It was moved, or this one takes its place')}
          </label>
        </div>
      )}
    </>
  );
}

/** What deploying under this name does. */
function nameHelp(
  existing: IDeploymentSummary | null,
  other: string | null,
  trans: TranslationBundle
): string {
  if (!existing) {
    return trans.__('a new deployment');
  }
  return other
    ? trans.__('belongs to %1 already', other)
    : existing.state === 'live'
      ? trans.__('replaces version %1 of %2', existing.version, existing.name)
      : trans.__('no version of %1 is live yet', existing.name);
}

function When(props: IPartProps): JSX.Element {
  const { draft, form, trans } = props;
  const group = React.useId();
  const choices: [boolean, string][] = [
    [false, trans.__('only when I start it')],
    [true, trans.__('on a schedule')]
  ];
  return (
    <fieldset>
      <legend>{trans.__('Runs')}</legend>
      <div className="jp-deploy-Choices">
        {choices.map(([scheduled, label]) => (
          <label key={label}>
            <input
              type="radio"
              name={group}
              checked={form.scheduled === scheduled}
              onChange={() => draft.change({ scheduled })}
            />
            {label}
          </label>
        ))}
      </div>
      {form.scheduled && (
        <ScheduleFields
          form={form}
          errors={draft.errors}
          preview={draft.preview}
          onChange={part => draft.change(part)}
          trans={trans}
        />
      )}
    </fieldset>
  );
}

function Parameters(props: IPartProps): JSX.Element {
  const { draft, form, inspection, trans } = props;
  return (
    <fieldset>
      <legend>{trans.__('Parameters')}</legend>
      {inspection.parameters.length === 0 && (
        <p className="jp-deploy-Muted">{noParameters(inspection, trans)}</p>
      )}
      <div className="jp-deploy-FieldGrid">
        {inspection.parameters.map(parameter => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            text={form.texts[parameter.name] ?? ''}
            error={draft.errors[`parameters.${parameter.name}`]}
            onChange={text => draft.changeText(parameter.name, text)}
            trans={trans}
          />
        ))}
      </div>
      <Possible
        values={inspection.possible_parameters}
        onEdit={proposal => void draft.edit(proposal)}
        trans={trans}
      />
    </fieldset>
  );
}

function noParameters(
  inspection: IInspection,
  trans: TranslationBundle
): string {
  return inspection.parameters_known
    ? trans.__('None. Tag a cell “parameters” to have its variables here.')
    : trans.__(
        'The parameters of a notebook in %1 are not known here; the command line sets them.',
        inspection.kernel.language
      );
}
