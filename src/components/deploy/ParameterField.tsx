import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IParameter } from '../common/types';
import { Field } from '../common/Field';

export interface IParameterFieldProps {
  parameter: IParameter;
  text: string;
  error?: string;
  onChange: (text: string) => void;
  trans: TranslationBundle;
}

/** A field of the parameter's own type. */
export function ParameterField(props: IParameterFieldProps): JSX.Element {
  const { parameter, text, error, onChange } = props;
  if (parameter.type === 'bool' && parameter.default !== null) {
    return <Checkbox {...props} />;
  }
  const numeric = parameter.type === 'int' || parameter.type === 'float';
  return (
    <Field label={<Label {...props} />} error={error} help={parameter.help}>
      {attributes => (
        <input
          {...attributes}
          type="text"
          inputMode={numeric ? 'decimal' : undefined}
          spellCheck={false}
          value={text}
          placeholder={parameter.default_source}
          onChange={event => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function Label({ parameter, trans }: IParameterFieldProps): JSX.Element {
  const type = parameter.type === 'any' ? trans.__('any type') : parameter.type;
  return (
    <>
      {parameter.name} <span className="jp-deploy-Muted">{type}</span>
    </>
  );
}

function Checkbox(props: IParameterFieldProps): JSX.Element {
  const { parameter, text, error, onChange } = props;
  const id = React.useId();
  return (
    <div className="jp-deploy-Field jp-deploy-mod-check">
      <label htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          checked={text === 'true'}
          aria-invalid={error !== undefined}
          aria-describedby={`${id}-text`}
          onChange={event => onChange(String(event.target.checked))}
        />
        <span>
          <Label {...props} />
        </span>
      </label>
      <p
        id={`${id}-text`}
        className={error ? 'jp-deploy-Field-error' : 'jp-deploy-Muted'}
      >
        {error ?? parameter.help}
      </p>
    </div>
  );
}
