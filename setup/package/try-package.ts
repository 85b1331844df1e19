export async function tryPackage(_: unknown, __: unknown): Promise<void> {}
