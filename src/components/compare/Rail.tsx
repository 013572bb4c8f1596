import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ISection, ISectionName } from './outline';
import { hiddenSentence } from './Quiet';
import { RulesForm } from './RulesForm';
import type { CompareSession } from './session';
import type { IDiff } from './types';

export interface IRailProps {
  session: CompareSession;
  diff: IDiff;
  sections: readonly ISection[];
  /** The change that has the focus, and how many there are. */
  at: number;
  of: number;
  onSection: (name: ISectionName) => void;
  onStep: (direction: 1 | -1) => void;
  trans: TranslationBundle;
}

function Steps(props: IRailProps): JSX.Element | null {
  const { at, of, onStep, trans } = props;
  if (of === 0) {
    return null;
  }
  const step = (direction: 1 | -1, label: string, key: string): JSX.Element => (
    <button
      type="button"
      className="jp-Button jp-mod-styled jp-mod-reject"
      aria-keyshortcuts={key}
      title={trans.__('Key %1', key)}
      onClick={() => onStep(direction)}
    >
      {label}
    </button>
  );
  return (
    <div className="jp-deploy-Steps">
      <p className="jp-deploy-Muted" role="status">
        {at < 0
          ? trans._n('%1 change', '%1 changes', of)
          : trans.__('Change %1 of %2', at + 1, of)}
      </p>
      <div className="jp-deploy-Actions">
        {step(-1, trans.__('Previous'), 'p')}
        {step(1, trans.__('Next'), 'n')}
      </div>
    </div>
  );
}

/** Sections with their counts, the way from change to change, and what is hidden. */
export function Rail(props: IRailProps): JSX.Element {
  const { session, diff, sections, trans } = props;
  return (
    <nav className="jp-deploy-Rail" aria-label={trans.__('Changes')}>
      <ul>
        {sections.map(section => (
          <li key={section.name}>
            <button
              type="button"
              disabled={section.count === 0}
              onClick={() => props.onSection(section.name)}
            >
              <span>{section.title}</span>
              <span className="jp-deploy-Number">{section.count}</span>
            </button>
          </li>
        ))}
      </ul>
      <Steps {...props} />
      <p>{hiddenSentence(diff.hidden, trans)}</p>
      {diff.hidden.count > 0 && (
        <label>
          <input
            type="checkbox"
            checked={session.showHidden}
            onChange={event => session.setShowHidden(event.target.checked)}
          />{' '}
          {trans.__('Show them')}
        </label>
      )}
      <details className="jp-deploy-Fold">
        <summary>{trans.__('Hide more')}</summary>
        <RulesForm
          diff={diff}
          rules={session.rules}
          error={session.error}
          onChange={rules => session.setRules(rules)}
          trans={trans}
        />
      </details>
    </nav>
  );
}
