import type uPlot from 'uplot';

/** Pixels. */
const HEIGHT = 150;

function color(host: HTMLElement, name: string): string {
  return getComputedStyle(host).getPropertyValue(name).trim() || 'gray';
}

/** JupyterLab's colours for the library, which draws on a canvas. */
export function chartOptions(
  host: HTMLElement,
  format: (value: number) => string,
  onChoose: (index: number | null) => void
): uPlot.Options & { height: number } {
  const text = color(host, '--jp-ui-font-color2');
  const grid = { stroke: color(host, '--jp-border-color2'), width: 1 };
  const axis: uPlot.Axis = {
    stroke: text,
    font: `11px ${color(host, '--jp-ui-font-family')}`,
    grid,
    ticks: grid
  };
  const line = color(host, '--jp-brand-color1');
  const failed = color(host, '--jp-error-color1');
  return {
    width: Math.max(200, host.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: { min: { pad: 0.1 }, max: { pad: 0.1 } } } },
    axes: [
      axis,
      {
        ...axis,
        size: 72,
        values: (_plot, ticks) => ticks.map(format)
      }
    ],
    series: [
      {},
      { stroke: line, width: 1.5, points: { size: 6, fill: line } },
      {
        stroke: 'transparent',
        points: { show: true, size: 8, stroke: failed, fill: failed }
      }
    ],
    hooks: {
      setCursor: [plot => onChoose(plot.cursor.idx ?? null)]
    }
  };
}
