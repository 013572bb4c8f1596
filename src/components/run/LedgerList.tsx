import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import {
  VirtualList,
  formatDuration,
  formatExact,
  stateIcons
} from '../common';
import type { IStateName } from '../common';
import type { ILedgerState } from './ledger';
import { LEVELS, found, logLine, ofLevels } from './log';
import type { ILevel, ILogLine } from './log';

/** Pixels; style/run.css says the same. */
const ROW_HEIGHT = 22;

export interface ILedgerListProps {
  ledger: ILedgerState;
  trans: TranslationBundle;
}

const ICONS: Readonly<Record<ILevel, IStateName>> = {
  info: 'none',
  output: 'skipped',
  warning: 'warning',
  error: 'failed'
};

function levelWord(level: ILevel, trans: TranslationBundle): string {
  switch (level) {
    case 'info':
      return trans.__('Steps');
    case 'output':
      return trans.__('Output');
    case 'warning':
      return trans.__('Warnings');
    case 'error':
      return trans.__('Errors');
  }
}

function LevelIcon(props: {
  level: ILevel;
  trans: TranslationBundle;
}): JSX.Element {
  const Icon = stateIcons[ICONS[props.level]];
  return (
    <span
      className={`jp-deploy-State jp-deploy-mod-${ICONS[props.level]}`}
      role="img"
      aria-label={levelWord(props.level, props.trans)}
    >
      <span className="jp-deploy-State-icon">
        <Icon.react tag="span" className="jp-deploy-State-svg" />
      </span>
    </span>
  );
}

interface ISearchProps {
  text: string;
  hits: readonly number[];
  at: number;
  onText: (text: string) => void;
  onMove: (step: number) => void;
  trans: TranslationBundle;
}

function Search(props: ISearchProps): JSX.Element {
  const { text, hits, at, trans } = props;
  return (
    <div className="jp-deploy-LogSearch">
      <input
        type="search"
        className="jp-mod-styled"
        placeholder={trans.__('Search the log')}
        aria-label={trans.__('Search the log')}
        value={text}
        onChange={event => props.onText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault();
            props.onMove(event.shiftKey ? -1 : 1);
          }
        }}
      />
      <span className="jp-deploy-Muted" aria-live="polite">
        {text.trim() === ''
          ? ''
          : trans.__('%1 of %2', hits.length ? at + 1 : 0, hits.length)}
      </span>
      {([-1, 1] as const).map(step => (
        <button
          key={step}
          type="button"
          className="jp-deploy-Link"
          aria-label={step < 0 ? trans.__('Previous') : trans.__('Next')}
          disabled={hits.length === 0}
          onClick={() => props.onMove(step)}
        >
          {step < 0 ? '▲' : '▼'}
        </button>
      ))}
    </div>
  );
}

function Levels(props: {
  chosen: ReadonlySet<ILevel>;
  onChange: (levels: ReadonlySet<ILevel>) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { chosen, trans } = props;
  const toggle = (level: ILevel): void => {
    const levels = new Set(chosen);
    if (!levels.delete(level)) {
      levels.add(level);
    }
    props.onChange(levels);
  };
  return (
    <div role="group" aria-label={trans.__('Levels')}>
      {LEVELS.map(level => (
        <label key={level} className="jp-deploy-LogLevel">
          <input
            type="checkbox"
            checked={chosen.has(level)}
            onChange={() => toggle(level)}
          />
          {levelWord(level, trans)}
        </label>
      ))}
    </div>
  );
}

/** Seconds since the first entry: "+12.3 s". */
function offset(line: ILogLine, start: string): string {
  const seconds = (Date.parse(line.entry.at) - Date.parse(start)) / 1000;
  return `+${formatDuration(seconds)}`;
}

/** Everything that happened, by level, with a search. */
function Log(props: ILedgerListProps): JSX.Element {
  const { ledger, trans } = props;
  const [levels, setLevels] = React.useState<ReadonlySet<ILevel>>(
    new Set(LEVELS)
  );
  const [text, setText] = React.useState('');
  const [at, setAt] = React.useState(0);
  const list = React.useRef<HTMLDivElement>(null);
  const lines = React.useMemo(
    () => ledger.entries.map(entry => logLine(entry, trans)),
    [ledger.entries, trans]
  );
  const shown = React.useMemo(() => ofLevels(lines, levels), [lines, levels]);
  const hits = React.useMemo(() => found(shown, text), [shown, text]);
  const current = hits[at];
  const reveal = (hit: number): void => {
    const grid = list.current?.querySelector<HTMLElement>('[role="grid"]');
    if (grid && hits[hit] !== undefined) {
      grid.scrollTop = (hits[hit] - 3) * ROW_HEIGHT;
    }
  };
  const move = (step: number): void => {
    if (hits.length > 0) {
      const next = (at + step + hits.length) % hits.length;
      setAt(next);
      reveal(next);
    }
  };
  React.useEffect(() => {
    setAt(0);
    reveal(0);
  }, [text, levels]);
  const marked = new Set(hits);
  const start = ledger.entries[0].at;
  return (
    <div ref={list}>
      <Search
        text={text}
        hits={hits}
        at={at}
        onText={setText}
        onMove={move}
        trans={trans}
      />
      <Levels chosen={levels} onChange={setLevels} trans={trans} />
      <VirtualList
        rows={shown}
        rowHeight={ROW_HEIGHT}
        keyOf={line => String(line.entry.seq)}
        label={trans.__('Log')}
        className="jp-deploy-Ledger"
        renderRow={(line, index, active, id) => (
          <div
            id={id}
            role="row"
            aria-rowindex={index + 1}
            aria-selected={active}
            data-hit={marked.has(index) ? '' : undefined}
            data-current={index === current ? '' : undefined}
            className={`jp-deploy-Entry${active ? ' jp-mod-active' : ''}`}
            title={`${formatExact(new Date(line.entry.at))}\n${line.text}`}
          >
            <span role="gridcell" className="jp-deploy-Number">
              {offset(line, start)}
            </span>
            <span role="gridcell">
              <LevelIcon level={line.level} trans={trans} />
            </span>
            <span role="gridcell">{line.text}</span>
          </div>
        )}
      />
    </div>
  );
}

/** The log, foldable. */
export function LedgerList(props: ILedgerListProps): JSX.Element | null {
  const { ledger, trans } = props;
  const [open, setOpen] = React.useState(false);
  if (ledger.entries.length === 0) {
    return null;
  }
  return (
    <section>
      <h3>{trans.__('Log')}</h3>
      <details
        className="jp-deploy-Fold"
        onToggle={event => setOpen(event.currentTarget.open)}
      >
        <summary>
          {trans._n('%1 entry', '%1 entries', ledger.entries.length)}
        </summary>
        {open && <Log {...props} />}
      </details>
    </section>
  );
}
