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
import { VersionChanges } from './VersionChanges';
import { changedKinds, kindWord } from './versions';

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

/** How it was tried before it went live, and what that came to. */
function preflightText(
  { preflight }: IVersion,
  trans: TranslationBundle
): string {
  const { mode, verdict, cell } = preflight;
  const names = {
    full: trans.__('full'),
    sample: trans.__('sample'),
    imports: trans.__('imports'),
    none: trans.__('none')
  };
  switch (verdict) {
    case 'succeeded':
      return trans.__('%1, ok', names[mode]);
    case 'succeeded_with_warnings':
      return trans.__('%1, with warnings', names[mode]);
    case 'failed':
      return cell === null
        ? trans.__('%1, failed', names[mode])
        : trans.__('%1, failed in cell %2', names[mode], cell + 1);
    default:
      return names[mode];
  }
}

interface IVersionRowProps extends IVersionsViewProps {
  version: IVersion;
  /** None before the first one. */
  before: IVersion | undefined;
  open: boolean;
  onToggle: () => void;
  columns: number;
}

/** What changed at a glance, and the way to the details. */
function Changed(props: IVersionRowProps): JSX.Element {
  const { version, before, open, trans } = props;
  if (!before) {
    return <>{trans.__('the first one')}</>;
  }
  const kinds = changedKinds(version, before);
  const words = kinds.map(kind => kindWord(kind, trans)).join(', ');
  return (
    <button
      type="button"
      className="jp-deploy-Link"
      aria-expanded={open}
      title={trans.__('What changed since version %1', before.version)}
      onClick={props.onToggle}
    >
      {words || trans.__('details')}
    </button>
  );
}

function VersionRow(props: IVersionRowProps): JSX.Element {
  const { version, before, open, trans } = props;
  const parameters = formatParameters(version.parameters);
  return (
    <>
      <tr className={version.state === 'live' ? 'jp-deploy-mod-live' : ''}>
        <th scope="row" className="jp-deploy-Number">
          {version.version}
        </th>
        <td>{versionStateWord(version.state, trans)}</td>
        <td title={version.preflight.reason ?? undefined}>
          {preflightText(version, trans)}
        </td>
        <td>
          <RelativeTime at={version.created_at} />
        </td>
        <td>{personName(version.created_by)}</td>
        <td>
          <Changed {...props} />
        </td>
        <td>{version.notebook}</td>
        <td title={version.kernel.interpreter ?? undefined}>
          {version.kernel.display_name}
        </td>
        <td className="jp-deploy-Number">{version.environment.packages}</td>
        <td title={version.git?.commit}>{gitText(version.git, trans)}</td>
        <td title={parameters}>{parameters}</td>
        <td>{scheduleText(version, trans)}</td>
      </tr>
      {open && before && (
        <tr className="jp-deploy-Versions-detail">
          <td colSpan={props.columns}>
            <VersionChanges
              name={props.name}
              version={version.version}
              since={before.version}
              api={props.api}
              trans={trans}
            />
          </td>
        </tr>
      )}
    </>
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
  const [opened, setOpened] = React.useState<number | null>(null);
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
    trans.__('Check'),
    trans.__('Made'),
    trans.__('By'),
    trans.__('Changed'),
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
          {versions.map((version, index) => {
            const open = opened === version.version;
            return (
              <VersionRow
                key={version.version}
                {...props}
                version={version}
                before={versions[index + 1]}
                open={open}
                onToggle={() => setOpened(open ? null : version.version)}
                columns={heads.length}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
