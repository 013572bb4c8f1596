import { endless, quick, report } from '../support/notebooks';
import { expect, test } from '../support/test';

const schedule = { cron: '0 6 * * *', timezone: 'Europe/Berlin' };

test('deploying from the empty panel, launcher and file browser', async ({
  page,
  server,
  deployments
}) => {
  const { dialog, panel } = deployments;
  await server.write('first.ipynb', report);
  await page.filebrowser.refresh();
  await deployments.openPanel();

  await test.step('the empty panel asks which notebook', async () => {
    await expect(panel.getByText('Nothing is deployed yet.')).toBeVisible();
    await panel.getByRole('button', { name: 'Deploy a notebook' }).click();
    await expect(dialog).toContainText('Which notebook?');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });

  await test.step('the launcher, too', async () => {
    await deployments.main
      .getByRole('button', { name: 'Deploy a Notebook' })
      .click();
    await dialog.getByRole('listitem', { name: /first\.ipynb/ }).click();
    await deployments.press('Select');
    await expect(dialog).toContainText('Deploy “first.ipynb”');
    await deployments.press('Cancel');
  });

  await test.step('the file browser deploys what was clicked', async () => {
    await page.sidebar.openTab('filebrowser');
    await page
      .getByRole('listitem', { name: /first\.ipynb/ })
      .click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Deploy Notebook' }).click();
    await expect(dialog.getByLabel('region str')).toHaveValue('eu');
    await deployments.press('Check and deploy');
    await expect(dialog).toContainText('Version 1 of “first” is live');
    await deployments.press('Close');
    await deployments.openPanel();
    await expect(deployments.row('first')).toContainText('never run yet');
  });
});

test('the menu of a row runs, pauses, resumes and deletes', async ({
  page,
  server,
  deployments
}) => {
  const { dialog } = deployments;
  const row = deployments.row('sales');
  await server.deploy('sales', await server.write('sales.ipynb', report), {
    schedule
  });
  await server.deploy('lasting', await server.write('lasting.ipynb', endless));
  await deployments.openPanel();
  await expect(row).toContainText('06:00');

  await test.step('run now asks for values', async () => {
    await deployments.choose('sales', 'Run now');
    await dialog.getByLabel('n_rows int').fill('some');
    await deployments.press('Run now');
    await expect(dialog.getByLabel('n_rows int')).toHaveAccessibleDescription(
      /whole number/
    );
    await dialog.getByLabel('n_rows int').fill('7');
    await deployments.press('Run now');
    await expect(row).toContainText(/running, cell \d of 5/);
    await expect(row).toContainText(/ok today/);
  });

  await test.step('without parameters it starts at once', async () => {
    await deployments.choose('lasting', 'Run now');
    await expect(deployments.row('lasting')).toContainText(
      'running, cell 1 of 1'
    );
  });

  await test.step('pause and resume', async () => {
    await deployments.choose('sales', 'Pause schedule');
    await expect(row).toContainText('paused');
    await deployments.choose('sales', 'Resume schedule');
    await expect(row).toContainText('06:00');
  });

  await test.step('deleting wants a confirmation', async () => {
    await deployments.choose('sales', 'Delete');
    await expect(dialog).toContainText('Take “sales” out of production?');
    await page.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0);
    await expect(row).toBeVisible();
    await row.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await deployments.press('Delete');
    await expect(row).toHaveCount(0);
    await expect(deployments.row('lasting')).toBeVisible();
  });
});

test('a server that does not answer is said and tried again', async ({
  page,
  server,
  deployments
}) => {
  const { panel } = deployments;
  await server.deploy('sales', await server.write('sales.ipynb', quick));
  await deployments.openPanel();
  await expect(deployments.row('sales')).toBeVisible();

  const api = '**/jupyter-deploy/api/v1/**';
  await page.route(api, route => route.abort());
  await deployments.choose('sales', 'Run now');
  await expect(deployments.dialog).toContainText(
    'The Jupyter server does not answer.'
  );
  await page.keyboard.press('Enter');
  await expect(panel.getByRole('alert')).toContainText(
    'The deployments cannot be read now.'
  );
  await expect(panel.getByRole('status')).toHaveText(
    'The engine does not answer.'
  );
  await expect(deployments.row('sales')).toBeVisible();

  const again = panel.getByRole('button', { name: 'Try again' });
  const asked = page.waitForRequest(api);
  await again.click();
  await asked;
  await expect(again).toBeVisible();

  await page.unroute(api);
  await expect(async () => {
    // It may have asked by itself meanwhile.
    if (await again.isVisible()) {
      await again.click({ timeout: 1000 });
    }
    await expect(panel.getByRole('alert')).toHaveCount(0, { timeout: 1000 });
  }).toPass();
  await expect(panel.getByRole('status')).toContainText('Engine running');
});
