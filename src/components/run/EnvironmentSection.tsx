import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import { ErrorNotice } from '../common';
import type { IEnvironment, IVersion } from '../common';

export interface IEnvironmentSectionProps {
  version: IVersion | null;
  api: DeployApi;
  trans: TranslationBundle;
}

function useEnvironment(
  api: DeployApi,
  digest: string | null
): { environment: IEnvironment | null; error: unknown } {
  const [environment, setEnvironment] = React.useState<IEnvironment | null>(
    null
  );
  const [error, setError] = React.useState<unknown>(null);
  React.useEffect(() => {
    let wanted = digest !== null;
    if (digest !== null) {
      api.environment(digest).then(
        found => wanted && setEnvironment(found),
        (reason: unknown) => wanted && setError(reason)
      );
    }
    return () => {
      wanted = false;
    };
  }, [api, digest]);
  return { environment, error };
}

function Packages(props: {
  environment: IEnvironment;
  trans: TranslationBundle;
}): JSX.Element {
  const { packages } = props.environment;
  const [text, setText] = React.useState('');
  const found = packages.filter(one =>
    one.name.toLowerCase().includes(text.trim().toLowerCase())
  );
  return (
    <details className="jp-deploy-Fold">
      <summary>
        {props.trans._n('%1 package', '%1 packages', packages.length)}
      </summary>
      <input
        type="search"
        className="jp-mod-styled"
        value={text}
        aria-label={props.trans.__('Search packages')}
        placeholder={props.trans.__('Search packages')}
        onChange={event => setText(event.target.value)}
      />
      <ul className="jp-deploy-Packages" tabIndex={0}>
        {found.map(one => (
          <li key={one.name}>
            <span>{one.name}</span>
            <span className="jp-deploy-Number">{one.version}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function packagesText(version: IVersion, trans: TranslationBundle): string {
  const { locked, digest } = version.environment;
  if (locked) {
    return trans.__('locked with the version');
  }
  return digest
    ? trans.__('as recorded when it was deployed')
    : trans.__('not recorded: what is installed when a run starts');
}

/** Kernel, interpreter and packages of the version that ran. */
export function EnvironmentSection(
  props: IEnvironmentSectionProps
): JSX.Element | null {
  const { version, api, trans } = props;
  const { environment, error } = useEnvironment(
    api,
    version?.environment.digest ?? null
  );
  if (!version) {
    return null;
  }
  const python = [environment?.implementation, environment?.python]
    .filter(Boolean)
    .join(' ');
  const interpreter = environment?.interpreter ?? version.kernel.interpreter;
  return (
    <section>
      <h3>{trans.__('Environment')}</h3>
      <dl className="jp-deploy-Facts">
        <dt>{trans.__('Kernel')}</dt>
        <dd>{version.kernel.display_name}</dd>
        {python && (
          <>
            <dt>{trans.__('Version')}</dt>
            <dd>{python}</dd>
          </>
        )}
        {interpreter && (
          <>
            <dt>{trans.__('Interpreter')}</dt>
            <dd>
              <code>{interpreter}</code>
            </dd>
          </>
        )}
        <dt>{trans.__('Packages')}</dt>
        <dd>{packagesText(version, trans)}</dd>
        {version.environment.variables.length > 0 && (
          <>
            <dt>{trans.__('Reads variables')}</dt>
            <dd>
              <code>{version.environment.variables.join(', ')}</code>
            </dd>
          </>
        )}
        {environment?.platform && (
          <>
            <dt>{trans.__('Platform')}</dt>
            <dd>{environment.platform}</dd>
          </>
        )}
      </dl>
      {error ? <ErrorNotice error={error} trans={trans} /> : null}
      {environment && <Packages environment={environment} trans={trans} />}
    </section>
  );
}
