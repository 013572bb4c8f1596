import * as React from 'react';
import { Field } from '../common/Field';
import type { IMode } from './form';
import type { IMoreProps } from './More';
import { ParameterField } from './ParameterField';
import { sampleText } from './sample';

/** How it is tried before it goes live: a full-size run is not always possible. */
export function Tried(props: IMoreProps): JSX.Element {
  const { draft, form, inspection, trans } = props;
  const modes: [IMode, string][] = [
    ['full', trans.__('run it once, as it will run')],
    ['imports', trans.__('only what it imports')],
    ['none', trans.__('not at all')]
  ];
  if (inspection.parameters.length > 0) {
    modes.splice(1, 0, ['sample', trans.__('run it once, on a sample')]);
  }
  return (
    <>
      <Field
        label={trans.__('Check before it goes live')}
        error={draft.errors.preflight}
      >
        {attributes => (
          <select
            {...attributes}
            value={form.preflight ?? ''}
            onChange={event =>
              draft.change({ preflight: (event.target.value || null) as IMode })
            }
          >
            <option value="">{trans.__('as is usual here')}</option>
            {modes.map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {form.preflight === 'sample' && <Sample {...props} />}
    </>
  );
}

function Sample(props: IMoreProps): JSX.Element {
  const { draft, form, inspection, trans } = props;
  return (
    <fieldset>
      <legend>{trans.__('The sample’s parameters')}</legend>
      <div className="jp-deploy-FieldGrid">
        {inspection.parameters.map(parameter => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            text={sampleText(form, parameter.name)}
            error={draft.errors[`sample.${parameter.name}`]}
            onChange={text => draft.changeText(parameter.name, text, 'sample')}
            trans={trans}
          />
        ))}
      </div>
    </fieldset>
  );
}
