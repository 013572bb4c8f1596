import { MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import type { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { DeployApi } from '../api/client';
import type { IDeployModel } from '../tokens';

export interface IDeploymentPageOptions {
  name: string;
  api: DeployApi;
  model: IDeployModel;
  commands: CommandRegistry;
  translator: ITranslator;
}

/** The page of one deployment: how it is, its runs, its versions. */
export function createDeploymentPage(
  options: IDeploymentPageOptions
): MainAreaWidget {
  const content = ReactWidget.create(<h2>{options.name}</h2>);
  return new MainAreaWidget({ content });
}
