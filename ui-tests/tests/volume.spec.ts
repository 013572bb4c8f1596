import { quick } from '../support/notebooks';
import { expect, test } from '../support/test';

const MANY = 500;

// The last file by name: taking them back one by one would cost as much again.
test.use({ leaveBehind: true });

test(`${MANY} deployments scroll, and few of them are rows`, async ({
  server,
  deployments
}) => {
  await server.deployMany(MANY, quick);
  await deployments.openPanel();
  const grid = deployments.panel.getByRole('grid');
  await expect(grid).toHaveAttribute('aria-rowcount', String(MANY));
  const frames = await grid.evaluate(async node => {
    const rows: number[] = [];
    const times: number[] = [];
    const frame = (): Promise<number> =>
      new Promise(resolve => requestAnimationFrame(resolve));
    let last = await frame();
    while (node.scrollTop + node.clientHeight < node.scrollHeight) {
      node.scrollTop += 200;
      const now = await frame();
      times.push(now - last);
      rows.push(node.querySelectorAll('[role="row"]').length);
      last = now;
    }
    times.sort((a, b) => a - b);
    return {
      count: times.length,
      rows: Math.max(...rows),
      median: times[Math.floor(times.length / 2)],
      slow: times[Math.floor(times.length * 0.95)]
    };
  });
  expect(frames.rows).toBeLessThan(50);
  const figure = `${frames.count} frames, median ${frames.median.toFixed(1)} ms, 95 % below ${frames.slow.toFixed(1)} ms`;
  test.info().annotations.push({ type: 'scrolling', description: figure });
  await expect(grid.getByText('many-99', { exact: true })).toBeVisible();

  await deployments.panel.getByLabel('Filter deployments').fill('many-42');
  await expect(grid).toHaveAttribute('aria-rowcount', '11');
});
