import { expectAccessible } from '../support/axe';
import { notebook } from '../support/notebooks';
import { expect, test } from '../support/test';

const VALUE = 'hunter2-correct-horse';
const login = notebook(
  'import os\nprint("login with", os.environ["SHOP_TOKEN"])'
);

test('a secret is made in the dialog, chosen, and kept out of the results', async ({
  page,
  server,
  deployments
}) => {
  const { dialog, main } = deployments;
  await page.notebook.openByPath(await server.write('shop.ipynb', login));
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();

  await test.step('what the notebook reads is a secret by a click', async () => {
    await expect(dialog.getByText('runs do not have it')).toBeVisible();
    await dialog.getByRole('button', { name: 'Use the secret' }).click();
    await expect(dialog.getByText('runs do not have it')).toBeHidden();
  });

  await test.step('one that is not set is refused', async () => {
    await deployments.press('Check and deploy');
    await expect(dialog.getByRole('alert')).toContainText(
      'The secret SHOP_TOKEN is not set.'
    );
    await expect(dialog.getByLabel('SHOP_TOKEN')).toBeChecked();
  });

  await test.step('a value is kept with Enter, which does not deploy', async () => {
    await deployments.press('New secret…');
    const name = dialog.getByLabel('Name of the variable');
    await expect(name).toBeFocused();
    await expect(name).toHaveValue('SHOP_TOKEN');
    await name.fill('PATH');
    await dialog.getByLabel('Value').fill(VALUE);
    await page.keyboard.press('Enter');
    await expect(dialog.getByText('PATH has a meaning')).toBeVisible();
    for (const theme of ['JupyterLab Dark', 'JupyterLab Light']) {
      await page.theme.setTheme(theme);
      await dialog.getByText('Not now').scrollIntoViewIfNeeded();
      await page.screenshot({ path: test.info().outputPath(`${theme}.png`) });
      await expectAccessible(page, '.jp-deploy-Dialog');
    }
    await name.fill('SHOP_TOKEN');
    await dialog.getByLabel('Value').press('Enter');
    await expect(dialog.getByLabel('Value')).toBeHidden();
  });

  await test.step('the run has it and shows its name', async () => {
    await deployments.press('Check and deploy');
    await expect(dialog).toContainText('is live');
    await deployments.press('Run now');
    await expect(main.getByRole('status')).toContainText('Succeeded in', {
      timeout: 60_000
    });
    await expect(main.getByText('login with [SHOP_TOKEN]')).toBeVisible();
    await expect(page.getByText(VALUE)).toHaveCount(0);
  });
});
