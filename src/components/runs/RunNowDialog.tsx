import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IDeployment, IParameter } from '../common';
import { ErrorNotice, Field, formatValue } from '../common';
import { readOverrides } from './overrides';
import type { IOverrides, ITexts } from './overrides';

interface IOverrideFieldProps {
  parameter: IParameter;
  text: string;
  usual: string;
  error: string | undefined;
  onChange: (text: string) => void;
  trans: TranslationBundle;
}

function OverrideField(props: IOverrideFieldProps): JSX.Element {
  const { parameter, text, usual, error, onChange, trans } = props;
  return (
    <Field
      label={
        <>
          {parameter.name}{' '}
          <span className="jp-deploy-Muted">{parameter.type}</span>
        </>
      }
      error={error}
      help={parameter.help}
    >
      {attributes =>
        parameter.type === 'bool' ? (
          <select
            {...attributes}
            value={text}
            onChange={event => onChange(event.target.value)}
          >
            <option value="">{trans.__('as usual: %1', usual)}</option>
            <option value="true">{String(true)}</option>
            <option value="false">{String(false)}</option>
          </select>
        ) : (
          <input
            {...attributes}
            type="text"
            value={text}
            placeholder={usual}
            onChange={event => onChange(event.target.value)}
          />
        )
      }
    </Field>
  );
}

/** The form of "Run now": empty fields keep the live version's values. */
class OverridesForm
  extends ReactWidget
  implements Dialog.IBodyWidget<IOverrides>
{
  constructor(
    private _deployment: IDeployment,
    private _texts: ITexts,
    private _errors: Readonly<Record<string, string>>,
    private _problem: unknown,
    private _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-deploy-RunNow');
  }

  get texts(): ITexts {
    return this._texts;
  }

  getValue(): IOverrides {
    const schema = this._deployment.parameter_schema;
    return readOverrides(schema, this._texts, this._trans);
  }

  protected render(): JSX.Element {
    const { parameter_schema, parameters } = this._deployment;
    return (
      <>
        {this._problem ? (
          <ErrorNotice error={this._problem} trans={this._trans} />
        ) : null}
        <p className="jp-deploy-Muted">
          {this._trans.__('Leave a field empty to keep its usual value.')}
        </p>
        {parameter_schema.map(parameter => (
          <OverrideField
            key={parameter.name}
            parameter={parameter}
            text={this._texts[parameter.name] ?? ''}
            usual={usualValue(parameter, parameters)}
            error={this._errors[parameter.name]}
            onChange={text => this._change(parameter.name, text)}
            trans={this._trans}
          />
        ))}
      </>
    );
  }

  private _change(name: string, text: string): void {
    this._texts = { ...this._texts, [name]: text };
    this.update();
  }
}

function usualValue(
  parameter: IParameter,
  live: Record<string, unknown>
): string {
  return parameter.name in live
    ? formatValue(live[parameter.name])
    : parameter.default_source;
}

/** The field that a server's complaint is about: `parameters.n_rows` → `n_rows`. */
export function problemField(error: unknown): string | null {
  const field =
    typeof error === 'object' && error !== null && 'field' in error
      ? error.field
      : null;
  return typeof field === 'string' && field.startsWith('parameters.')
    ? field.slice('parameters.'.length)
    : null;
}

/**
 * Asks for parameters until `start` accepts them; resolves false when given up.
 */
export async function runNowWithParameters(
  deployment: IDeployment,
  start: (parameters: Record<string, unknown>) => Promise<void>,
  trans: TranslationBundle
): Promise<boolean> {
  let texts: ITexts = {};
  let errors: Record<string, string> = {};
  let problem: unknown = null;
  for (;;) {
    const body = new OverridesForm(deployment, texts, errors, problem, trans);
    const title = trans.__('Run “%1” now', deployment.name);
    const dialog = new Dialog<IOverrides>({
      title,
      body,
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Run now') })
      ]
    });
    dialog.node.setAttribute('aria-label', title);
    const { button, value } = await dialog.launch();
    if (!button.accept || !value) {
      return false;
    }
    texts = body.texts;
    errors = value.errors;
    problem = null;
    if (Object.keys(errors).length > 0) {
      continue;
    }
    try {
      await start(value.values);
      return true;
    } catch (error) {
      const field = problemField(error);
      problem = field ? null : error;
      errors = field ? { [field]: String((error as Error).message) } : {};
    }
  }
}
