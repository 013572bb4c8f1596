import type * as nbformat from '@jupyterlab/nbformat';
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatDuration } from '../common/format';
import type { ILedgerEntry } from '../common/types';
import { cellNumber } from './verdict';

export type ILevel = 'info' | 'output' | 'warning' | 'error';

export const LEVELS: readonly ILevel[] = ['info', 'output', 'warning', 'error'];

/** One line of the log. */
export interface ILogLine {
  readonly entry: ILedgerEntry;
  readonly level: ILevel;
  readonly text: string;
}

/** Characters of an output that a line shows. */
const LONGEST = 300;

export function logLine(
  entry: ILedgerEntry,
  trans: TranslationBundle
): ILogLine {
  return { entry, level: levelOf(entry), text: entryText(entry, trans) };
}

function levelOf(entry: ILedgerEntry): ILevel {
  switch (entry.kind) {
    case 'warning':
      return 'warning';
    case 'output': {
      const { output_type, name } = output(entry);
      const quiet = name === 'stderr' ? 'warning' : 'output';
      return output_type === 'error' ? 'error' : quiet;
    }
    case 'cell_finished':
      return entry.status === 'error' ? 'error' : 'info';
    case 'finished':
      return entry.fault ? 'error' : 'info';
    default:
      return 'info';
  }
}

function output(entry: ILedgerEntry): Partial<nbformat.IOutput> {
  return (entry.output ?? {}) as Partial<nbformat.IOutput>;
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
      return trans.__('%1: %2', cell, outputText(entry, trans));
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

function joined(text: unknown): string {
  return Array.isArray(text) ? text.join('') : String(text ?? '');
}

/** The beginning of what was printed; of other outputs their plain text or their kind. */
function outputText(entry: ILedgerEntry, trans: TranslationBundle): string {
  const { output_type, text, data, ename, evalue } = output(entry);
  if (output_type === 'error') {
    return `${joined(ename)}: ${joined(evalue)}`.slice(0, LONGEST);
  }
  const plain = (data as nbformat.IMimeBundle | undefined)?.['text/plain'];
  const said = joined(output_type === 'stream' ? text : plain).trim();
  return said.slice(0, LONGEST) || trans.__('output');
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

/** The lines of these levels. */
export function ofLevels(
  lines: readonly ILogLine[],
  levels: ReadonlySet<ILevel>
): readonly ILogLine[] {
  return levels.size === LEVELS.length
    ? lines
    : lines.filter(line => levels.has(line.level));
}

/** The places of the lines that hold the text, whatever its case; none for no text. */
export function found(lines: readonly ILogLine[], text: string): number[] {
  const wanted = text.trim().toLocaleLowerCase();
  return wanted === ''
    ? []
    : lines.flatMap((line, index) =>
        line.text.toLocaleLowerCase().includes(wanted) ? [index] : []
      );
}
