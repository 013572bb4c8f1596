import { expectAccessible } from '../support/axe';
import { notebook } from '../support/notebooks';
import { expect, test } from '../support/test';

test('a version is tried on a sample, and runs in full', async ({
  page,
  server,
  deployments
}) => {
  test.slow();
  const { dialog, main } = deployments;
  const path = await server.write(
    'sampled.ipynb',
    notebook(
      { source: 'n_rows: int = 1000', tags: ['parameters'] },
      'assert n_rows < 10, "that takes all day"'
    )
  );
  await page.notebook.openByPath(path);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  await dialog.getByText('More: check').click();
  const how = dialog.getByLabel('Check before it goes live');
  await how.selectOption('sample');
  const rows = dialog.locator('details fieldset').getByRole('textbox');
  await expect(rows).toHaveValue('1000');

  await test.step('a sample that is none is refused', async () => {
    await deployments.press('Check and deploy');
    await expect(dialog).toContainText('a value that runs do not have');
    await expect(how).toBeFocused();
    await expectAccessible(page, '.jp-deploy-Dialog');
    await page.screenshot({ path: test.info().outputPath('refused.png') });
  });

  await rows.fill('3');
  await deployments.press('Check and deploy');
  await expect(dialog).toContainText('Version 1 of “sampled” is live', {
    timeout: 90_000
  });
  await deployments.press('Open');
  await main.getByRole('tab', { name: 'Versions' }).click();
  await expect(main.getByRole('row').nth(1)).toContainText('sample, ok');
  await page.screenshot({ path: test.info().outputPath('versions.png') });
});
