import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ISecret } from '../../api/client';
import { errorText } from '../common/ErrorNotice';
import { Field } from '../common/Field';

export interface ISecretStore {
  list: () => Promise<readonly ISecret[]>;
  /** Keep a value; it is never shown again. */
  keep: (name: string, value: string) => Promise<void>;
}

export interface ISecretsProps {
  chosen: readonly string[];
  onChange: (names: readonly string[]) => void;
  store: ISecretStore;
  error?: string;
  trans: TranslationBundle;
}

/** Which secrets the runs get, and a way to make one. */
export function Secrets(props: ISecretsProps): JSX.Element {
  const { chosen, onChange, store, trans } = props;
  const [known, setKnown] = React.useState<readonly string[]>([]);
  const [problem, setProblem] = React.useState<string | null>(null);
  const [making, setMaking] = React.useState(false);
  const id = React.useId();
  React.useEffect(() => {
    let here = true;
    store.list().then(
      found => here && setKnown(found.map(secret => secret.name)),
      error => here && setProblem(errorText(error).detail)
    );
    return () => {
      here = false;
    };
  }, [store]);
  const names = [...new Set([...known, ...chosen])].sort();
  const text = props.error ?? problem;
  return (
    <div role="group" aria-labelledby={id} className="jp-deploy-Secrets">
      <span id={id}>{trans.__('Secrets')}</span>
      {names.length > 0 && <Choices {...{ names, chosen, onChange }} />}
      <p className="jp-deploy-Muted">
        {trans.__(
          'Runs get them as variables of their environment; outputs show the name in place of the value.'
        )}
      </p>
      {text && (
        <p role="alert" className="jp-deploy-Field-error">
          {text}
        </p>
      )}
      {making ? (
        <NewSecret
          proposed={chosen.find(name => !known.includes(name)) ?? ''}
          store={store}
          onKept={name => {
            setMaking(false);
            setKnown([...known, name]);
            onChange([...new Set([...chosen, name])]);
          }}
          onGivenUp={() => setMaking(false)}
          trans={trans}
        />
      ) : (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-reject"
          onClick={() => setMaking(true)}
        >
          {trans.__('New secret…')}
        </button>
      )}
    </div>
  );
}

interface IChoicesProps {
  names: readonly string[];
  chosen: readonly string[];
  onChange: (names: readonly string[]) => void;
}

function Choices({ names, chosen, onChange }: IChoicesProps): JSX.Element {
  return (
    <div className="jp-deploy-Choices">
      {names.map(name => (
        <label key={name}>
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onChange={event =>
              onChange(
                event.target.checked
                  ? [...chosen, name]
                  : chosen.filter(other => other !== name)
              )
            }
          />
          {name}
        </label>
      ))}
    </div>
  );
}

interface INewSecretProps {
  proposed: string;
  store: ISecretStore;
  onKept: (name: string) => void;
  onGivenUp: () => void;
  trans: TranslationBundle;
}

function NewSecret(props: INewSecretProps): JSX.Element {
  const { proposed, store, onKept, onGivenUp, trans } = props;
  const [name, setName] = React.useState(proposed);
  const [value, setValue] = React.useState('');
  const [wrong, setWrong] = React.useState<IWrong>({});
  const [busy, setBusy] = React.useState(false);
  const first = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => first.current?.querySelector('input')?.focus(), []);
  const whole = name.trim() !== '' && value !== '';
  const keep = async (): Promise<void> => {
    setBusy(true);
    try {
      await store.keep(name.trim(), value);
      onKept(name.trim());
    } catch (error) {
      setWrong(placed(error));
      setBusy(false);
    }
  };
  return (
    <div
      ref={first}
      className="jp-deploy-NewSecret"
      onKeyDown={event => {
        if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
          event.preventDefault();
          void (whole && !busy && keep());
        }
      }}
    >
      <div className="jp-deploy-FieldRow">
        <Field
          label={trans.__('Name of the variable')}
          error={wrong.name}
          help={trans.__('for example ORDERS_DB_URL')}
        >
          {attributes => (
            <input
              {...attributes}
              type="text"
              spellCheck={false}
              autoComplete="off"
              value={name}
              onChange={event => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label={trans.__('Value')} error={wrong.value}>
          {attributes => (
            <input
              {...attributes}
              type="password"
              autoComplete="new-password"
              value={value}
              onChange={event => setValue(event.target.value)}
            />
          )}
        </Field>
      </div>
      <button
        type="button"
        className="jp-Button jp-mod-styled jp-mod-accept"
        disabled={busy || !whole}
        onClick={() => void keep()}
      >
        {trans.__('Keep secret')}
      </button>
      <button
        type="button"
        className="jp-Button jp-mod-styled jp-mod-reject"
        onClick={onGivenUp}
      >
        {trans.__('Not now')}
      </button>
    </div>
  );
}

interface IWrong {
  readonly name?: string;
  readonly value?: string;
}

/** To the field that it is about; what is about neither belongs to the value. */
function placed(error: unknown): IWrong {
  const { detail, hint } = errorText(error);
  const text = [detail, hint].filter(Boolean).join(' ');
  const isName =
    typeof error === 'object' &&
    error !== null &&
    'field' in error &&
    error.field === 'name';
  return isName ? { name: text } : { value: text };
}
