import { expectAccessible } from '../support/axe';
import { notebook } from '../support/notebooks';
import { expect, test } from '../support/test';

function recording(auc: number): ReturnType<typeof notebook> {
  return notebook(
    `import jupyter_deploy as jd\njd.metric("auc", ${auc})\njd.metric("worst", float("nan"))`,
    'for n in range(40):\n    print(f"m{n}: {n}")'
  );
}

test('the run page shows metrics and their change since the last good run', async ({
  page,
  server,
  deployments
}) => {
  test.slow(); // two deployments and their runs come first
  const { main } = deployments;
  await server.deploy('told', await server.write('told.ipynb', recording(0.8)));
  const first = await server.finish('told', 'succeeded');
  await server.deploy('told', await server.write('told.ipynb', recording(0.9)));
  const second = await server.finish('told', 'succeeded');

  await deployments.openRun(second);
  const metrics = main.getByRole('group', { name: 'Metrics' });
  await expect(metrics.getByText(`Since run ${first}`)).toBeVisible();
  await expect(metrics.getByRole('row').nth(1)).toHaveText('auc0.9+0.1');
  await expect(metrics.getByRole('row', { name: 'worst' })).toHaveText(
    'worstNaN'
  );
  await expect(metrics.getByRole('row')).toHaveCount(43);

  await main.getByLabel('Search metrics').fill('m39');
  await expect(metrics.getByRole('row')).toHaveCount(2);

  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    await page.theme.setTheme(theme);
    await page.screenshot({ path: test.info().outputPath(`${theme}.png`) });
    await expectAccessible(page, '.jp-deploy-RunSide');
  }
});
