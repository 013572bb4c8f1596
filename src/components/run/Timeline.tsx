import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatDuration, formatElapsed, useNow } from '../common';
import { barSeconds, grouped } from './cells';
import type { IBar, IGroup } from './cells';
import { isSlow, outlook } from './usual';
import { cellNumber } from './verdict';

/** Bars. */
const MOST = 300;

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

function barText(
  bar: IGroup,
  seconds: number | null,
  trans: TranslationBundle
): string {
  const first = cellNumber(bar.first);
  const name =
    bar.first === bar.last
      ? trans.__('Cell %1', first)
      : trans.__('Cells %1 to %2', first, cellNumber(bar.last));
  const text = `${name}: ${phaseText(bar, seconds, trans)}`;
  return bar.usual === null
    ? text
    : trans.__('%1, usually %2', text, formatDuration(bar.usual));
}

function phaseText(
  bar: IGroup,
  seconds: number | null,
  trans: TranslationBundle
): string {
  switch (bar.phase) {
    case 'waiting':
      return trans.__('not run');
    case 'running':
      return trans.__('running, %1', formatElapsed(seconds ?? 0));
    case 'ok':
      return formatDuration(seconds ?? 0);
    case 'error':
      return trans.__('failed after %1', formatDuration(seconds ?? 0));
    case 'skipped':
      return trans.__('skipped');
  }
}

/** A bar for each code cell, or for some where there are many; arrows move between them, Enter shows the cell. */
export function Timeline(props: ITimelineProps): JSX.Element {
  const { bars, onShow, trans } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const [current, setCurrent] = React.useState(0);
  const running = bars.some(bar => bar.phase === 'running');
  const now = useNow(running ? 1000 : null);
  const groups = React.useMemo(() => grouped(bars, MOST), [bars]);
  const seconds = groups.map(bar => barSeconds(bar, now));
  const longest = Math.max(...seconds.map(one => one ?? 0));
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const next = Math.max(0, Math.min(groups.length - 1, current + step));
      setCurrent(next);
      (node.current?.children[next] as HTMLElement | undefined)?.focus();
    }
  };
  const said = outlook(bars, now, trans);
  return (
    <>
      <div
        ref={node}
        className="jp-deploy-Timeline"
        role="toolbar"
        aria-label={trans.__('Time of each cell')}
        onKeyDown={onKeyDown}
      >
        {groups.map((bar, index) => {
          const text = barText(bar, seconds[index], trans);
          return (
            <button
              key={bar.source}
              type="button"
              className="jp-deploy-Bar"
              data-phase={bar.phase}
              data-slow={isSlow(seconds[index], bar.usual) ? '' : undefined}
              title={text}
              aria-label={text}
              tabIndex={index === current ? 0 : -1}
              onClick={() => onShow(bar.source)}
            >
              <span
                style={{
                  height: `${barHeight(seconds[index] ?? 0, longest)}%`
                }}
              />
            </button>
          );
        })}
      </div>
      {said && <p className="jp-deploy-Outlook">{said}</p>}
    </>
  );
}
