import type { Locator } from '@playwright/test';
import { quick, report } from '../support/notebooks';
import { expect, test } from '../support/test';

/** The field is marked, and the sentence is tied to it. */
async function expectMarked(field: Locator, sentence: RegExp): Promise<void> {
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(sentence);
}

test('wrong input marks its field and loses nothing', async ({
  page,
  server,
  deployments
}) => {
  const { dialog } = deployments;
  const name = dialog.getByLabel('Name', { exact: true });
  const rows = dialog.getByLabel('n_rows int');
  const zone = dialog.getByLabel('Time zone');
  const cron = dialog.getByLabel('Cron');
  const files = dialog.getByLabel('Files');
  await server.deploy('taken', await server.write('other.ipynb', quick));
  await server.write('helper.py', 'x = 1');
  await page.notebook.openByPath(await server.write('sales.ipynb', report));
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await dialog.getByLabel('on a schedule').check();

  await test.step('a value of another type', async () => {
    await rows.fill('many');
    await deployments.press('Check and deploy');
    await expectMarked(rows, /whole number/);
    await expect(rows).toBeFocused();
    await rows.fill('5');
    await expect(rows).toHaveAttribute('aria-invalid', 'false');
  });

  await test.step('an unknown zone, while typing', async () => {
    await zone.fill('Mars/Olympus');
    await expectMarked(zone, /Mars\/Olympus/);
    await zone.fill('Asia/Tokyo');
    await expect(dialog.getByText(/^next: /)).toBeVisible();
  });

  await test.step('a time that never comes', async () => {
    await cron.fill('0 0 30 2 *');
    await expectMarked(cron, /never/);
    await cron.fill('0 7 * * *');
    await expect(dialog.getByText(/^next: .*07:00/)).toBeVisible();
    await expect(dialog.getByLabel('How often')).toHaveValue('daily');
  });

  await test.step('files that are not there', async () => {
    await files.fill('nothing/*.py');
    await expectMarked(files, /nothing\/\*\.py/);
    await files.fill('helper.py');
    await expect(dialog.getByText('1 file, 5 B')).toBeVisible();
  });

  await test.step('a name that cannot be, and one that is taken', async () => {
    await name.fill('a/b');
    await deployments.press('Check and deploy');
    await expectMarked(name, /name/i);
    await name.fill('taken');
    await expect(name).toHaveAccessibleDescription(
      /belongs to .*other\.ipynb already/
    );
    await deployments.press('Check and deploy');
    await expectMarked(name, /taken by a deployment of .*other\.ipynb/);
  });

  await test.step('corrected, it is accepted with everything else', async () => {
    await name.fill('sales');
    await expect(rows).toHaveValue('5');
    await expect(zone).toHaveValue('Asia/Tokyo');
    await expect(cron).toHaveValue('0 7 * * *');
    await deployments.press('Check and deploy');
    await expect(dialog).toContainText('Version 1 of “sales” is live');
    await deployments.press('Open');
    await expect(deployments.main).toContainText(/Asia\/Tokyo/);
  });
});

test('a broken notebook is named in the dialog', async ({
  page,
  server,
  deployments
}) => {
  await server.write('broken.ipynb', '{"cells": [');
  await page.filebrowser.refresh();
  await page
    .getByRole('listitem', { name: /broken\.ipynb/ })
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Deploy Notebook' }).click();
  await expect(deployments.dialog.getByRole('alert')).toContainText(
    'broken.ipynb'
  );
  await expect(
    deployments.dialog.getByRole('button', { name: 'Check and deploy' })
  ).toBeDisabled();
  await page.keyboard.press('Escape');
  await expect(deployments.dialog).toHaveCount(0);
});
