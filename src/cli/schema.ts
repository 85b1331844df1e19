import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { jsonSchemas } from '../policy/reference/json-schemas.ts';
import { ruleReference } from '../policy/reference/rule-reference.ts';

interface SchemaOptions {
  readonly write?: boolean;
  readonly rules: string;
  readonly docs: string;
}

/** `gatehouse schema`: JSON Schemas for editors, and the rule reference; both made from the shapes that read the files. */
export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of policy.yaml, or write all schemas and the rule reference')
    .option('--write', 'write the schemas next to the rule files, and rules.md')
    .option('--rules <dir>', 'directory of the rule files', 'rules')
    .option('--docs <dir>', 'directory of rules.md', 'docs')
    .action(async (options: SchemaOptions) => {
      if (!options.write) {
        console.log(JSON.stringify(jsonSchemas().get('schema.json'), null, 2));
        return;
      }
      for (const [file, text] of generatedFiles(options.rules, options.docs)) {
        const before = await readFile(file, 'utf8').catch(() => null);
        if (before !== text) await writeFile(file, text);
        console.log(`${file}: ${before === text ? 'unchanged' : 'written'}`);
      }
    });
}

/** Text of every generated file, by path. */
export function generatedFiles(rules: string, docs: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, schema] of jsonSchemas())
    files.set(join(rules, name), `${JSON.stringify(schema, null, 2)}\n`);
  files.set(join(docs, 'rules.md'), `${ruleReference().trimEnd()}\n`);
  return files;
}
