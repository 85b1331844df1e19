/** Where the rules are: what the command line says, else GATEHOUSE_RULES, else `rules` in the working directory. */
export function rulesDir(asked: string | undefined, env: NodeJS.ProcessEnv): string {
  return asked ?? (env.GATEHOUSE_RULES || 'rules');
}
