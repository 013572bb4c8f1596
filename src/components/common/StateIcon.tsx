import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IStateName } from './icons';
import { stateIcons } from './icons';
import type { IRunState, IVerdict } from './types';

/** A finished run that warns looks different from one that is well. */
export function stateName(
  state: IRunState | null,
  verdict: IVerdict = null
): IStateName {
  if (state === 'succeeded' && verdict === 'succeeded_with_warnings') {
    return 'warning';
  }
  return state ?? 'none';
}

export function stateWord(name: IStateName, trans: TranslationBundle): string {
  switch (name) {
    case 'queued':
      return trans.__('Queued');
    case 'running':
      return trans.__('Running');
    case 'succeeded':
      return trans.__('Succeeded');
    case 'warning':
      return trans.__('Warning');
    case 'failed':
      return trans.__('Failed');
    case 'cancelled':
      return trans.__('Cancelled');
    case 'missed':
      return trans.__('Missed');
    case 'skipped':
      return trans.__('Skipped');
    case 'none':
      return trans.__('Never run');
  }
}

export interface IStateIconProps {
  /** null for a deployment that never ran. */
  state: IRunState | null;
  verdict?: IVerdict;
  trans: TranslationBundle;
  /** Without the word the icon carries it as its name. */
  word?: boolean;
}

/** The state by icon and, unless switched off, by word. */
export function StateIcon(props: IStateIconProps): JSX.Element {
  const name = stateName(props.state, props.verdict);
  const text = stateWord(name, props.trans);
  const Icon = stateIcons[name];
  const silent = props.word !== false;
  return (
    <span className={`jp-deploy-State jp-deploy-mod-${name}`}>
      <span
        className="jp-deploy-State-icon"
        role={silent ? undefined : 'img'}
        aria-label={silent ? undefined : text}
        aria-hidden={silent ? true : undefined}
        title={silent ? undefined : text}
      >
        <Icon.react tag="span" className="jp-deploy-State-svg" />
      </span>
      {silent && <span className="jp-deploy-State-word">{text}</span>}
    </span>
  );
}
