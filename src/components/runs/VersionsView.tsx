import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import {
  ErrorNotice,
  RelativeTime,
  formatParameters,
  personName,
  versionStateWord
} from '../common';
import type { IGit, IVersion } from '../common';

export interface IVersionsViewProps {
  name: string;
  /** The live version: another number means that the list is out of date. */
  live: number | undefined;
  api: DeployApi;
  trans: TranslationBundle;
}

interface ILoaded {
  versions: readonly IVersion[] | null;
  error: unknown;
}

function gitText(git: IGit | null, trans: TranslationBundle): string {
  if (!git) {
    return '';
  }
  const commit = git.commit.slice(0, 8);
  const place = git.branch ? `${git.branch} ${commit}` : commit;
  return git.dirty ? trans.__('%1, with changes', place) : place;
}

function scheduleText(version: IVersion, trans: TranslationBundle): string {
  return version.schedule
    ? `${version.schedule.cron} (${version.schedule.timezone})`
    : trans.__('by hand');
}

function VersionRow(props: {
  version: IVersion;
  trans: TranslationBundle;
}): JSX.Element {
  const { version, trans } = props;
  const parameters = formatParameters(version.parameters);
  return (
    <tr className={version.state === 'live' ? 'jp-deploy-mod-live' : ''}>
      <th scope="row" className="jp-deploy-Number">
        {version.version}
      </th>
      <td>{versionStateWord(version.state, trans)}</td>
      <td>
        <RelativeTime at={version.created_at} />
      </td>
      <td>{personName(version.created_by)}</td>
      <td>{version.notebook}</td>
      <td title={version.kernel.interpreter ?? undefined}>
        {version.kernel.display_name}
      </td>
      <td className="jp-deploy-Number">{version.environment.packages}</td>
      <td title={version.git?.commit}>{gitText(version.git, trans)}</td>
      <td title={parameters}>{parameters}</td>
      <td>{scheduleText(version, trans)}</td>
    </tr>
  );
}

function useVersions(props: IVersionsViewProps): ILoaded & {
  retry: () => void;
} {
  const { api, name, live } = props;
  const [loaded, setLoaded] = React.useState<ILoaded>({
    versions: null,
    error: null
  });
  const [attempt, setAttempt] = React.useState(0);
  React.useEffect(() => {
    let wanted = true;
    api.versions(name).then(
      versions => wanted && setLoaded({ versions, error: null }),
      (error: unknown) => wanted && setLoaded({ versions: null, error })
    );
    return () => {
      wanted = false;
    };
  }, [api, name, live, attempt]);
  return { ...loaded, retry: () => setAttempt(attempt + 1) };
}

/** Every version of the deployment, newest first. */
export function VersionsView(props: IVersionsViewProps): JSX.Element {
  const { trans } = props;
  const { versions, error, retry } = useVersions(props);
  if (error) {
    return (
      <ErrorNotice
        error={error}
        trans={trans}
        title={trans.__('The versions could not be loaded.')}
        retry={retry}
      />
    );
  }
  if (!versions) {
    return <p className="jp-deploy-Empty">{trans.__('Loading versions…')}</p>;
  }
  const heads = [
    trans.__('Version'),
    trans.__('State'),
    trans.__('Made'),
    trans.__('By'),
    trans.__('Notebook'),
    trans.__('Kernel'),
    trans.__('Packages'),
    trans.__('Git'),
    trans.__('Parameters'),
    trans.__('Schedule')
  ];
  return (
    <div
      className="jp-deploy-Versions"
      tabIndex={0}
      role="region"
      aria-label={trans.__('Versions')}
    >
      <table>
        <thead>
          <tr>
            {heads.map(head => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {versions.map(version => (
            <VersionRow key={version.version} version={version} trans={trans} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
