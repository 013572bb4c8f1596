import { expectAccessible } from '../support/axe';
import { notebook } from '../support/notebooks';
import { expect, test } from '../support/test';

const source = notebook(
  { source: 'good = True', tags: ['parameters'] },
  'import jupyter_deploy as jd\n' +
    'jd.metric("auc", 0.91)\n' +
    'jd.table("scores", [{"name": "ada", "score": 3.5}, {"name": "<b>", "score": 2}])',
  'assert good',
  'print("the report")'
);

const outputs = {
  report: { format: 'html', hide_code: true },
  scores: { table: 'scores' },
  auc: { metric: 'auc' }
};

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test(`what is published in ${theme}`, async ({
    page,
    server,
    deployments
  }) => {
    await page.theme.setTheme(theme);
    const path = await server.write('published.ipynb', source);
    await server.deploy('sales-report', path, { outputs });
    const id = await server.finish('sales-report', 'succeeded');
    await server.finish('sales-report', 'failed', undefined, { good: false });
    await deployments.openDeployment('sales-report');
    await deployments.main.getByRole('tab', { name: 'Outputs' }).click();
    const shown = deployments.main.getByRole('region', { name: 'Outputs' });
    await expect(async () => {
      await shown.getByRole('button', { name: 'Refresh' }).click();
      await expect(shown).toContainText(`of run ${id}.`, { timeout: 1000 });
    }).toPass({ timeout: 40_000 });
    await expect(shown.getByRole('heading', { name: 'scores' })).toContainText(
      'Table · 2 rows, 2 columns'
    );
    await expect(shown.getByRole('heading', { name: 'auc' })).toContainText(
      'Metric · 0.91'
    );

    await shown.getByText('First rows').click();
    const rows = shown.getByRole('table').first();
    await expect(rows.getByRole('cell')).toHaveText(['ada', '3.5', '<b>', '2']);

    await shown.getByLabel('For whom').fill('the board');
    await shown.getByRole('button', { name: 'New token' }).click();
    await expect(shown.getByText('It is shown only now')).toBeVisible();
    const secret = await shown.locator('.jp-deploy-Secret code').innerText();
    const link = shown.getByRole('link', {
      name: /published\/sales-report\/report/
    });
    const address = (await link.getAttribute('href')) ?? '';
    await expectAccessible(page, '.jp-deploy-Published');
    await page.screenshot({ path: test.info().outputPath('outputs.png') });

    const reader = await page.context().browser()?.newPage();
    await reader?.setViewportSize({ width: 400, height: 700 });
    await reader?.goto(`${address}?token=${secret}`);
    await expect(reader!.getByText(/data of/i)).toBeVisible();
    await expect(
      reader!.frameLocator('iframe').getByText('the report')
    ).toBeVisible();
    await reader?.screenshot({ path: test.info().outputPath('reader.png') });
    await reader?.close();

    await shown.getByRole('button', { name: 'Revoke the board' }).click();
    await expect(shown.getByText('the board')).toHaveCount(0);
  });
}

test('a deployment that publishes nothing says how to', async ({
  server,
  deployments
}) => {
  await server.deploy('quiet', await server.write('quiet.ipynb', source));
  await deployments.openDeployment('quiet');
  await deployments.main.getByRole('tab', { name: 'Outputs' }).click();
  await expect(deployments.main).toContainText('Nothing is published.');
  await expect(deployments.main).toContainText('hide_code: true');
});
