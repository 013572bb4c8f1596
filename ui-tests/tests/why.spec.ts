import { expectAccessible } from '../support/axe';
import { notebook } from '../support/notebooks';
import { expect, test } from '../support/test';

const source = notebook(
  { source: 'column = "price"', tags: ['parameters'] },
  'print("Loaded 1,204 rows")\norders = {"price": [1, 2]}',
  'total = 0\ntotal += sum(orders[column])\nprint("total:", total)'
);

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test(`why a run failed, and its log, in ${theme}`, async ({
    page,
    server,
    deployments
  }) => {
    await page.theme.setTheme(theme);
    const name = theme.endsWith('Light') ? 'why-light' : 'why-dark';
    await server.deploy(name, await server.write('why.ipynb', source));
    const good = await server.finish(name, 'succeeded');
    const id = await server.finish(name, 'failed', undefined, {
      column: 'prize'
    });
    await deployments.openRun(id);
    const why = deployments.main.getByRole('region', {
      name: 'Why it failed'
    });
    await expect(why).toContainText("'prize'");
    await expect(why).toContainText(`run ${good}`);
    await expect(why.getByRole('listitem').first()).toContainText('Parameters');
    await why.getByRole('button', { name: 'Cell 3, line 2' }).click();
    await expect(
      deployments.main.getByText('total += sum(orders').first()
    ).toBeInViewport();
    await page.screenshot({ path: test.info().outputPath('why.png') });

    await deployments.main.getByText(/\d+ entries/).click();
    const log = deployments.main.getByRole('grid', { name: 'Log' });
    await deployments.main.getByLabel('Search the log').fill('LOADED');
    await expect(deployments.main.getByText('1 of 1')).toBeVisible();
    await expect(log.locator('[data-current]')).toHaveText(
      /Cell 2: Loaded 1,204 rows/
    );
    for (const level of ['Steps', 'Output', 'Warnings']) {
      await deployments.main.getByRole('checkbox', { name: level }).uncheck();
    }
    await expect(log.getByText("KeyError: 'prize'").first()).toBeVisible();
    await expect(log.getByText('Kernel ready')).toHaveCount(0);
    await page.screenshot({ path: test.info().outputPath('log.png') });
    await expectAccessible(page, '.jp-deploy-RunPage .jp-deploy-RunHeader');
    await expectAccessible(page, '.jp-deploy-RunPage .jp-deploy-RunSide');
  });
}
