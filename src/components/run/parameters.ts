import { formatValue } from '../common/format';
import type { IParameter, IRun } from '../common/types';

export interface IParameterRow {
  readonly name: string;
  readonly value: string;
  /** Another value than the notebook's own. */
  readonly changed: boolean;
  readonly usual: string | null;
}

/** What the run used: its own values first, the notebook's defaults for the rest. */
export function parameterRows(
  run: Pick<IRun, 'parameters'>,
  schema: readonly IParameter[]
): IParameterRow[] {
  const known = new Map(schema.map(parameter => [parameter.name, parameter]));
  const given = Object.entries(run.parameters).map(([name, value]) =>
    givenRow(name, value, known.get(name))
  );
  const rest = schema
    .filter(parameter => !(parameter.name in run.parameters))
    .map(({ name, default_source: value }) => ({
      name,
      value,
      changed: false,
      usual: value
    }));
  return [...given, ...rest];
}

function givenRow(
  name: string,
  value: unknown,
  parameter: IParameter | undefined
): IParameterRow {
  const changed =
    !parameter ||
    parameter.default === null ||
    JSON.stringify(parameter.default) !== JSON.stringify(value);
  return {
    name,
    value: formatValue(value),
    changed,
    usual: parameter?.default_source ?? null
  };
}
