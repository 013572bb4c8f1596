import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ILastRun } from '../../tokens';
import { stateName } from '../common/StateIcon';

const SLOTS = 20;
const WIDTH = 3;
const HEIGHT = 14;

export interface ISparklineProps {
  /** Oldest first. */
  runs: readonly ILastRun[];
  trans: TranslationBundle;
}

/** The last runs as bars: height is duration, colour the state. */
export function Sparkline({ runs, trans }: ISparklineProps): JSX.Element {
  const shown = runs.slice(-SLOTS);
  const longest = Math.max(...shown.map(run => run.duration ?? 0), 0.001);
  const good = shown.filter(run => run.state === 'succeeded').length;
  const width = SLOTS * (WIDTH + 1);
  return (
    <svg
      className="jp-deploy-Sparkline"
      role="img"
      aria-label={trans.__(
        'Of the last %1 runs %2 succeeded',
        shown.length,
        good
      )}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      width={width}
      height={HEIGHT}
    >
      {shown.map((run, index) => {
        const share = (run.duration ?? 0) / longest;
        const height = Math.max(3, Math.round(share * HEIGHT));
        return (
          <rect
            key={run.id}
            className={`jp-deploy-mod-${stateName(run.state, run.verdict)}`}
            x={(SLOTS - shown.length + index) * (WIDTH + 1)}
            y={HEIGHT - height}
            width={WIDTH}
            height={height}
          />
        );
      })}
    </svg>
  );
}
