import AxeBuilder from '@axe-core/playwright';
import { failing, report } from '../support/notebooks';
import { expect, test } from '../support/test';

const schedule = { cron: '0 6 * * mon-fri', timezone: 'Europe/Berlin' };

test('no serious violation of accessibility, in light and dark', async ({
  page,
  server,
  deployments
}) => {
  const path = await server.write('sales.ipynb', report);
  await server.deploy('prices', await server.write('prices.ipynb', failing));
  await server.deploy('sales', path, { schedule });
  const id = await server.finish('prices', 'failed');
  await page.notebook.openByPath(path);
  await deployments.openPanel();
  await expect(deployments.row('sales')).toBeVisible();

  const check = async (where: string): Promise<void> => {
    const { violations } = await new AxeBuilder({ page })
      .include(where)
      .analyze();
    const serious = violations
      .filter(one => one.impact === 'serious' || one.impact === 'critical')
      .map(one => [one.id, one.nodes.map(node => node.html)]);
    expect(serious, where).toEqual([]);
  };

  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    await test.step(theme, async () => {
      await page.theme.setTheme(theme);
      await check('#jupyter-deploy-panel');

      await page.notebook.activate('sales.ipynb');
      await page.getByRole('button', { name: 'Deploy', exact: true }).click();
      await expect(deployments.dialog.getByText(/^next: /)).toBeVisible();
      await deployments.dialog.getByLabel('n_rows int').fill('many');
      await deployments.press('Deploy');
      await expect(deployments.dialog.getByRole('alert')).toBeVisible();
      await page.screenshot({ path: test.info().outputPath(`${theme}-1.png`) });
      await check('.jp-deploy-Dialog');
      await page.keyboard.press('Escape');

      await deployments.openDeployment('prices');
      await deployments.main.getByRole('tab', { name: 'Runs' }).click();
      await expect(deployments.main.getByText(`#${id}`)).toBeVisible();
      await page.screenshot({ path: test.info().outputPath(`${theme}-2.png`) });
      await check('.jp-deploy-DeploymentPage');
      await deployments.main.getByRole('tab', { name: 'Versions' }).click();
      await expect(deployments.main.getByText('Live')).toBeVisible();
      await check('.jp-deploy-DeploymentPage');

      await deployments.openRun(id);
      await expect(deployments.main.getByText('Environment')).toBeVisible();
      await page.screenshot({ path: test.info().outputPath(`${theme}-3.png`) });
      await check('.jp-deploy-RunPage');
    });
  }
});
