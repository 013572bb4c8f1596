import { showErrorMessage } from '@jupyterlab/apputils';
import { errorText } from '../components/common';

/** Say what an action met: the sentence and what to do. */
export async function showProblem(
  title: string,
  error: unknown
): Promise<void> {
  const { detail, hint } = errorText(error);
  await showErrorMessage(title, [detail, hint].filter(Boolean).join(' '));
}
