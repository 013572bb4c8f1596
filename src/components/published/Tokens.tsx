import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import { ErrorNotice, RelativeTime } from '../common';
import { Copy } from './Copy';
import type { INewToken, IToken } from './published';

export interface ITokensProps {
  name: string;
  api: DeployApi;
  trans: TranslationBundle;
}

function Secret(props: {
  token: INewToken;
  trans: TranslationBundle;
}): JSX.Element {
  const { token, trans } = props;
  return (
    <div className="jp-deploy-Secret" role="status">
      <p>{trans.__('This is the new token. It is shown only now:')}</p>
      <p className="jp-deploy-Published-address">
        <code>{token.secret}</code>
        <Copy
          text={token.secret}
          label={trans.__('Copy the token')}
          trans={trans}
        />
      </p>
    </div>
  );
}

function Row(props: {
  token: IToken;
  onRevoke: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { token, trans } = props;
  return (
    <li>
      <span>
        {token.label || trans.__('token %1', token.id)}{' '}
        <span className="jp-deploy-Muted">
          {token.used_at ? (
            <>
              {trans.__('last used')} <RelativeTime at={token.used_at} />
            </>
          ) : (
            trans.__('never used')
          )}
        </span>
      </span>
      <button
        type="button"
        className="jp-deploy-Link"
        aria-label={trans.__('Revoke %1', token.label || token.id)}
        onClick={props.onRevoke}
      >
        {trans.__('Revoke')}
      </button>
    </li>
  );
}

/** Who may read without an account of this server: with a token, and nothing else. */
export function Tokens(props: ITokensProps): JSX.Element {
  const { name, api, trans } = props;
  const [tokens, setTokens] = React.useState<readonly IToken[]>([]);
  const [made, setMade] = React.useState<INewToken | null>(null);
  const [label, setLabel] = React.useState('');
  const [error, setError] = React.useState<unknown>(null);
  const refresh = React.useCallback(() => {
    api.tokens(name).then(setTokens, setError);
  }, [api, name]);
  React.useEffect(refresh, [refresh]);
  const act = async (action: () => Promise<void>): Promise<void> => {
    setError(null);
    try {
      await action();
    } catch (problem) {
      setError(problem);
    }
    refresh();
  };
  const create = (event: React.FormEvent): void => {
    event.preventDefault();
    void act(async () => {
      setMade(await api.createToken(name, label.trim()));
      setLabel('');
    });
  };
  const revoke = (token: IToken): void => {
    setMade(null);
    void act(async () => {
      await api.revokeToken(name, token.id);
    });
  };
  const valid = tokens.filter(token => token.revoked_at === null);
  return (
    <>
      <p className="jp-deploy-Muted">
        {trans.__(
          'Whoever may use this server may read. Others need a token, which opens what this deployment publishes and nothing else.'
        )}
      </p>
      {error ? <ErrorNotice error={error} trans={trans} /> : null}
      {valid.length > 0 && (
        <ul className="jp-deploy-Files">
          {valid.map(token => (
            <Row
              key={token.id}
              token={token}
              onRevoke={() => revoke(token)}
              trans={trans}
            />
          ))}
        </ul>
      )}
      {made && <Secret token={made} trans={trans} />}
      <form className="jp-deploy-NewToken" onSubmit={create}>
        <label>
          {trans.__('For whom')}{' '}
          <input
            className="jp-mod-styled"
            value={label}
            maxLength={100}
            onChange={event => setLabel(event.target.value)}
          />
        </label>
        <button type="submit" className="jp-Button jp-mod-styled jp-mod-reject">
          {trans.__('New token')}
        </button>
      </form>
    </>
  );
}
