import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { stateWord, triggerWord } from '../common';
import type { IRun, IRunState } from '../common';
import type { IRunFilter } from './rows';

const STATES: readonly IRunState[] = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'missed',
  'skipped'
];
const TRIGGERS: readonly IRun['trigger'][] = ['manual', 'schedule', 'retry'];

export interface IFiltersProps {
  filter: IRunFilter;
  onChange: (filter: IRunFilter) => void;
  trans: TranslationBundle;
  /** What the filter found, read out when it changes. */
  summary: string;
}

/** State, trigger and free text above the list. */
export function Filters(props: IFiltersProps): JSX.Element {
  const { filter, onChange, trans } = props;
  return (
    <div className="jp-deploy-Filters" role="search">
      <select
        className="jp-mod-styled"
        aria-label={trans.__('State')}
        value={filter.state}
        onChange={event =>
          onChange({
            ...filter,
            state: event.target.value as IRunFilter['state']
          })
        }
      >
        <option value="">{trans.__('Every state')}</option>
        {STATES.map(state => (
          <option key={state} value={state}>
            {stateWord(state, trans)}
          </option>
        ))}
      </select>
      <select
        className="jp-mod-styled"
        aria-label={trans.__('Started by')}
        value={filter.trigger}
        onChange={event =>
          onChange({
            ...filter,
            trigger: event.target.value as IRunFilter['trigger']
          })
        }
      >
        <option value="">{trans.__('By hand or schedule')}</option>
        {TRIGGERS.map(trigger => (
          <option key={trigger} value={trigger}>
            {triggerWord(trigger, trans)}
          </option>
        ))}
      </select>
      <input
        type="search"
        className="jp-mod-styled"
        aria-label={trans.__('Search runs')}
        placeholder={trans.__('Number, parameter or reason')}
        value={filter.text}
        onChange={event => onChange({ ...filter, text: event.target.value })}
      />
      <span className="jp-deploy-Muted" role="status">
        {props.summary}
      </span>
    </div>
  );
}
