import { install, makeAuthor } from '../support/author';
import { expectAccessible } from '../support/axe';
import { quick } from '../support/notebooks';
import { expect, test } from '../support/test';

test('what differs from production, and between versions', async ({
  page,
  server,
  deployments
}) => {
  test.slow();
  makeAuthor('changing');
  const { main } = deployments;
  const kernelspec = {
    name: 'changing',
    display_name: 'changing',
    language: 'python'
  };
  const notebook = {
    ...quick,
    metadata: { ...quick.metadata, kernelspec }
  };
  const path = await server.write('compared.ipynb', notebook);
  await server.deploy('compared', path);

  await test.step('nothing is said while they are the same', async () => {
    const asked = page.waitForResponse('**/compared/environment*');
    await deployments.openDeployment('compared');
    await asked;
    await expect(main.getByText('between your kernel now')).toHaveCount(0);
  });

  await test.step('a package that was upgraded is told', async () => {
    install('changing', 'six==1.17.0');
    await page.activity.closeAll();
    await deployments.openDeployment('compared');
    const line = main.getByText('1 package differs between your kernel now');
    await line.click();
    const row = main.getByRole('row').filter({ hasText: 'six' });
    await expect(row).toContainText('1.16.0');
    await expect(row).toContainText('1.17.0');
    for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
      await page.theme.setTheme(theme);
      await page.screenshot({
        path: test.info().outputPath(`drift ${theme}.png`)
      });
    }
    await expectAccessible(page, '.jp-deploy-Deployment');
  });

  await test.step('a new version says what changed', async () => {
    const [first, ...rest] = notebook.cells;
    const cells = [{ ...first, source: 'total = 2\ntotal' }, ...rest];
    await server.write('compared.ipynb', { ...notebook, cells });
    await server.deploy('compared', path);
    await main.getByRole('tab', { name: 'Versions' }).click();
    await main.getByRole('button', { name: 'code, packages' }).click();
    const changes = main.getByLabel('Changes since version 1');
    await expect(changes).toContainText('+total = 2');
    await expect(changes).toContainText('six changed 1.16.0 → 1.17.0');
    for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
      await page.theme.setTheme(theme);
      await page.screenshot({
        path: test.info().outputPath(`versions ${theme}.png`)
      });
    }
    await expectAccessible(page, '.jp-deploy-Deployment');
  });
});
