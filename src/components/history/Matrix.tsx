import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { VirtualList, formatDuration, formatExact } from '../common';
import { markOf, markWord } from './history';
import type { ICellHistory, IHistory, IMark, IPast } from './history';

/** Pixels; style/history.css says the same. */
const ROW_HEIGHT = 24;

/** Beside the colour, for those who do not see it. */
const SIGNS: Readonly<Record<IMark, string>> = {
  none: '',
  usual: '',
  slow: '·',
  slower: '•',
  failed: '×',
  skipped: '–',
  unfinished: '×'
};

export interface IMatrixProps {
  matrix: IHistory['matrix'];
  runs: ReadonlyMap<number, IPast>;
  onOpen: (run: number) => void;
  trans: TranslationBundle;
}

interface IPlace {
  readonly row: ICellHistory;
  /** Index in the matrix. */
  readonly run: number;
}

function placeText(props: IMatrixProps, { row, run }: IPlace): string {
  const { matrix, runs, trans } = props;
  const id = matrix.runs[run];
  const at = runs.get(id)?.at;
  const mark = markOf(row, run);
  const seconds = row.seconds[run];
  const took =
    seconds === null || mark === 'none' ? '' : ` · ${formatDuration(seconds)}`;
  const when = at ? ` · ${formatExact(at)}` : '';
  return trans.__(
    'Cell %1, run %2: %3',
    row.cell + 1,
    id,
    `${markWord(mark, trans)}${took}${when}`
  );
}

function Legend({ trans }: { trans: TranslationBundle }): JSX.Element {
  const shown: IMark[] = ['usual', 'slow', 'slower', 'failed', 'skipped'];
  return (
    <p className="jp-deploy-Legend">
      {shown.map(mark => (
        <span key={mark}>
          <span className="jp-deploy-Mark" data-mark={mark} aria-hidden="true">
            {SIGNS[mark]}
          </span>{' '}
          {markWord(mark, trans)}
        </span>
      ))}
    </p>
  );
}

/** Cells × runs, the newest run to the right: where it fails and since when. */
export function Matrix(props: IMatrixProps): JSX.Element {
  const { matrix, trans } = props;
  const count = matrix.runs.length;
  const order = React.useMemo(
    () => [...Array(count).keys()].reverse(),
    [count]
  );
  const [place, setPlace] = React.useState<IPlace | null>(null);
  const [column, setColumn] = React.useState(0);
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setColumn(Math.max(0, Math.min(count - 1, column + step)));
    }
  };
  const target = (event: React.MouseEvent): number | null => {
    const run = (event.target as HTMLElement).dataset.run;
    return run === undefined ? null : Number(run);
  };
  return (
    <div className="jp-deploy-Matrix" onKeyDown={onKeyDown}>
      <Legend trans={trans} />
      <VirtualList
        rows={matrix.cells}
        rowHeight={ROW_HEIGHT}
        keyOf={row => String(row.cell)}
        label={trans.__('Cells over runs')}
        onOpen={() => props.onOpen(matrix.runs[column])}
        renderRow={(row, index, active, id) => (
          <div
            id={id}
            role="row"
            aria-rowindex={index + 1}
            aria-selected={active}
            className={`jp-deploy-MatrixRow${active ? ' jp-mod-active' : ''}`}
            onMouseMove={event => {
              const run = target(event);
              setPlace(run === null ? null : { row, run });
            }}
            onClick={event => {
              const run = target(event);
              if (run !== null) {
                props.onOpen(matrix.runs[run]);
              }
            }}
          >
            <span role="rowheader" title={row.title}>
              <span className="jp-deploy-Number">{row.cell + 1}</span>{' '}
              {row.title}
            </span>
            <span role="gridcell" className="jp-deploy-Number">
              {row.usual === null ? '' : formatDuration(row.usual)}
            </span>
            <span
              role="gridcell"
              className="jp-deploy-Marks"
              aria-label={placeText(props, { row, run: column })}
            >
              {order.map(run => {
                const mark = markOf(row, run);
                return (
                  <span
                    key={run}
                    className="jp-deploy-Mark"
                    data-mark={mark}
                    data-run={run}
                    data-current={active && run === column ? '' : undefined}
                  >
                    {SIGNS[mark]}
                  </span>
                );
              })}
            </span>
          </div>
        )}
      />
      <p className="jp-deploy-MatrixPlace jp-deploy-Muted">
        {place
          ? placeText(props, place)
          : trans.__(
              'The newest run is on the right. Arrows choose a cell and a run, Enter opens the run.'
            )}
      </p>
    </div>
  );
}
