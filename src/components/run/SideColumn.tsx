import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployApi } from '../../api/client';
import {
  Duration,
  RelativeTime,
  StateIcon,
  formatExact,
  pageLocale,
  triggerWord
} from '../common';
import type { IOutputFile, IRun } from '../common';
import { OutputList } from '../outputs/OutputList';
import { EnvironmentSection } from './EnvironmentSection';
import { LedgerList } from './LedgerList';
import { MetricsSection } from './MetricsSection';
import { parameterRows } from './parameters';
import type { RunSession } from './session';

export interface ISideColumnProps {
  session: RunSession;
  api: DeployApi;
  outputUrl: (file: string) => string;
  onView: (file: IOutputFile) => void;
  trans: TranslationBundle;
}

type ISectionProps = ISideColumnProps & { run: IRun };

function Parameters({ run, session, trans }: ISectionProps): JSX.Element {
  const schema =
    session.deployment?.version === run.version
      ? session.deployment.parameter_schema
      : [];
  const rows = parameterRows(run, schema);
  return (
    <section>
      <h3>{trans.__('Parameters')}</h3>
      {rows.length === 0 && (
        <p className="jp-deploy-Muted">{trans.__('None.')}</p>
      )}
      <dl className="jp-deploy-Facts">
        {rows.map(row => (
          <React.Fragment key={row.name}>
            <dt>{row.name}</dt>
            <dd>
              <code className={row.changed ? 'jp-deploy-mod-changed' : ''}>
                {row.value}
              </code>{' '}
              <span className="jp-deploy-Muted">
                {!row.changed && trans.__('default')}
                {row.changed &&
                  row.usual !== null &&
                  trans.__('default %1', row.usual)}
              </span>
            </dd>
          </React.Fragment>
        ))}
      </dl>
    </section>
  );
}

function Moment(props: {
  name: string;
  at: string | null;
}): JSX.Element | null {
  if (!props.at) {
    return null;
  }
  return (
    <>
      <dt>{props.name}</dt>
      <dd title={formatExact(new Date(props.at))}>
        {new Date(props.at).toLocaleString(pageLocale(), {
          dateStyle: 'medium',
          timeStyle: 'medium'
        })}
      </dd>
    </>
  );
}

function Circumstances({ run, trans }: ISectionProps): JSX.Element {
  return (
    <section>
      <h3>{trans.__('Run')}</h3>
      <dl className="jp-deploy-Facts">
        <dt>{trans.__('State')}</dt>
        <dd>
          <StateIcon state={run.state} verdict={run.verdict} trans={trans} />
        </dd>
        <dt>{trans.__('Duration')}</dt>
        <dd>
          <Duration
            seconds={run.duration}
            since={run.state === 'running' ? run.started_at : null}
          />
        </dd>
        <dt>{trans.__('Version')}</dt>
        <dd>{run.version}</dd>
        <dt>{trans.__('Why')}</dt>
        <dd>{run.why ?? triggerWord(run.trigger, trans)}</dd>
        <Moment name={trans.__('Due')} at={run.due_at} />
        <Moment name={trans.__('Created')} at={run.created_at} />
        <Moment name={trans.__('Started')} at={run.started_at} />
        <Moment name={trans.__('Ended')} at={run.ended_at} />
      </dl>
    </section>
  );
}

function Attempts({ run, trans }: ISectionProps): JSX.Element | null {
  if (run.attempts.length < 2) {
    return null;
  }
  return (
    <section>
      <h3>{trans.__('Attempts')}</h3>
      <ol className="jp-deploy-Attempts">
        {run.attempts.map((attempt, index) => (
          <li key={attempt.fence}>
            {trans.__('attempt %1', index + 1)}
            {attempt.outcome && `: ${attempt.outcome}`}{' '}
            <span className="jp-deploy-Muted">
              <RelativeTime at={attempt.started_at} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The circumstances of a run. */
export function SideColumn(props: ISideColumnProps): JSX.Element | null {
  const { session, trans } = props;
  const run = session.run;
  if (!run) {
    return null;
  }
  const all = { ...props, run };
  return (
    <>
      <Parameters {...all} />
      <MetricsSection run={run} lastGood={session.lastGood} trans={trans} />
      <Circumstances {...all} />
      <Attempts {...all} />
      <OutputList {...all} />
      <EnvironmentSection
        version={session.version}
        api={props.api}
        trans={trans}
      />
      <LedgerList ledger={session.ledger} trans={trans} />
    </>
  );
}
