import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { VirtualList, formatDuration, formatExact } from '../common';
import type { ILedgerEntry } from '../common';
import type { ILedgerState } from './ledger';
import { cellNumber } from './verdict';

/** Pixels; style/run.css says the same. */
const ROW_HEIGHT = 22;

export interface ILedgerListProps {
  ledger: ILedgerState;
  trans: TranslationBundle;
}

/** What an entry says, for people. */
export function entryText(
  entry: ILedgerEntry,
  trans: TranslationBundle
): string {
  const number = cellNumber(entry.cell ?? null);
  const cell =
    number === null ? trans.__('Parameters') : trans.__('Cell %1', number);
  switch (entry.kind) {
    case 'attempt_started':
      return trans.__('Started');
    case 'kernel_started':
      return trans.__('Kernel ready');
    case 'cell_started':
      return trans.__('%1 started', cell);
    case 'output':
      return trans.__('%1 wrote output', cell);
    case 'clear_output':
      return trans.__('%1 cleared its output', cell);
    case 'cell_finished':
      return finishedText(entry, cell, trans);
    case 'warning':
      return trans.__('Warning: %1', entry.message ?? '');
    case 'finished':
      return entry.reason
        ? trans.__('Finished: %1', entry.reason)
        : trans.__('Finished');
  }
}

function finishedText(
  entry: ILedgerEntry,
  cell: string,
  trans: TranslationBundle
): string {
  const took = formatDuration(entry.duration ?? 0);
  switch (entry.status) {
    case 'error':
      return trans.__('%1 failed after %2', cell, took);
    case 'skipped':
      return trans.__('%1 skipped', cell);
    default:
      return trans.__('%1 done in %2', cell, took);
  }
}

/** Seconds since the first entry: "+12.3 s". */
function offset(entry: ILedgerEntry, start: string): string {
  const seconds = (Date.parse(entry.at) - Date.parse(start)) / 1000;
  return `+${formatDuration(seconds)}`;
}

/** Everything that happened, foldable. */
export function LedgerList(props: ILedgerListProps): JSX.Element | null {
  const { ledger, trans } = props;
  const [open, setOpen] = React.useState(false);
  const { entries } = ledger;
  if (entries.length === 0) {
    return null;
  }
  const start = entries[0].at;
  return (
    <section>
      <h3>{trans.__('Ledger')}</h3>
      <details
        className="jp-deploy-Fold"
        onToggle={event => setOpen(event.currentTarget.open)}
      >
        <summary>{trans._n('%1 entry', '%1 entries', entries.length)}</summary>
        {open && (
          <VirtualList
            rows={entries}
            rowHeight={ROW_HEIGHT}
            keyOf={entry => String(entry.seq)}
            label={trans.__('Ledger')}
            className="jp-deploy-Ledger"
            renderRow={(entry, index, active, id) => {
              const text = entryText(entry, trans);
              return (
                <div
                  id={id}
                  role="row"
                  aria-rowindex={index + 1}
                  aria-selected={active}
                  className={`jp-deploy-Entry${active ? ' jp-mod-active' : ''}`}
                  title={`${formatExact(new Date(entry.at))}\n${text}`}
                >
                  <span role="gridcell" className="jp-deploy-Number">
                    {offset(entry, start)}
                  </span>
                  <span role="gridcell">{text}</span>
                </div>
              );
            }}
          />
        )}
      </details>
    </section>
  );
}
