import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { ApiError } from '../../api/problem';
import { ErrorNotice } from '../common';
import { Causes } from './Causes';
import { Images } from './Images';
import { Metrics } from './Metrics';
import { countStops, outline } from './outline';
import type { ISection, ISectionName } from './outline';
import { Hidden, Unchanged } from './Quiet';
import { Rail } from './Rail';
import type { CompareSession } from './session';
import { Tables } from './Tables';
import { Errors, Texts } from './Texts';
import type { IDiff } from './types';

export interface ICompareActions {
  openRun: (id: number) => void;
  /** To the next change or the previous one. */
  step: (direction: 1 | -1) => void;
}

export interface ICompareViewProps {
  session: CompareSession;
  actions: ICompareActions;
  /** The change that has the focus; -1 for none. */
  at: number;
  trans: TranslationBundle;
}

type ISectionProps = { diff: IDiff; trans: TranslationBundle };

const SECTIONS: Record<ISectionName, (props: ISectionProps) => JSX.Element> = {
  metrics: Metrics,
  tables: Tables,
  images: Images,
  texts: Texts,
  errors: Errors,
  causes: Causes
};

function Run(props: ICompareViewProps & { id: number }): JSX.Element {
  return (
    <button
      type="button"
      className="jp-deploy-Link"
      onClick={() => props.actions.openRun(props.id)}
    >
      {props.trans.__('run %1', props.id)}
    </button>
  );
}

function Header(props: ICompareViewProps & { diff: IDiff }): JSX.Element {
  const { diff, session, trans } = props;
  const names = [...new Set(diff.deployments)].join(', ');
  return (
    <header className="jp-deploy-Header">
      <div className="jp-deploy-Header-text">
        <h2 aria-live="polite">{diff.summary}</h2>
        <p>
          {names} · <Run {...props} id={diff.a} /> →{' '}
          <Run {...props} id={diff.b} />
          {session.pair.a === null &&
            ` · ${trans.__('against the last good run before it')}`}
          {session.loading && ` · ${trans.__('Comparing…')}`}
        </p>
        {diff.notes.map(note => (
          <p key={note}>{note}</p>
        ))}
      </div>
    </header>
  );
}

function Section(props: {
  id: string;
  title: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <section aria-labelledby={props.id}>
      <h3 id={props.id} tabIndex={-1}>
        {props.title}
      </h3>
      {props.children}
    </section>
  );
}

function Body(props: {
  diff: IDiff;
  sections: readonly ISection[];
  showHidden: boolean;
  id: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { diff, sections, id, trans } = props;
  const found = sections.filter(section => section.count > 0);
  return (
    <div className="jp-deploy-CompareBody">
      {diff.same && (
        <p className="jp-deploy-Muted">
          {trans.__('Both runs show the same results.')}
        </p>
      )}
      {found.map(({ name, title }) => {
        const Content = SECTIONS[name];
        return (
          <Section key={name} id={`${id}-${name}`} title={title}>
            <Content diff={diff} trans={trans} />
          </Section>
        );
      })}
      <Unchanged diff={diff} trans={trans} />
      {props.showHidden && diff.hidden.examples.length > 0 && (
        <Section id={`${id}-hidden`} title={trans.__('Hidden differences')}>
          <Hidden diff={diff} trans={trans} />
        </Section>
      )}
    </div>
  );
}

/** Errors of the form stand beside its fields. */
function ofForm(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.field === 'ignore' || error.field === 'tolerance')
  );
}

function Waiting({ session, trans }: ICompareViewProps): JSX.Element {
  return (
    <>
      <header className="jp-deploy-Header">
        <h2>
          {session.pair.a === null
            ? trans.__('Run %1 and the last good one', session.pair.b)
            : trans.__('Runs %1 and %2', session.pair.a, session.pair.b)}
        </h2>
      </header>
      {session.loading && (
        <p className="jp-deploy-Empty" role="status">
          {trans.__('Comparing the results…')}
        </p>
      )}
    </>
  );
}

function showSection(id: string): void {
  const heading = document.getElementById(id);
  heading?.focus({ preventScroll: true });
  heading?.scrollIntoView({ block: 'start' });
}

/** What changed between the results of two runs. */
export function CompareView(props: ICompareViewProps): JSX.Element {
  const { session, actions, trans } = props;
  const { diff, error } = session;
  const id = React.useId();
  const sections = diff ? outline(diff, trans) : [];
  return (
    <div className="jp-deploy-Compare" aria-busy={session.loading}>
      {diff ? <Header {...props} diff={diff} /> : <Waiting {...props} />}
      {error && !(diff && ofForm(error)) ? (
        <ErrorNotice
          error={error}
          trans={trans}
          title={trans.__('The runs could not be compared.')}
          retry={() => void session.load()}
        />
      ) : null}
      {diff && (
        <div className="jp-deploy-CompareColumns">
          <Rail
            session={session}
            diff={diff}
            sections={sections}
            at={props.at}
            of={countStops(diff)}
            onStep={actions.step}
            onSection={name => showSection(`${id}-${name}`)}
            trans={trans}
          />
          <Body
            diff={diff}
            sections={sections}
            showHidden={session.showHidden}
            id={id}
            trans={trans}
          />
        </div>
      )}
    </div>
  );
}
