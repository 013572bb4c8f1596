import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import uPlot from 'uplot';
import { formatExact } from '../common';
import { chartOptions } from './plot';

/** One run in a chart. */
export interface IPoint {
  readonly run: number;
  readonly at: Date;
  readonly value: number | null;
  readonly failed: boolean;
}

export interface IChartProps {
  label: string;
  /** Oldest first. */
  points: readonly IPoint[];
  format: (value: number) => string;
  onOpen: (run: number) => void;
  trans: TranslationBundle;
}

function columns(points: readonly IPoint[]): uPlot.AlignedData {
  return [
    points.map(point => point.at.getTime() / 1000),
    points.map(point => point.value),
    points.map(point => (point.failed ? point.value : null))
  ];
}

/** Grows when the colours of the page have changed. */
function useTheme(): number {
  const [theme, setTheme] = React.useState(0);
  React.useEffect(() => {
    const observer = new MutationObserver(() => setTheme(count => count + 1));
    observer.observe(document.body, {
      attributes: true,
      attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light']
    });
    return () => observer.disconnect();
  }, []);
  return theme;
}

/** A value over the runs; a click or Enter opens the run. */
export function Chart(props: IChartProps): JSX.Element {
  const { points, format, trans } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const plot = React.useRef<uPlot | null>(null);
  const [chosen, setChosen] = React.useState<number | null>(null);
  const theme = useTheme();

  React.useEffect(() => {
    const host = node.current;
    if (!host) {
      return;
    }
    const options = chartOptions(host, format, setChosen);
    const made = new uPlot(options, columns(points), host);
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: host.clientWidth, height: options.height })
    );
    observer.observe(host);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [points, format, theme]);

  const point = chosen === null ? undefined : points[chosen];
  const open = (): void => point && props.onOpen(point.run);
  const move = (step: number): void => {
    const next = (chosen ?? points.length) + step;
    const index = Math.max(0, Math.min(points.length - 1, next));
    const { value, at } = points[index];
    plot.current?.setCursor({
      left: plot.current.valToPos(at.getTime() / 1000, 'x'),
      top: plot.current.valToPos(value ?? 0, 'y')
    });
    setChosen(index);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      move(step);
    } else if (event.key === 'Enter') {
      open();
    }
  };
  const said = point
    ? trans.__(
        'Run %1: %2 · %3',
        point.run,
        point.value === null ? trans.__('no value') : format(point.value),
        formatExact(point.at)
      )
    : trans._n('%1 run', '%1 runs', points.length);
  return (
    <figure className="jp-deploy-Chart">
      <figcaption>
        <strong>{props.label}</strong>{' '}
        <span className="jp-deploy-Muted" aria-live="polite">
          {said}
        </span>
      </figcaption>
      <div
        ref={node}
        role="application"
        aria-roledescription={trans.__('chart')}
        aria-label={trans.__(
          '%1 over the runs; arrows choose a run, Enter opens it',
          props.label
        )}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onClick={open}
      />
    </figure>
  );
}
