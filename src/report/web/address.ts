/** A path of ours with its query; fields that are undefined, null or empty are left out. */
export function address(
  path: string,
  query: Readonly<Record<string, string | null | undefined>> = {},
): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') params.set(name, value);
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The page of one call. Call ids have slashes (`node/1700000000.1`), which stay. */
export function callAddress(callId: string): string {
  return `/calls/${callId.split('/').map(encodeURIComponent).join('/')}`;
}
