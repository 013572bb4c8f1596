import { notebook } from '../support/notebooks';
import { expect, test } from '../support/test';

const source = notebook(
  { source: 'n = 1', tags: ['parameters'] },
  { source: '## Load', type: 'markdown' },
  'print("rows:", 100 * n)',
  'assert n < 3, "too many"'
);

test('history says since when it fails; cells, charts and points lead to runs', async ({
  page,
  server,
  deployments
}) => {
  const path = await server.write('long.ipynb', source);
  await server.deploy('past', path, {
    schedule: { cron: '0 6 1 1 *', timezone: 'UTC' }
  });
  const ids: number[] = [];
  for (const [n, state] of [
    [1, 'succeeded'],
    [2, 'succeeded'],
    [3, 'failed'],
    [4, 'failed']
  ] as const) {
    ids.push(await server.finish('past', state, undefined, { n }));
  }
  await deployments.openDeployment('past');
  await deployments.main.getByRole('tab', { name: 'History' }).click();
  const history = deployments.main.getByRole('region', { name: 'History' });
  await expect(history).toContainText(`Fails in cell 4 since today`);
  await expect(history).toContainText(`(run ${ids[2]})`);
  await expect(history).toContainText(`The last good one was run ${ids[1]}.`);

  const matrix = history.getByRole('grid', { name: 'Cells over runs' });
  await expect(matrix.getByRole('row')).toHaveCount(3);
  await expect(matrix.getByRole('row').nth(1)).toContainText('Load');
  const marks = matrix.getByRole('row').nth(2).locator('[data-run]');
  await expect(marks).toHaveText(['', '', '×', '×']);
  await expect(history.getByRole('figure')).toHaveCount(2);
  await expect(history.getByRole('figure').nth(1)).toContainText('rows');
  await expect(history).toContainText('No schedule has asked for a run yet.');

  const chart = history.getByRole('application').first();
  await chart.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(history.getByRole('figure').first()).toContainText(
    `Run ${ids[3]}:`
  );
  await page.keyboard.press('Enter');
  await expect(deployments.main.getByText(`run ${ids[3]} ·`)).toBeVisible();
  await deployments.openDeployment('past');
  await marks.first().click();
  await expect(deployments.main.getByText(`run ${ids[0]} ·`)).toBeVisible();
});

test('a run under way is told against what is usual', async ({
  server,
  deployments
}) => {
  const slow = notebook(
    { source: 'pause = 2', tags: ['parameters'] },
    'import time\ntime.sleep(pause)',
    'print("done")'
  );
  await server.deploy('usual', await server.write('usual.ipynb', slow));
  await server.finish('usual', 'succeeded');
  const id = await server.run('usual', { pause: 600 });
  await deployments.openRun(id);
  await expect(deployments.main).toContainText('Cell 2 usually takes 2.');
  await expect(deployments.main).toContainText(
    'Cell 2 takes longer than usual (2.'
  );
});

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test(`history in ${theme}`, async ({ page, server, deployments }) => {
    await page.theme.setTheme(theme);
    await server.deploy('looks', await server.write('looks.ipynb', source));
    for (const n of [1, 2, 3]) {
      await server.finish('looks', n < 3 ? 'succeeded' : 'failed', undefined, {
        n
      });
    }
    await deployments.openDeployment('looks');
    await deployments.main.getByRole('tab', { name: 'History' }).click();
    await expect(deployments.main.getByRole('figure')).toHaveCount(2);
    const body = await page.screenshot();
    await test.info().attach(theme, { body, contentType: 'image/png' });
    await page.screenshot({ path: test.info().outputPath('history.png') });
  });
}
