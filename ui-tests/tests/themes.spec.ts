import { expectAccessible } from '../support/axe';
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

  const check = (where: string): Promise<void> => expectAccessible(page, where);

  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    await test.step(theme, async () => {
      await page.theme.setTheme(theme);
      await check('#jupyter-deploy-panel');

      await page.notebook.activate('sales.ipynb');
      await page.getByRole('button', { name: 'Deploy', exact: true }).click();
      await expect(deployments.dialog.getByText(/^next: /)).toBeVisible();
      await deployments.dialog.getByLabel('n_rows int').fill('many');
      await deployments.press('Check and deploy');
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
