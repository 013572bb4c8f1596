import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { StateIcon, formatClock } from '../common';
import { countStates, dayKey, weeksOf } from './history';
import type { IDay, IPast } from './history';

export interface ICalendarProps {
  runs: readonly IPast[];
  /** There are older runs that nobody asked for. */
  more: boolean;
  onOpen: (run: number) => void;
  trans: TranslationBundle;
}

function language(): string | undefined {
  return document.documentElement.lang || undefined;
}

function DayButton(props: {
  day: IDay;
  chosen: boolean;
  onChoose: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { day, trans } = props;
  const states = countStates(day.runs);
  const date = day.date.toLocaleDateString(language(), { dateStyle: 'full' });
  const words = states.map(([state, count]) => `${count} ${state}`).join(', ');
  return (
    <button
      type="button"
      className="jp-deploy-Day"
      disabled={day.runs.length === 0}
      aria-pressed={props.chosen}
      aria-label={`${date}: ${words || trans.__('nothing was due')}`}
      onClick={props.onChoose}
    >
      <span className="jp-deploy-Day-number">{day.date.getDate()}</span>
      {states.slice(0, 3).map(([state, count]) => (
        <span key={state} className="jp-deploy-Day-state">
          <StateIcon state={state} trans={trans} word={false} />
          {count > 1 && <span>{count}</span>}
        </span>
      ))}
    </button>
  );
}

function DueTimes(props: {
  runs: readonly IPast[];
  onOpen: (run: number) => void;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <ul className="jp-deploy-DueTimes">
      {props.runs.map(run => (
        <li key={run.id}>
          <button
            type="button"
            className="jp-deploy-Link"
            onClick={() => props.onOpen(run.id)}
          >
            {formatClock(run.at)}
          </button>
          <StateIcon state={run.state} trans={props.trans} />
          {run.reason && <span className="jp-deploy-Muted">{run.reason}</span>}
        </li>
      ))}
    </ul>
  );
}

/** Due times by day: what ran, and what did not with its sentence. */
export function Calendar(props: ICalendarProps): JSX.Element {
  const { runs, trans } = props;
  const due = React.useMemo(() => runs.filter(run => run.due), [runs]);
  const [month, setMonth] = React.useState(() => due[0]?.at ?? new Date());
  const [chosen, setChosen] = React.useState<string | null>(null);
  const weeks = React.useMemo(() => weeksOf(month, due), [month, due]);
  const day = weeks.flat().find(one => dayKey(one.date) === chosen);
  if (due.length === 0) {
    return (
      <p className="jp-deploy-Muted">
        {trans.__('No schedule has asked for a run yet.')}
      </p>
    );
  }
  const shift = (months: number): void =>
    setMonth(new Date(month.getFullYear(), month.getMonth() + months, 1));
  const name = month.toLocaleDateString(language(), {
    month: 'long',
    year: 'numeric'
  });
  return (
    <div className="jp-deploy-Calendar">
      <div className="jp-deploy-Calendar-head">
        <button
          type="button"
          className="jp-deploy-Link"
          aria-label={trans.__('Previous month')}
          onClick={() => shift(-1)}
        >
          ‹
        </button>
        <strong aria-live="polite">{name}</strong>
        <button
          type="button"
          className="jp-deploy-Link"
          aria-label={trans.__('Next month')}
          onClick={() => shift(1)}
        >
          ›
        </button>
        {props.more && (
          <span className="jp-deploy-Muted">
            {trans.__('Older runs are not shown.')}
          </span>
        )}
      </div>
      <div className="jp-deploy-Days">
        {weeks[0].map(({ date }) => (
          <span key={date.getDay()} className="jp-deploy-Muted">
            {date.toLocaleDateString(language(), { weekday: 'short' })}
          </span>
        ))}
        {weeks
          .flat()
          .map(one =>
            one.inMonth ? (
              <DayButton
                key={dayKey(one.date)}
                day={one}
                chosen={dayKey(one.date) === chosen}
                onChoose={() => setChosen(dayKey(one.date))}
                trans={trans}
              />
            ) : (
              <span key={dayKey(one.date)} />
            )
          )}
      </div>
      {day && <DueTimes runs={day.runs} onOpen={props.onOpen} trans={trans} />}
    </div>
  );
}
