import { quick } from '../support/notebooks';
import { expect, test } from '../support/test';

test('an address opens a run', async ({ context, server }) => {
  await server.deploy('linked', await server.write('linked.ipynb', quick));
  const id = await server.finish('linked', 'succeeded');
  const page = await context.newPage();
  await page.goto(`/lab?deploy-run=${id}`);
  const run = page.getByRole('tabpanel', { name: `Run ${id}` });
  await expect(run.getByRole('status')).toContainText('Succeeded in');
  await expect(page.locator('#jupyterlab-splash')).toHaveCount(0);
  await expect(page).not.toHaveURL(/deploy-run/);
});

test('Notebook 7 deploys, and its pages open in JupyterLab', async ({
  context,
  server
}) => {
  const path = await server.write('classic.ipynb', quick);
  const page = await context.newPage();
  const dialog = page.getByRole('dialog');
  await page.goto(`/notebooks/${path}`);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await dialog.getByRole('button', { name: 'Check and deploy' }).click();
  await expect(dialog).toContainText('Version 1 of “classic” is live');
  const opened = context.waitForEvent('page');
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  const lab = (await opened).getByRole('tabpanel', { name: 'classic' });
  await expect(lab.getByRole('heading', { name: 'classic' })).toBeVisible();
  await expect(lab.getByText('Nothing has run yet.')).toBeVisible();
});
