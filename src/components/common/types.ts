import type { components } from '../../api/schema';

type Schemas = components['schemas'];

export type IRun = Schemas['Run'];
export type IRunState = Schemas['RunState'];
export type IVerdict = Schemas['Verdict'];
export type IProgress = Schemas['Progress'];
export type IDeployment = Schemas['Deployment'];
export type IVersion = Schemas['Version'];
export type IVersionChanges = Schemas['VersionChanges'];
export type IVersionChange = Schemas['VersionChange'];
export type IDrift = Schemas['Drift'];
export type IParameter = Schemas['Parameter'];
export type IEnvironment = Schemas['Environment'];
export type ILedgerEntry = Schemas['LedgerEntry'];
export type IWhy = Schemas['Why'];
export type IOutputFile = Schemas['OutputFile'];
export type IGit = NonNullable<Schemas['Git']>;
