import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Field } from '../common/Field';
import type { DeployDraft } from './draft';
import type { IDeployForm, IInspection } from './form';
import { Secrets } from './Secrets';
import { Tried } from './Tried';

export interface IMoreProps {
  draft: DeployDraft;
  form: IDeployForm;
  inspection: IInspection;
  trans: TranslationBundle;
}

/** What few people change: limits, retries, and what a schedule does in awkward cases. */
export function More(props: IMoreProps): JSX.Element {
  const { draft, form, trans } = props;
  const wrong = Object.keys(draft.errors).some(isHere);
  const [open, setOpen] = React.useState(false);
  // What is wrong has to be seen; what was opened stays open.
  React.useEffect(() => setOpen(was => was || wrong), [wrong]);
  return (
    <details
      className="jp-deploy-Fold"
      open={open}
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>{trans.__('More: check, retries, limits, secrets')}</summary>
      <div className="jp-deploy-FieldGrid">
        <Retries {...props} />
        <Limit {...props} name="runLimit" field="timeout.run" />
        <Limit {...props} name="cellLimit" field="timeout.cell" />
      </div>
      <Tried {...props} />
      {open && (
        <Secrets
          chosen={form.secrets}
          onChange={secrets => draft.change({ secrets })}
          store={draft.secrets}
          error={draft.errors.secrets}
          trans={trans}
        />
      )}
      {form.scheduled && (
        <div className="jp-deploy-FieldRow">
          <CatchUp {...props} />
          <Overlap {...props} />
        </div>
      )}
    </details>
  );
}

const FIELDS = [
  'retry.attempts',
  'timeout.run',
  'timeout.cell',
  'secrets',
  'preflight'
];

function isHere(field: string): boolean {
  return FIELDS.includes(field) || field.startsWith('sample.');
}

function Retries({ draft, form, trans }: IMoreProps): JSX.Element {
  return (
    <Field
      label={trans.__('Tries after a lost run')}
      error={draft.errors['retry.attempts']}
      help={trans.__('0: it is not run twice')}
    >
      {attributes => (
        <input
          {...attributes}
          type="number"
          min={0}
          max={9}
          value={form.retries}
          onChange={event => draft.change({ retries: event.target.value })}
        />
      )}
    </Field>
  );
}

function Limit(
  props: IMoreProps & {
    name: 'runLimit' | 'cellLimit';
    field: 'timeout.run' | 'timeout.cell';
  }
): JSX.Element {
  const { draft, form, name, field, trans } = props;
  return (
    <Field
      label={
        name === 'runLimit'
          ? trans.__('Limit of a run')
          : trans.__('Limit of a cell')
      }
      error={draft.errors[field]}
      help={trans.__('for example 30m or 2h')}
    >
      {attributes => (
        <input
          {...attributes}
          type="text"
          spellCheck={false}
          placeholder={trans.__('none')}
          value={form[name]}
          onChange={event => draft.change({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
}

function CatchUp({ draft, form, trans }: IMoreProps): JSX.Element {
  return (
    <Field label={trans.__('When this machine was off at a due time')}>
      {attributes => (
        <select
          {...attributes}
          value={form.catchUp}
          onChange={event =>
            draft.change({
              catchUp: event.target.value as IDeployForm['catchUp']
            })
          }
        >
          <option value="latest">{trans.__('catch up on the latest')}</option>
          <option value="all">{trans.__('catch up on all of a day')}</option>
          <option value="none">{trans.__('leave it out')}</option>
        </select>
      )}
    </Field>
  );
}

function Overlap({ draft, form, trans }: IMoreProps): JSX.Element {
  const names: [IDeployForm['overlap'], string][] = [
    ['skip', trans.__('leave it out')],
    ['queue_one', trans.__('wait, one at the most')],
    ['queue_all', trans.__('wait, all of them')],
    ['cancel_previous', trans.__('cancel the run before')],
    ['allow', trans.__('run beside it')]
  ];
  return (
    <Field label={trans.__('When the run before is not done yet')}>
      {attributes => (
        <select
          {...attributes}
          value={form.overlap}
          onChange={event =>
            draft.change({
              overlap: event.target.value as IDeployForm['overlap']
            })
          }
        >
          {names.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
