import { z } from 'zod';
import { casesShape } from '../cases/case-shape.ts';
import { claimedNamesShape } from '../compile/claimed-names-shape.ts';
import { promptsShape } from '../compile/compile-prompts.ts';
import { ruleFileShape } from '../compile/rule-file.ts';
import { calendarShape } from '../time/calendar.ts';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The files of a rule directory whose shape an editor can complete, by the name of their schema. */
const shapes: Readonly<Record<string, { readonly title: string; readonly shape: z.ZodType }>> = {
  'schema.json': { title: 'Gatehouse policy.yaml', shape: ruleFileShape },
  'prompts.schema.json': { title: 'Gatehouse prompts.yaml', shape: promptsShape },
  'claimed-names.schema.json': { title: 'Gatehouse claimed-names.yaml', shape: claimedNamesShape },
  'calendar.schema.json': { title: 'Gatehouse calendars/<name>.yaml', shape: calendarShape },
  'cases.schema.json': { title: 'Gatehouse cases/*.yaml', shape: casesShape },
};

/** JSON Schemas (draft 7, which editors' YAML servers read) of what people write, by file name. */
export function jsonSchemas(): ReadonlyMap<string, JsonSchema> {
  return new Map(
    Object.entries(shapes).map(([file, { title, shape }]) => {
      const schema = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any', target: 'draft-7' });
      return [file, { title, ...schema }];
    }),
  );
}
