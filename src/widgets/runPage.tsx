import { MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import type {
  IEditorFactoryService,
  IEditorMimeTypeService
} from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ITranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { DeployApi } from '../api/client';
import type { IDeployModel } from '../tokens';

export interface IRunPageOptions {
  id: number;
  api: DeployApi;
  model: IDeployModel;
  commands: CommandRegistry;
  rendermime: IRenderMimeRegistry;
  editorFactory: IEditorFactoryService;
  mimeTypeService: IEditorMimeTypeService;
  translator: ITranslator;
}

/** The page of one run: its verdict, its notebook as executed, its circumstances. */
export function createRunPage(options: IRunPageOptions): MainAreaWidget {
  const content = ReactWidget.create(<h2>{options.id}</h2>);
  return new MainAreaWidget({ content });
}
