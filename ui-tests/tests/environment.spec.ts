import { makeAuthor } from '../support/author';
import { expectAccessible } from '../support/axe';
import { quick } from '../support/notebooks';
import { expect, test } from '../support/test';

test('a version is locked to the packages of its kernel', async ({
  page,
  server,
  deployments
}) => {
  test.slow();
  makeAuthor('author');
  const { dialog, main } = deployments;
  const kernelspec = {
    name: 'author',
    display_name: 'author',
    language: 'python'
  };
  const path = await server.write('locked.ipynb', {
    ...quick,
    metadata: { ...quick.metadata, kernelspec }
  });
  await page.notebook.openByPath(path);
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();

  await test.step('the dialog says what that means', async () => {
    const choice = dialog.getByLabel('Packages');
    await expect(choice).toHaveValue('live');
    await expect(dialog.getByText(/changes the runs too/)).toBeVisible();
    await choice.selectOption('locked');
    await expect(dialog.getByText(/the check builds it/)).toBeVisible();
    for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
      await page.theme.setTheme(theme);
      await page.screenshot({ path: test.info().outputPath(`${theme}.png`) });
      await expectAccessible(page, '.jp-deploy-Dialog');
    }
  });

  await test.step('its run says so', async () => {
    await deployments.press('Check and deploy');
    await expect(dialog).toContainText('Version 1 of “locked” is live', {
      timeout: 60_000
    });
    await deployments.press('Run now');
    await expect(main.getByRole('status')).toContainText('Succeeded in', {
      timeout: 90_000
    });
    await expect(main.getByText('locked with the version')).toBeVisible();
  });

  await test.step('the dialog remembers it', async () => {
    await page.notebook.activate('locked.ipynb');
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    await expect(dialog.getByLabel('Packages')).toHaveValue('locked');
  });
});
