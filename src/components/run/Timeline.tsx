import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatDuration, formatElapsed, useNow } from '../common';
import type { IBar } from './cells';
import { cellNumber } from './verdict';

export interface ITimelineProps {
  bars: readonly IBar[];
  onShow: (source: number) => void;
  trans: TranslationBundle;
}

/** The share of the height: square roots keep short cells visible beside long ones. */
export function barHeight(seconds: number, longest: number): number {
  const share = longest > 0 ? Math.sqrt(seconds / longest) : 0;
  return 25 + 75 * Math.min(1, share);
}

/** Seconds of a bar: known, ticking, or none. */
export function barSeconds(bar: IBar, now: Date): number | null {
  if (bar.phase === 'running' && bar.startedAt) {
    return Math.max(0, (now.getTime() - Date.parse(bar.startedAt)) / 1000);
  }
  return bar.seconds;
}

function barText(
  bar: IBar,
  seconds: number | null,
  trans: TranslationBundle
): string {
  const number = cellNumber(bar.source);
  switch (bar.phase) {
    case 'waiting':
      return trans.__('Cell %1: not run', number);
    case 'running':
      return trans.__(
        'Cell %1: running, %2',
        number,
        formatElapsed(seconds ?? 0)
      );
    case 'ok':
      return trans.__('Cell %1: %2', number, formatDuration(seconds ?? 0));
    case 'error':
      return trans.__(
        'Cell %1: failed after %2',
        number,
        formatDuration(seconds ?? 0)
      );
    case 'skipped':
      return trans.__('Cell %1: skipped', number);
  }
}

/** One bar for each code cell; arrows move between them, Enter shows the cell. */
export function Timeline(props: ITimelineProps): JSX.Element {
  const { bars, onShow, trans } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const [current, setCurrent] = React.useState(0);
  const running = bars.some(bar => bar.phase === 'running');
  const now = useNow(running ? 1000 : null);
  const seconds = bars.map(bar => barSeconds(bar, now));
  const longest = Math.max(...seconds.map(one => one ?? 0));
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const next = Math.max(0, Math.min(bars.length - 1, current + step));
      setCurrent(next);
      (node.current?.children[next] as HTMLElement | undefined)?.focus();
    }
  };
  return (
    <div
      ref={node}
      className="jp-deploy-Timeline"
      role="toolbar"
      aria-label={trans.__('Time of each cell')}
      onKeyDown={onKeyDown}
    >
      {bars.map((bar, index) => {
        const text = barText(bar, seconds[index], trans);
        return (
          <button
            key={bar.source}
            type="button"
            className="jp-deploy-Bar"
            data-phase={bar.phase}
            title={text}
            aria-label={text}
            tabIndex={index === current ? 0 : -1}
            onClick={() => onShow(bar.source)}
          >
            <span
              style={{ height: `${barHeight(seconds[index] ?? 0, longest)}%` }}
            />
          </button>
        );
      })}
    </div>
  );
}
