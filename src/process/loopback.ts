/** Where a server that listens at `host:port` is reached from its own machine: one that listens everywhere by the loopback address. */
export function fromHere(address: string): string {
  return address.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:');
}

/** An address of this machine that no other machine can send from or to (RFC 1122, RFC 4291). */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::ffff:)?127(\.\d{1,3}){3}$|^::1$/.test(address);
}
